"""Resources of OpenSLO and what they refer to, by name or in place."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from slo.formats.document import Document
from slo.formats.openslo_model import Resource

_LABEL = re.compile(r"(?!__|slo_)[a-zA-Z_][a-zA-Z0-9_]*")
_REFERENCES = {"SLI": "indicatorRef", "AlertPolicy": "alertPolicyRef", "AlertCondition": "conditionRef"}


class Part(NamedTuple):
    """A resource, where it is, all resources by kind and name, and what could not be carried over so far."""

    document: Document
    resource: Resource
    named: "dict[tuple[str, str], Part]"
    notes: list[str]

    @property
    def spec(self) -> Document:
        """Its spec as a document of its own."""
        return Document(f"{self.document.place}: spec", self.resource.spec)

    def resolve(self, field: str, given: object, kind: str) -> Document:
        """The spec of what a field names, or holds itself."""
        reference = _REFERENCES[kind]
        if isinstance(given, Mapping) and reference not in given:
            inner = given.get("spec")
            if not isinstance(inner, Mapping):
                raise self.document.wrong(field, f"expected {reference} or a spec")
            return Document(f"{self.document.place}: {field}.spec", dict(inner))
        name = given.get(reference) if isinstance(given, Mapping) else given
        if not isinstance(name, str) or (kind, name) not in self.named:
            raise self.document.wrong(field, f"no {kind} named {str(name)[:60]!r} here")
        return self.named[kind, name].spec

    def note(self, field: str, reason: str) -> None:
        """Say that something at a field is not carried over."""
        self.notes.append(f"{self.document.place}: {field}: {reason}")


def carried(part: Part, labels: Mapping[str, Any]) -> dict[str, str]:
    """The labels of a resource that Prometheus can have; of the others there is a note."""
    found = {}
    for name, value in labels.items():
        if not _LABEL.fullmatch(name):
            part.note(f"metadata.labels.{name[:60]}", "not carried over: no name of a Prometheus label")
        elif isinstance(value, str | int | Decimal):
            found[name] = str(value)
        else:
            part.note(f"metadata.labels.{name[:60]}", "not carried over: expected text")
    return found

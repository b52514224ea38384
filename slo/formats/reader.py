"""Any file of specs: each document is read by the format that it says it is in."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from slo.errors import InvalidSpecError, SpecNotFoundError
from slo.formats import documents, openslo, pyrra, sloth, sloth_windows
from slo.formats.document import Document, Imported
from slo.formats.sloth_windows import Period
from slo.model import Platform, Service

_READERS: dict[tuple[str, str], Callable[[Document, Period], Imported]] = {
    (sloth.VERSION, ""): sloth.read_file,
    (sloth_windows.API, "PrometheusServiceLevel"): sloth.read_resource,
    (pyrra.API, "ServiceLevelObjective"): lambda document, _: pyrra.read(document),
}
CATALOGUE = (sloth_windows.API, sloth_windows.KIND)


class Loaded(NamedTuple):
    """A platform, what of its files could not be carried over, and what of them is broken and was left out."""

    platform: Platform
    notes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def read(path: Path) -> Loaded:
    """The services of all documents of a YAML file, or of all YAML files below a folder, as one platform.

    Raises ``SpecNotFoundError`` for a file that is not there or is not YAML, ``InvalidSpecError`` for a field.
    """
    found = [document for file in yaml_files(path) for document in documents.in_file(file)]
    return assemble(found, str(path), slug(path))


def read_text(text: str, name: str) -> Loaded:
    """The same of a text; ``name`` is its place in messages, and the platform's name."""
    return assemble(documents.in_text(text, name), name, name)


def yaml_files(path: Path) -> list[Path]:
    """The file itself, or all YAML files below a folder, sorted; ``SpecNotFoundError`` where there are none."""
    files = [path] if path.is_file() else sorted(p for e in ("*.yml", "*.yaml") for p in path.rglob(e))
    if not files:
        raise SpecNotFoundError(str(path), "no YAML files there")
    return files


def assemble(found: list[Document], place: str, name: str) -> Loaded:
    """The services of documents as one platform; ``place`` is that of errors which are no single document's."""
    period = sloth_windows.period([d for d in found if kind_of(d) == CATALOGUE])
    specs = [d for d in found if kind_of(d) != CATALOGUE]
    if not specs:
        raise SpecNotFoundError(place, "no SLOs there")
    imported = [_read(d, period) for d in specs if kind_of(d)[0] not in openslo.APIS]
    imported += openslo.read([d for d in specs if kind_of(d)[0] in openslo.APIS])
    services = tuple(_merged(s for one in imported for s in one.services))
    if not services:
        raise SpecNotFoundError(place, "no SLOs there")
    try:
        platform = Platform(name=name, services=services)
    except ValidationError as error:
        raise InvalidSpecError.from_validation(place, error) from error
    return Loaded(platform, (*period.notes, *(note for one in imported for note in one.notes)))


def slug(path: Path) -> str:
    """The name of a file or folder as that of a platform."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", path.resolve().stem)[:100].strip("-_.") or "platform"


def kind_of(document: Document) -> tuple[str, str]:
    """What a document says that it is: its ``apiVersion`` (or ``version``) and ``kind``."""
    body = document.body
    api, kind = body.get("apiVersion", body.get("version", "")), body.get("kind", "")
    return api if isinstance(api, str) else "", kind if isinstance(kind, str) else ""


def _read(document: Document, period: Period) -> Imported:
    kind = kind_of(document)
    if kind not in _READERS:
        given = f"{kind[0][:60] or 'no apiVersion'} {kind[1][:60]}".rstrip()
        raise document.wrong("apiVersion, kind", f"expected a spec of Sloth, OpenSLO or Pyrra, got {given}")
    return _READERS[kind](document, period)


def _merged(services: Iterable[Service]) -> list[Service]:
    """Several documents may describe one service: the first says what it is, all say what it promises."""
    found: dict[str, Service] = {}
    for service in services:
        slos = (*(found[service.name].slos if service.name in found else ()), *service.slos)
        found[service.name] = found.get(service.name, service).model_copy(update={"slos": slos})
    return list(found.values())

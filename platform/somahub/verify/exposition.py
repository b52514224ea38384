"""What ``/metrics`` says, in either of its forms, as the parsers of Prometheus' own client read it."""

from typing import NamedTuple

from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as classic

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
CLASSIC = "text/plain; version=0.0.4"
_CREATED = "_created"


class Answer(NamedTuple):
    """The body of an answer, and what it says that it is."""

    content_type: str
    text: str

    @property
    def is_openmetrics(self) -> bool:
        """Whether it is OpenMetrics; exporters often know the classic form only."""
        return self.content_type.startswith("application/openmetrics-text")


class Family(NamedTuple):
    """A metric as it is exposed: its type, and the labels of each series by the series' name."""

    type: str
    series: tuple[tuple[str, dict[str, str]], ...]


Exposed = dict[str, Family]
"""Families by name; a counter's without its ``_total``."""


def exposed(answer: Answer) -> Exposed:
    """Families of an answer; ``ValueError`` where it can't be read. When series began is no metric of its own."""
    parse = openmetrics if answer.is_openmetrics else classic
    found = {
        family.name: Family(
            family.type,
            tuple((s.name, s.labels) for s in family.samples if not s.name.endswith(_CREATED)),
        )
        for family in parse(answer.text)
    }
    # In the classic form, they are families.
    return {
        name: family
        for name, family in found.items()
        if not (name.endswith(_CREATED) and name.removesuffix(_CREATED) in found)
    }


def base(name: str) -> str:
    """The name of a family, of that of a declared metric."""
    return name.removesuffix("_total")

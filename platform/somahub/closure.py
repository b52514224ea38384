"""Whether every metric that a generated rule, alert or panel reads is emitted, without running anything."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from slo import names
from slo.lint import Finding, Source
from slo.lint.closure import closed, emitters, recorded
from slo.lint.finding import Place
from slo.lint.sli import declarations, read
from slo.model import Platform, aggregate
from slo.rules import id_labels
from somahub.verify.readers import Reader, by_selector, readers

# What the history writes of a period that is its own to tell.
_HISTORY = (
    names.PERIOD_COVERAGE,
    names.PERIOD_SPENT,
    names.PERIOD_REMAINING,
    names.PERIOD_BAD,
    names.PERIOD_TOTAL,
)


def lint_closure(platform: Platform, source: Source) -> list[Finding]:
    """What is read and not emitted, once for each selector; nothing where no service declares what it emits."""
    if not declarations(platform.services):
        return []
    known = emitters(platform.services)
    reading = readers(platform)
    written = _written(platform, reading)
    checked = {one for service in platform.services for slo in service.slos for one in read(service, slo)}
    found: list[Finding] = []
    for one, several in sorted(by_selector(reading).items()):
        place, who = _place(platform, source, several[0]), _who(several)
        if one.metric in written or ":" in one.metric:
            found += recorded(place, who, one, written.get(one.metric, ()))
        else:
            found += closed(place, who, one, known, elsewhere=one in checked)
    return found


def _written(platform: Platform, reading: Sequence[Reader]) -> dict[str, list[Mapping[str, str]]]:
    """By the name of each record, the labels that it is written with."""
    written: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for reader in reading:
        if reader.kind == "record":
            written[reader.name].append(reader.labels)
    for service in platform.services:
        for slo in service.slos:
            if platform.told_by_history(slo):
                for one in (slo, aggregate(service, slo)) if slo.group_by else (slo,):
                    for name in _HISTORY:
                        written[name].append(id_labels(service, one))
    return written


def _place(platform: Platform, source: Source, reader: Reader) -> Place:
    name = reader.labels.get(names.SLO_NAME, reader.service)
    return source.place(name, f"{platform.name}: {reader.slo or reader.service}")


def _who(several: Sequence[Reader]) -> str:
    first, more = several[0], len(several) - 1
    others = f" and {more} other{'s' if more > 1 else ''}" if more else ""
    return f"the {first.kind} {first.said}{others}"

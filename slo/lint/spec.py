"""Checks of a spec beyond its being valid: objectives that can't be watched, or only late."""

import re
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from slo import names
from slo.alerting import Notice
from slo.burnrate import SHORTEST, Severity
from slo.lint.detection import detection, paging
from slo.lint.finding import Finding, Place
from slo.lint.labels import unbounded
from slo.lint.sli import declarations, sli
from slo.model import SLO, Platform, Service, slo_id
from slo.units import duration, seconds

# Of a rate over the shortest window, four samples are the least that survives a lost one.
_SAMPLES = 4
_DEFAULT_NAMES: dict[Severity, str] = {"page": names.BURN_FAST, "ticket": names.BURN_SLOW}


class Source(NamedTuple):
    """The file of a spec, and its text: to find the line of a name."""

    file: str = ""
    text: str = ""

    def place(self, name: str, said: str) -> Place:
        """The place of what is named once in the file; without its line if that is not sure."""
        given = re.compile(rf"""\bname["']?\s*[:=]\s*["']?{re.escape(name)}(?![\w.-])""")
        found = [match.start() for match in given.finditer(self.text)]
        line = self.text.count("\n", 0, found[0]) + 1 if len(found) == 1 else None
        return Place(self.file, line, said)


_NOWHERE = Source()
_SHARE = Decimal("0.1")


def lint(platform: Platform, source: Source = _NOWHERE, share: Decimal = _SHARE) -> list[Finding]:
    """Everything found in a platform, in the order of its services.

    One failure may cost ``share`` of a budget.
    """
    whole = Place(source.file, None, platform.name)
    found = list(_platform(whole, platform))
    declared = declarations(platform.services)
    for service in platform.services:
        found += _service(source.place(service.name, f"{platform.name}: {service.name}"), service)
        for slo in service.slos:
            place = source.place(slo.name, f"{platform.name}: {slo_id(service, slo)}")
            found += detection(place, platform, slo, share)
            found += _kept(place, platform, slo)
            found += sli(place, service, slo, declared)
    return list(dict.fromkeys(found))


def _platform(place: Place, platform: Platform) -> Iterable[Finding]:
    if platform.scrape_interval * _SAMPLES > SHORTEST:
        yield place.at("scrape_interval").found(
            "scrape-interval",
            f"{duration(platform.scrape_interval)} gives fewer than {_SAMPLES} samples in the shortest window of "
            f"{duration(SHORTEST)}: one lost scrape leaves gaps; scrape every "
            f"{duration(SHORTEST / _SAMPLES)} or more often",
        )
    told: dict[str, dict[str, str]] = {}
    for service in platform.services:
        for slo in service.slos:
            for severity, name in _alert_names(slo):
                told.setdefault(name, {}).setdefault(severity, slo_id(service, slo))
    for name, severities in told.items():
        if len(severities) > 1:
            said = " and ".join(f"the {severity} of {ident}" for severity, ident in severities.items())
            message = f"{name} is {said}: routes and silences by name can't tell them apart"
            yield place.at("alerting").found("severities", message)


def _alert_names(slo: SLO) -> Iterable[tuple[Severity, str]]:
    severities: dict[Severity, Notice | bool] = {"page": slo.alerting.page, "ticket": slo.alerting.ticket}
    for severity, notice in severities.items():
        if notice is not False and any(row.severity == severity for row in slo.policy):
            own = notice.name if isinstance(notice, Notice) else ""
            yield severity, own or _DEFAULT_NAMES[severity]


def _service(place: Place, service: Service) -> Iterable[Finding]:
    if service.slos and service.owner == "unowned":
        yield place.at("owner").found("unowned", "has no owner: its alerts reach nobody in particular")
    if service.slos and service.tier == 1 and not paging(service):
        yield place.at("tier").found("no-page", "is of tier 1, and no burning budget of it pages")
    for metric in service.metrics:
        for label, values in metric.labels.items():
            if unbounded(label) and not values:
                message = (
                    f"{metric.name} has the label {label}, of which there may be any number: each is a series of its "
                    "own; put it into logs or traces"
                )
                yield place.at("metrics").found("unbounded-label", message)


def _kept(place: Place, platform: Platform, slo: SLO) -> Iterable[Finding]:
    """Whether Prometheus keeps what is asked of it; the figures of a period may be a history's."""
    kept = seconds(platform.retention)
    if (
        isinstance(slo.window, timedelta)
        and slo.window.total_seconds() > kept
        and not platform.told_by_history(slo)
    ):
        yield place.at("window").found(
            "retention",
            f"Prometheus keeps {platform.retention}, less than the window of {duration(slo.window)}: its period "
            "figures are those of what it keeps; declare a history, or keep more",
        )
    longest = max((row.long for row in slo.policy), default=timedelta())
    if longest.total_seconds() > kept:
        yield place.at("alerting").found(
            "alert-retention",
            f"Prometheus keeps {platform.retention}, less than the {duration(longest)} that an alert looks back: it "
            "can't fire as it should; keep more, or take shorter rows",
        )

"""A spec in Python, from the candidates that a server has: what ``slo init`` writes."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from keyword import iskeyword
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from collectors.api import Api
from collectors.prometheus import PrometheusError
from slo.errors import SLOError
from slo.units import duration, number
from somahub.adoption import evidence
from somahub.adoption.observe import Candidate, Observer, Passed

_LATENCIES = 3  # of a service, to start with
_PROBES = 10
_WINDOW = timedelta(days=30)
_RETENTION = re.compile(r"(\d+)(y|w|d|h|m|s)")
_SLUG = re.compile(r"[^A-Za-z0-9_.-]+")


class _Slo(NamedTuple):
    name: str
    objective: str
    kind: str
    arguments: tuple[tuple[str, str], ...]
    observed: str


class _Service(NamedTuple):
    name: str
    variable: str
    slos: tuple[_Slo, ...]


class Draft(NamedTuple):
    """The text of a spec, and how much it holds."""

    text: str
    services: int
    slos: int
    passed: tuple[Passed, ...]


def propose(api: Api, days: int, now: datetime) -> Draft:
    """A spec of what a server has, from up to so many days of its history.

    Raises ``SLOError`` where nothing there makes an SLO.
    """
    start = now - timedelta(days=days)
    names = api.get(
        "label/__name__/values", {"start": (now - timedelta(days=1)).timestamp(), "end": now.timestamp()}
    )
    if not names:
        raise PrometheusError(api.url, "has no metrics of the last day; does it scrape anything?")
    gauges = {name for name, facts in api.get("metadata").items() if facts[0].get("type") == "gauge"}
    wrongly_named = {name for name in gauges if name.endswith(("_total", "_count", "_bucket"))}
    found = list(Observer(api, start, now).candidates(set(names) - wrongly_named))
    chosen, passed = _chosen(found)
    if not chosen:
        reasons = (
            "; ".join(f"{one.what}: {one.why}" for one in passed[:3])
            or "no metric follows a known convention"
        )
        raise SLOError(f"Prometheus at {api.url}: nothing to propose: {reasons}")
    services = tuple(_services(chosen))
    kinds = {slo.kind for service in services for slo in service.slos}
    text = _template().render(
        url=api.url,
        today=f"{now:%Y-%m-%d}",
        days=days,
        short=_short(api),
        imports=["SLO", *sorted({*kinds, "Platform", "Service"})],
        services=services,
        facts=_facts(api, now),
        passed=passed,
    )
    return Draft(text, len(services), len(chosen), tuple(passed))


def _chosen(found: Iterable[Candidate | Passed]) -> tuple[list[Candidate], list[Passed]]:
    chosen: dict[tuple[str, str], Candidate] = {}
    passed: list[Passed] = []
    for one in found:
        if isinstance(one, Passed):
            passed.append(one)
            continue
        key = (_name(one.service), one.name)
        what = f"{dict(one.arguments).get('total') or one.arguments[0][1]}"
        alike = sum(c.kind == one.kind and _name(c.service) == key[0] for c in chosen.values())
        if not one.service:
            passed.append(Passed(what, "nothing names its service"))
        elif evidence.objective(one.seen) is None:
            passed.append(Passed(what, evidence.refusal(one.seen)))
        elif key in chosen:
            passed.append(Passed(what, f"{key[1]} of {key[0]} is counted by {chosen[key].arguments[0][1]}"))
        elif one.kind in {"Latency", "Uptime"} and alike >= (
            _LATENCIES if one.kind == "Latency" else _PROBES
        ):
            passed.append(Passed(what, f"{key[0]} has {alike} SLOs of this kind to start with"))
        else:
            chosen[key] = one
    return list(chosen.values()), passed


def _services(chosen: list[Candidate]) -> Iterator[_Service]:
    variables: set[str] = {"platform"}
    for name in sorted({_name(one.service) for one in chosen}):
        own = [one for one in chosen if _name(one.service) == name]
        variable = re.sub(r"\W", "_", name)
        variable = f"service_{variable}" if variable[0].isdigit() or iskeyword(variable) else variable
        while variable in variables:
            variable += "_"
        variables.add(variable)
        yield _Service(name, variable, tuple(_slo(one) for one in own))


def _slo(one: Candidate) -> _Slo:
    seen = one.seen
    at, worst = seen.worst
    day = datetime.fromtimestamp(at, UTC)
    step = evidence.objective(seen)
    assert step is not None  # noqa: S101 - chosen for having one
    days = f"{len(seen.days)} day{'s' if len(seen.days) != 1 else ''}"
    if not seen.bad:
        observed = f"no failure among {seen.total:,.0f} {seen.unit} in {days}"
    else:
        observed = (
            f"{_percent(seen.sli)} of {seen.total:,.0f} {seen.unit} in {days}; "
            f"worst day, to {day:%Y-%m-%d %H:%M} UTC: {_percent(worst)}"
        )
    return _Slo(one.name, number(step), one.kind, one.arguments, observed)


def _percent(fraction: float) -> str:
    """Never 100 % while anything failed."""
    text = f"{fraction * 100:.4f}".rstrip("0").rstrip(".")
    return f"{'99.9999' if text == '100' and fraction < 1 else text} %"


def _name(service: str) -> str:
    return _SLUG.sub("-", service).strip("-._")


def _retention(api: Api) -> timedelta | None:
    try:
        text = str(api.get("status/runtimeinfo").get("storageRetention", ""))
    except PrometheusError:
        return None  # others that speak its API have no such page
    match = _RETENTION.match(text)
    units = {"y": 365 * 86400, "w": 7 * 86400, "d": 86400, "h": 3600, "m": 60, "s": 1}
    return timedelta(seconds=int(match[1]) * units[match[2]]) if match else None


def _short(api: Api) -> str:
    kept = _retention(api)
    return duration(kept) if kept and kept < _WINDOW else ""


def _facts(api: Api, now: datetime) -> list[tuple[str, str]]:
    """What the platform says of the server: how long it keeps, and how often it scrapes."""
    facts = []
    if kept := _retention(api):
        facts.append(("retention", duration(kept)))
    if interval := api.scrape_interval(now):
        facts.append(("scrape_interval", duration(interval)))
    return facts


def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("somahub.adoption", "."),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the result is Python, whose literals are made by repr
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["literal"] = _literal
    return environment.get_template("spec.py.j2")


def _literal(text: str) -> str:
    """A Python string, in double quotes where they need no escapes."""
    return repr(text) if '"' in text or "\\" in text else f'"{text}"'

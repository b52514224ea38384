"""Candidates for SLOs in what a Prometheus has, each with what was observed of it day by day."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from collectors.api import Answer, Api
from slo.promql import quoted
from slo.units import duration
from somahub.adoption import conventions
from somahub.adoption.conventions import Outcome
from somahub.adoption.evidence import Evidence, edge, evidence, limit

_DAY = timedelta(days=1)
_CHECK = "5m"


class Candidate(NamedTuple):
    """An SLI as Python text (``kind`` and its arguments) of a service, with what was seen of it."""

    service: str
    name: str
    kind: str
    arguments: tuple[tuple[str, str], ...]
    seen: Evidence


class Passed(NamedTuple):
    """What is not proposed, and why."""

    what: str
    why: str


class Observer(NamedTuple):
    """A server, and the days that are looked at."""

    api: Api
    start: datetime
    end: datetime

    def candidates(self, metrics: Iterable[str]) -> Iterator[Candidate | Passed]:
        """Whatever a convention tells about the metrics, in their order."""
        names = sorted(m for m in metrics if not conventions.ASIDE.fullmatch(m))
        for name in names:
            if name.endswith("_bucket"):
                yield from self._histogram(name)
            elif conventions.SUCCESS_TIME.fullmatch(name):
                yield from self._freshness(name)
            elif name in {"up", "probe_success"}:
                yield from self._gauge(name)
            else:
                yield from self._counter(name, set(names))

    def _counter(self, metric: str, known: set[str]) -> Iterator[Candidate | Passed]:
        for pair in conventions.PAIRS:
            if pair.total == metric and pair.bad in known:
                total, bad = (self._daily(f"sum by (job) (increase({m}[1d]))") for m in (metric, pair.bad))
                for (job,), one in _by(total, "job").items():
                    seen = evidence(_by(bad, "job").get((job,), ()), one, pair.unit)
                    own = f"{{job={quoted(job)}}}"
                    yield _ratio(job, "availability", f"{metric}{own}", bad=f"{pair.bad}{own}", seen=seen)
                return
        rows = conventions.outcomes(metric)
        if not rows:
            return
        labels = ", ".join((*conventions.LABELS, *conventions.SERVICES))
        found = self.api.at(f"group by ({labels}) (last_over_time({metric}[1d]))", self.end)
        row = next((r for r in rows if _tells(r, [one.labels.get(r.label, "") for one in found])), None)
        if row is None:
            # Any other counter may count anything.
            if found and conventions.REQUESTS.fullmatch(metric):
                yield Passed(metric, "no label tells a failure from a success")
            return
        yield from self._outcome(row)

    def _outcome(self, row: Outcome) -> Iterator[Candidate]:
        only = f"{{{row.only}}}" if row.only else ""
        failing = f"{row.label}=~{quoted(row.bad)}"
        inner = f"{{{row.only},{failing}}}" if row.only else f"{{{failing}}}"
        total = _by(self._daily(f"sum by ({row.service}) (increase({row.metric}{only}[1d]))"), row.service)
        bad = _by(self._daily(f"sum by ({row.service}) (increase({row.metric}{inner}[1d]))"), row.service)
        name = "availability" if row.unit == "requests" else _slug(row.metric.removesuffix("_total"))
        for (service,), days in total.items():
            matchers = f"{row.service}={quoted(service)}" + (f",{row.only}" if row.only else "")
            yield _ratio(
                service,
                name,
                f"{row.metric}{{{matchers}}}",
                bad=f"{row.metric}{{{matchers},{failing}}}",
                seen=evidence(bad.get((service,), ()), days, row.unit),
            )

    def _histogram(self, metric: str) -> Iterator[Candidate | Passed]:
        base = metric.removesuffix("_bucket")
        if not conventions.DURATION.fullmatch(metric):
            yield Passed(base, "a histogram, but not of a duration")
            return
        label = conventions.service_label(base)
        daily = self._daily(f"sum by ({label}, le) (increase({metric}[1d]))")
        services: dict[str, dict[float, tuple[tuple[float, float], ...]]] = {}
        for (service, le), days in _by(daily, label, "le").items():
            services.setdefault(service, {})[float(le)] = days
        for service, edges in services.items():
            total = edges.get(float("inf"), ())
            above = {e: evidence(_rest(total, days), total, "requests") for e, days in edges.items()}
            best = edge(above)
            if best is None:
                yield Passed(f"{base} of {service}", "no bucket with a finite edge that was fed in this time")
                continue
            yield _latency(base, service, label, best, above[best])

    def _gauge(self, metric: str) -> Iterator[Candidate | Passed]:
        by = ("job",) if metric == "up" else ("job", "instance")
        fold = f"sum by ({', '.join(by)})"
        total = _by(self._daily(f"{fold} (count_over_time({metric}[1d]))"), *by)
        good = _by(self._daily(f"{fold} (sum_over_time({metric}[1d]))"), *by)
        for key, days in total.items():
            matchers = ",".join(f"{k}={quoted(v)}" for k, v in zip(by, key, strict=True) if v)
            name = "uptime" if metric == "up" else f"probe-{_slug(key[-1])}"
            seen = evidence(_rest(days, good.get(key, ())), days, "scrapes" if metric == "up" else "probes")
            yield Candidate(key[0], name, "Uptime", (("probe", f"{metric}{{{matchers}}}"),), seen)

    def _freshness(self, metric: str) -> Iterator[Candidate | Passed]:
        span = duration(self.end - self.start)
        kept = f"count_over_time({metric}[{span}:{_CHECK}]) * 300"
        every = f"max by (job) (({kept}) / (changes({metric}[{span}]) > 0))"
        intervals = {one.labels.get("job", ""): one.values[0][1] for one in self.api.at(every, self.end)}
        if not intervals:
            yield Passed(metric, f"it did not change within {span}: nothing tells how often it should")
        for job, interval in intervals.items():
            within = limit(interval)
            if within is None:
                yield Passed(f"{metric} of {job}", "it changes less than once in two weeks")
                continue
            own = f"{metric}{{job={quoted(job)}}}"
            age = f"max(time() - {own}) > bool {within.total_seconds():.0f}"
            bad = self._daily(f"sum_over_time(({age})[1d:{_CHECK}])")
            total = self._daily(f"count_over_time(({age})[1d:{_CHECK}])")
            seen = evidence(_by(bad).get((), ()), _by(total).get((), ()), "checks")
            arguments = (("timestamp", own), ("within", duration(within)))
            yield Candidate(
                job, _slug(metric.partition("_last_")[0]) + "-fresh", "Freshness", arguments, seen
            )

    def _daily(self, query: str) -> list[Answer]:
        """A value for each whole day back from now."""
        days = (self.end - self.start) // _DAY
        return self.api.over(query, self.end - (days - 1) * _DAY, self.end, _DAY)


def _ratio(service: str, name: str, total: str, *, bad: str, seen: Evidence) -> Candidate:
    return Candidate(service, name, "Ratio", (("total", total), ("bad", bad)), seen)


def _latency(base: str, service: str, label: str, best: float, seen: Evidence) -> Candidate:
    own = f"{label}={quoted(service)}"
    milliseconds = base.endswith(("_milliseconds", "_ms"))
    size = round(best if milliseconds else best * 1000)
    below = f"{size // 1000}s" if size % 1000 == 0 else f"{size}ms"
    name = f"{_slug(re.sub('_(milliseconds|ms|seconds|duration)', '', base))}-below-{below}"
    if not milliseconds and size == best * 1000:
        arguments = (("histogram", f"{base}{{{own}}}"), ("below", below))
        return Candidate(service, name, "Latency", arguments, seen)
    # The kind for latencies counts in whole milliseconds of a histogram of seconds; any other edge is a ratio of its bucket.
    text = f"{best:g}"
    le = f'le=~"{text}|{text}[.]0"' if "." not in text else f'le="{text}"'
    pair = (("total", f"{base}_count{{{own}}}"), ("good", f"{base}_bucket{{{own},{le}}}"))
    return Candidate(service, name, "Ratio", pair, seen)


def _tells(row: Outcome, values: list[str]) -> bool:
    """Whether a label holds what the convention says: status codes, or words of which some mean a failure."""
    there = [value for value in values if value]
    if row.bad.startswith("5"):
        return any(re.fullmatch(r"[1-5](\d\d|xx)?", value) for value in there)
    failing = [value for value in there if re.fullmatch(row.bad, value)]
    return bool(there) if row.label in {"grpc_code", "outcome"} else 0 < len(failing) < len(there)


def _by(answers: list[Answer], *labels: str) -> dict[tuple[str, ...], tuple[tuple[float, float], ...]]:
    """Daily values by the values of labels."""
    return {tuple(one.labels.get(label, "") for label in labels): one.values for one in answers}


def _rest(
    whole: Iterable[tuple[float, float]], part: Iterable[tuple[float, float]]
) -> list[tuple[float, float]]:
    taken = dict(part)
    return [(at, n - taken.get(at, 0.0)) for at, n in whole]


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text.removeprefix("https://").removeprefix("http://")).strip("-")

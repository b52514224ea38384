"""Counters of a shop whose every event is known: daily traffic, outages, restarts, gaps and series that come late.

Two instances are scraped; nothing is scraped in a gap of 3 hours, and Prometheus itself is away for 40 minutes. What a
process counts goes on meanwhile. A restart loses what was counted since the last scrape, to any reader.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from holding import holding
from numpy.typing import NDArray

from collectors.api import Api
from collectors.history.collector import Collector, Region
from collectors.history.store import Day, Store
from collectors.history.window import Server
from slo import SLO, Calendar, Composite, ErrorRatio, Latency, Platform, Ratio, Service, TimeSlices, Uptime

HOUR, DAY = 3600, 86400
OFFSETS = {"a:1": 7, "b:1": 11}  # seconds of each instance's scrapes
BERLIN = Calendar(unit="month", zone="Europe/Berlin")
_ERRORS = 0.002
_BAD = ((2.4 * HOUR, 25 * 60, 0.6), (36.5 * HOUR, 15 * 60, 0.3))  # night and noon: after, for, share
_DOWN = (30.2 * HOUR, 10 * 60)


class Gaps(NamedTuple):
    """(start, end) in seconds from the beginning."""

    scrapes: tuple[float, float] = (20 * HOUR, 23 * HOUR)
    prometheus: tuple[float, float] = (50 * HOUR, 50 * HOUR + 40 * 60)


_GAPS = Gaps()


class Kept(NamedTuple):
    """One instance: times of scrapes, whether a scrape is kept, and what happened up to each."""

    times: NDArray[np.int64]
    here: NDArray[np.bool_]
    restart: NDArray[np.bool_]
    total: NDArray[np.int64]
    bad: NDArray[np.int64]
    slow: NDArray[np.int64]
    lost: NDArray[np.int64]
    lost_bad: NDArray[np.int64]
    up: NDArray[np.int64]


class Truth:
    """What happened from ``start`` on, scraped every ``every`` seconds."""

    def __init__(self, start: int, days: float, every: int = 30, seed: int = 1, gaps: Gaps = _GAPS) -> None:
        self.start, self.end, self.every, self.gaps = start, int(start + days * DAY), every, gaps
        dice = np.random.default_rng(seed)
        self.kept = {name: self._instance(dice, offset) for name, offset in OFFSETS.items()}

    def write(self, file: Path) -> None:
        """All samples as OpenMetrics."""
        with file.open("w", encoding="utf-8") as out:
            for kind, families in (
                ("counter shop_requests", self._requests()),
                ("gauge up", self._ups()),
                ("histogram shop_seconds", self._latencies()),
            ):
                what, name = kind.split()
                out.write(f"# TYPE {name} {what}\n")
                for labels, times, values in families:
                    head = f'{labels[0]}{{job="shop",{labels[1]}}}'
                    out.writelines(
                        f"{head} {v} {t}\n" for t, v in zip(times.tolist(), values.tolist(), strict=True)
                    )
            out.write("# EOF\n")

    def events(self, start: float, end: float) -> tuple[int, int]:
        """Bad and total that happened between two times."""
        found = [
            (k.bad[w].sum(), k.total[w].sum())
            for k in self.kept.values()
            for w in [_within(k.times, start, end)]
        ]
        return sum(int(b) for b, _ in found), sum(int(t) for _, t in found)

    def counted(self) -> tuple[int, int]:
        """Bad and total that any reader can know: less what restarts lost, and what the first scrape brought."""
        bad = sum(int((k.bad - k.lost_bad)[1:].sum()) for k in self.kept.values())
        return bad, sum(int((k.total - k.lost)[1:].sum()) for k in self.kept.values())

    def unknown(self, start: float, end: float) -> float:
        """Seconds between two times for which no samples at most 5 minutes apart vouch."""
        runs = [
            (int(a), int(b))
            for k in self.kept.values()
            for a, b in zip(*_pairs(k), strict=True)
            if b - a <= 300
        ]
        covered, reach = 0.0, start
        for a, b in sorted(runs):
            low, high = max(a, reach), min(b, end)
            covered += max(high - low, 0)
            reach = max(reach, high)
        return end - start - covered

    def _instance(self, dice: np.random.Generator, offset: int) -> Kept:
        times = np.arange(self.start + offset, self.end, self.every)
        since = times - self.start
        mean = 20 * (1.2 + np.sin(since / DAY * 2 * np.pi)) * self.every / 30
        total = dice.poisson(mean)
        share = np.full(len(times), _ERRORS)
        for after, long, much in _BAD:
            for day in range(0, int(since[-1]) // DAY + 1, 9):
                share[_within(since, after + day * DAY, after + day * DAY + long)] = much
        bad = dice.binomial(total, share)
        bad[: HOUR // self.every] = 0  # the series of failures comes late
        slow = dice.binomial(total, 0.03)
        restart = (np.arange(len(times)) * self.every % (31 * HOUR + offset * 60) < self.every) & (
            since > HOUR
        )
        lost = np.where(restart, total // 2, 0)
        lost_bad = np.where(restart, np.minimum(bad, lost), 0)
        up = (~_within(since, _DOWN[0], _DOWN[0] + _DOWN[1])).astype(np.int64)
        here = np.ones(len(times), dtype=np.bool_)
        for gap in self.gaps:
            here &= ~_within(since, *gap)
        # A restart within a gap would lose what no reader can know of.
        near = np.convolve(~here, np.ones(3), "same") > 0
        lost, lost_bad, restart = np.where(near, 0, lost), np.where(near, 0, lost_bad), restart & ~near
        return Kept(times, here, restart, total, bad, slow, lost, lost_bad, up)

    def _requests(self) -> Iterator[tuple[tuple[str, str], NDArray[np.int64], NDArray[np.int64]]]:
        for name, k in self.kept.items():
            for code, grown in (
                ("200", k.total - k.bad - (k.lost - k.lost_bad)),
                ("500", k.bad - k.lost_bad),
            ):
                values = _counter(grown, k.restart)
                born = k.here & ((np.cumsum(grown) > 0) | (code == "200"))
                yield ("shop_requests_total", f'instance="{name}",code="{code}"'), k.times[born], values[born]

    def _latencies(self) -> Iterator[tuple[tuple[str, str], NDArray[np.int64], NDArray[np.int64]]]:
        for name, k in self.kept.items():
            fast, total = np.cumsum(k.total - k.slow)[k.here], np.cumsum(k.total)[k.here]
            for suffix, labels, values in (
                ("bucket", ',le="0.5"', fast),
                ("bucket", ',le="+Inf"', total),
                ("count", "", total),
            ):
                yield (f"shop_seconds_{suffix}", f'instance="{name}"{labels}'), k.times[k.here], values

    def _ups(self) -> Iterator[tuple[tuple[str, str], NDArray[np.int64], NDArray[np.int64]]]:
        for name, k in self.kept.items():
            yield ("up", f'instance="{name}"'), k.times[k.here], k.up[k.here]


def platform(copies: int = 1) -> Platform:
    """Every kind of SLI on the shop's series."""
    requests = 'shop_requests_total{job="shop"}'
    failed = 'shop_requests_total{job="shop",code="500"}'
    ratio = {"sli": Ratio(total=requests, bad=failed), "objective": "99", "window": BERLIN}
    slos = [
        *(SLO.model_validate({"name": f"availability{i or ''}", **ratio}) for i in range(copies)),
        SLO.model_validate({"name": "by-instance", **ratio, "group_by": ("instance",)}),
        SLO.model_validate(
            {
                "name": "latency",
                "objective": "95",
                "sli": Latency(histogram='shop_seconds{job="shop"}', below="500ms"),
            }
        ),
        SLO.model_validate({"name": "uptime", "objective": "99.9", "sli": Uptime(), "window": BERLIN}),
        SLO.model_validate(
            {
                "name": "ratio",
                "objective": "99",
                "sli": ErrorRatio(
                    query=f"sum(rate({failed}[{{{{.window}}}}])) / sum(rate({requests}[{{{{.window}}}}]))"
                ),
            }
        ),
        SLO.model_validate(
            {"name": "slices", "objective": "99", "sli": TimeSlices(bad_when='min(up{job="shop"}) < 1')}
        ),
        SLO.model_validate(
            {
                "name": "journey",
                "objective": "99",
                "window": BERLIN,
                "sli": Composite(mode="worst-of", of={"shop-availability": 1, "shop-uptime": 1}),
            }
        ),
    ]
    return Platform(name="shop", services=(Service(name="shop", slos=tuple(slos)),))


@contextmanager
def prometheus(truth: Truth, folder: Path) -> Iterator[str]:
    """The URL of a Prometheus that has exactly what was kept."""
    folder.mkdir(parents=True, exist_ok=True)
    truth.write(folder / "data.om")
    with holding(folder / "data.om", folder) as url:
        yield url


def collector(platform: Platform, store: Store, *urls: str, replica: str = "") -> Collector:
    """One region with these servers as replicas."""
    servers = tuple(Server(Api(url), replica) for url in urls)
    return Collector(platform, (Region("", servers),), store)


def rows(store: Store) -> list[Day]:
    """All days that are kept."""
    return list(store.days())


def _counter(grown: NDArray[np.int64], restart: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Values that begin again at each restart."""
    values = np.cumsum(grown)
    base = np.where(restart, values - grown, 0)
    return values - np.maximum.accumulate(base)


def _within(times: NDArray[np.int64], start: float, end: float) -> NDArray[np.bool_]:
    return (times > start) & (times <= end)


def _pairs(k: Kept) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    times = k.times[k.here]
    return times[:-1], times[1:]

"""What an SLI reads: counters of events, or a 0/1 gauge of time; each lowers to the same two series.

``bad`` and ``total`` are per second over 5 minutes. Absent input gives no ``total``: unknown is neither
good nor bad.
"""

from typing import NamedTuple


class Lowered(NamedTuple):
    """PromQL of bad and total per second, each over the last 5 minutes."""

    bad: str
    total: str
    fill_bad: bool  # a missing bad series means zero failures, as no failure ever made one


class Counted(NamedTuple):
    """Selectors of counters: all events, and either the bad or the good ones."""

    total: str
    bad: str = ""
    good: str = ""

    def lower(self) -> Lowered:
        """Rates, summed over all series.

        A missing ``good`` is a broken SLI (a histogram that lost a bucket), so it is not filled.
        """
        total = f"sum(rate({self.total}[5m]))"
        if self.bad:
            return Lowered(bad=f"sum(rate({self.bad}[5m]))", total=total, fill_bad=True)
        good = f"sum(rate({self.good}[5m]))"
        return Lowered(bad=f"clamp_min({total} - {good}, 0)", total=total, fill_bad=False)


class Gauged(NamedTuple):
    """Selector of a gauge that is 1 while all is well and 0 while it is not."""

    gauge: str

    def lower(self) -> Lowered:
        """Bad: the failing share of the time; total: 1 while anything is known."""
        return Lowered(
            bad=f"1 - avg(avg_over_time({self.gauge}[5m]))",
            total=f"group(last_over_time({self.gauge}[5m]))",
            fill_bad=False,
        )

"""A backtest as one HTML file that needs nothing else."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import altair as alt
import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from slo.replay.outcome import Alert, Outcome
from somahub.backtests.chart import charts
from somahub.backtests.model import Backtest, Summary, only, summary
from somahub.backtests.words import after, length, percent, rate

_VEGA_LITE = alt.SCHEMA_VERSION.rpartition(".")[0]


class Shown(NamedTuple):
    """One SLO with a side or two: figures, charts, and the alerts that a side alone raises."""

    name: str
    sides: list[tuple[str, Outcome, Summary, list[Alert]]]
    charts: dict[str, dict[str, Any]]

    @property
    def loud(self) -> bool:
        """Whether there is anything to look at."""
        return any(one.alerts or one.incidents for _, one, _, _ in self.sides)


def page(result: Backtest) -> str:
    """The backtest for people."""
    environment = Environment(
        loader=PackageLoader("somahub.backtests", "."), autoescape=True, undefined=StrictUndefined
    )
    environment.filters.update(length=length, percent=percent, rate=rate, after=after)
    script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", _VEGA_LITE)
    # The charting library's own code, not user input; "</script" would end its element.
    bundle = Markup(script.replace("</script", "<\\/script"))  # noqa: S704
    return environment.get_template("page.html.j2").render(
        result=result, shown=list(_shown(result)), bundle=bundle
    )


def _shown(result: Backtest) -> Iterator[Shown]:
    for pair in result.pairs:
        found = [(side.name, one) for side, one in zip(result.sides, pair, strict=True) if one]
        both = [one for one in pair if one]
        others = both[::-1] if len(both) > 1 else [None]
        sides = [
            (name, one, summary(one), only(one, other) if other else [])
            for (name, one), other in zip(found, others, strict=True)
        ]
        yield Shown(both[0].name, sides, charts(found, result.start, result.end))

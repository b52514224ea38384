"""The charting library's script, to put into a page that needs nothing else."""

import json
from functools import cache

import altair as alt
import vl_convert
from markupsafe import Markup

# The script must be of the version that the charts are written in: v6.4.1 is 6.4 to it.
_VEGA_LITE = alt.SCHEMA_VERSION.rpartition(".")[0]


@cache
def bundle() -> Markup:
    """Vega, Vega-Lite and ``window.vegaEmbed``, which draws a chart: 900 kB; to bundle them takes a second."""
    return within(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", _VEGA_LITE))


def within(script: str) -> Markup:
    """A script's own text, not a user's, for a ``<script>`` element: "</script" would end it."""
    return Markup(script.replace("</script", "<\\/script"))  # noqa: S704


def data(value: object) -> Markup:
    """Any value as JSON for a ``<script>`` element."""
    return within(json.dumps(value, separators=(",", ":")).replace("<", "\\u003c"))

"""The burn-down of every budget in one chart."""

from datetime import timedelta
from typing import Any

import altair as alt

from somahub.reports.model import Report

_HEIGHT = 320
# A day's name once there is more than one; seconds only where they differ.
_FORMATS = (
    (timedelta(hours=1), "%H:%M:%S"),
    (timedelta(days=1), "%H:%M"),
    (timedelta.max, "%b %d %H:%M"),
)


def burn_down(report: Report) -> dict[str, Any]:
    """A Vega-Lite chart: a line per SLO, a rule where a page began; times are UTC."""
    left = [
        {"slo": row.slo_id, "at": point.at.isoformat(), "left": point.left}
        for row in report.slos
        for point in row.burn_down
    ]
    pages = [
        {"slo": page.slo_id, "at": page.started_at.isoformat(), "alert": f"{page.severity}: {page.alert}"}
        for page in report.pages or ()
    ]
    times = [point.at for row in report.slos for point in row.burn_down]
    span = max(times) - min(times) if times else timedelta()
    axis = alt.Axis(format=next(f for longest, f in _FORMATS if span <= longest), labelOverlap=True)
    at = alt.X("at:T", title="time (UTC)", scale=alt.Scale(type="utc"), axis=axis)
    when = alt.Tooltip("at:T", timeUnit="utcyearmonthdatehoursminutesseconds", title="time (UTC)")
    lines = (
        alt.Chart(alt.InlineData(values=left))
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=at,
            y=alt.Y(
                "left:Q", title="error budget left", axis=alt.Axis(format=".1%"), scale=alt.Scale(zero=False)
            ),
            color=alt.Color("slo:N", title=None, legend=alt.Legend(orient="top", labelLimit=300)),
            tooltip=["slo:N", when, alt.Tooltip("left:Q", format=".3%")],
        )
    )
    marks = (
        alt.Chart(alt.InlineData(values=pages))
        .mark_rule(strokeDash=[4, 4], color="#b00020")
        .encode(x=at, tooltip=["alert:N", "slo:N", when])
    )
    chart: dict[str, Any] = (lines + marks).properties(width="container", height=_HEIGHT).to_dict()
    return chart

"""Writes ``platform/docs/detection.md``: how soon failures are told, by promtool on our rules and on Sloth's.

Usage: ``python tests/benchmarks/detection.py``; minutes.
"""

import subprocess
import sys
from pathlib import Path

import altair as alt

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/harness"))

from detection import Found, Run, grid, phases, summary  # noqa: E402 - found in the folder above

DOCS = ROOT / "platform/docs"
PAGE = """\
# How soon a failure is told

Written by `make detection`: the real promtool evaluates our rules and rules in the form of Sloth 0.16 on the same series, at an
objective of 99.9 % over 30 days, on steady traffic of 10 requests a second.

## A total outage

Scraped every 15 s, evaluated every 30 s, over all {combinations} combinations of whole seconds at which the target is scraped and the
outage begins, each after an evaluation: **paged after {median:g} s in the median, {maximum} s at most**. An hour's 1.44 % are 52 s; what is
above that is waiting for a scrape and an evaluation, 97 s together.

## By share of failing requests

![Time to detect by error ratio](images/detection.svg)

| errors | page, ours | page, Sloth | ticket, ours | ticket, Sloth |
|---:|---:|---:|---:|---:|
{rows}

Pages: scraped every 15 s, evaluated every 30 s. Tickets: both every minute, since promtool holds no more than 10,000 samples for a
query, and a whole evaluation later than Sloth's at most. In Prometheus the windows of days are evaluated every 2 minutes, which a
ticket can be late besides: it is for a working day.
"""


def main() -> None:
    tools = subprocess.run(
        [ROOT / "scripts/fetch-prometheus"], check=True, capture_output=True, text=True
    ).stdout.strip()
    promtool = Path(tools) / "promtool"
    outages = phases(promtool, range(15), range(30), tick=1)
    pages = grid(promtool, "page", Run(15, 30, history=6 * 3600 + 600, watched=5 * 3600))
    tickets = grid(promtool, "ticket", Run(60, 60, history=3 * 86400 + 3600, watched=9 * 3600))
    rows = "\n".join(
        f"| {page.ratio:.0%} | {_text(page.ours)} | {_text(page.sloths)} | {_text(ticket.ours)} | {_text(ticket.sloths)} |"
        for page, ticket in zip(pages, tickets, strict=True)
    )
    middle, longest = summary(outages.values())
    text = PAGE.format(combinations=len(outages), median=middle, maximum=longest, rows=rows)
    (DOCS / "detection.md").write_text(text, encoding="utf-8")
    _chart([*pages, *tickets]).save(DOCS / "images/detection.svg")
    print(text)


def _text(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def _chart(found: list[Found]) -> alt.Chart:
    rows = [
        {
            "errors": one.ratio * 100,
            "minutes": seconds / 60,
            "alert": f"{one.severity}, {side}",
            "severity": one.severity,
        }
        for one in found
        for side, seconds in (("ours", one.ours), ("Sloth's", one.sloths))
    ]
    names = ["page, ours", "page, Sloth's", "ticket, ours", "ticket, Sloth's"]
    colours = alt.Scale(domain=names, range=["#0072b2", "#56b4e9", "#d55e00", "#e69f00"])
    shapes = alt.Scale(domain=names, range=["circle", "cross", "circle", "cross"])
    base = alt.Chart(alt.InlineData(rows)).encode(
        x=alt.X("errors:Q", scale=alt.Scale(type="log"), title="share of failing requests (%)"),
        y=alt.Y("minutes:Q", scale=alt.Scale(type="log"), title="minutes until the alert fires"),
        color=alt.Color("alert:N", scale=colours, title=None),
    )
    points = base.mark_point(filled=True, size=70).encode(
        shape=alt.Shape("alert:N", scale=shapes, title=None)
    )
    return (base.mark_line(strokeWidth=1) + points).properties(width=560, height=320)


if __name__ == "__main__":
    main()

"""A review as one HTML file that needs nothing else: it reads well on a phone, on paper and without its script."""

from collections import Counter
from collections.abc import Mapping
from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from somahub import vega
from somahub.reviews import agenda, charts, svg, words
from somahub.reviews.model import Review
from somahub.reviews.talks import talk

# So many misses have a line each on the first screen of a phone; more are told in running text.
_LINES = 12


def page(review: Review) -> str:
    """The review for people; the same for the same review."""
    rows = agenda.ordered(review.rows)
    links = {words.key(row): f"slo-{index}" for index, row in enumerate(review.rows)}
    talks = {links[words.key(row)]: talk(row, review) for row in rows if agenda.discussed(row)}
    drawn = {
        "charts": charts.charts(review.period, [t.row for t in talks.values()]),
        "rows": {k: t.figures for k, t in talks.items()},
    }
    return _template().render(
        review=review,
        rows=[(links[words.key(row)], row) for row in rows],
        talks=talks,
        causes=agenda.causes(rows),
        dense=sum(row.adjusted.verdict == "missed" for row in rows) > _LINES,
        standings=Counter(agenda.standing(row) for row in rows),
        at_risk=Counter(row.team for row in rows if agenda.standing(row) == "at risk"),
        due=agenda.due(rows),
        changes=agenda.changes(review),
        ref=partial(_ref, links),
        moment=partial(words.moment, zone=review.period.zone),
        data=vega.data(drawn),
        bundle=vega.bundle() if talks else "",
    )


def _ref(links: Mapping[tuple[str, ...], str], one: words.Budget) -> Markup:
    """A budget's name, as a link where the page tells more of it."""
    anchor = links.get(words.key(one))
    name = escape(words.named(one))
    return Markup('<a href="#{}">{}</a>').format(anchor, name) if anchor else name


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("somahub.reviews", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        count=words.count,
        known=words.known,
        lasted=words.lasted,
        objective=words.objective,
        share=words.share,
    )
    environment.globals.update(
        extent=words.extent,
        named=words.named,
        order=agenda.ORDER,
        sli=words.sli,
        sparkline=svg.sparkline,
        standing=agenda.standing,
        title=words.title,
    )
    return environment.get_template("page.html.j2")

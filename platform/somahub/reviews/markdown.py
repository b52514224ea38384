"""A review as Markdown (GitHub's tables), for a wiki or a ticket: what is to be talked about, then every budget."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from somahub.reviews import words
from somahub.reviews.agenda import causes, changes, due, ordered
from somahub.reviews.model import Figures, Review, Row
from somahub.reviews.words import count, lasted, moment, named, share, sli

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|#~"} | {"\n": " "})
_NOTHING = "-"
_NO_PAGER = "No pager was asked."
_NO_PROMETHEUS = "No Prometheus was asked."


def markdown(review: Review) -> str:
    """The text."""
    sections = [
        "\n".join(_head(review)),
        _section("Missed", _missed(review)),
        _section("Due", _due(review)),
        _section("Teams", _teams(review)),
        _section("Incidents", _incidents(review)),
        _section("Exclusions", _exclusions(review)),
        _section("Changes of objectives", _changed(review)),
        _section("Recovery", _recovery(review)),
        _section("Durability", _durability(review)),
        _section("Capacity", _capacity(review)),
        _section("Certificates", _certificates(review)),
        _section("Beside another period", _comparison(review)),
        _section("All budgets", _budgets(review)),
        "\n".join(_foot(review)),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _head(review: Review) -> Iterator[str]:
    verdicts = [row.adjusted.verdict for row in review.rows]
    yield f"# SLO review of {_safe(review.platform)}: {words.title(review.period)}"
    yield ""
    yield f"{words.extent(review.period)}{', still running' if review.period.running else ''}."
    yield ", ".join(f"{verdicts.count(v)} {v}" for v in ("missed", "unknown", "met")) + "."


def _missed(review: Review) -> Iterator[str]:
    found = causes(review.rows)
    for cause in found:
        yield f"- **{_safe(cause.words)}**"
        for row in cause.rows:
            cost = "" if row.cause_spent is None else f", {share(row.cause_spent)} of the budget by this"
            yield f"  - {_name(row)}: {share(row.adjusted.spent)} of the budget spent{cost}"
    if not found:
        yield "Nothing."


def _due(review: Review) -> Iterator[str]:
    for action, rows in due(review.rows):
        yield f"- **{action.action}**, from {action.spent:f} % spent on: {', '.join(map(_name, rows))}. {action.text}".rstrip()


def _teams(review: Review) -> Iterator[str]:
    head = (
        "team",
        "met",
        "missed",
        "unknown",
        "pages",
        "acknowledged after",
        "resolved after",
        "actions due",
    )
    yield from _table(
        head,
        (
            (
                team.title,
                team.met,
                team.missed,
                team.unknown,
                words.UNKNOWN if team.pages is None else team.pages,
                _length(team.acknowledged_after),
                _length(team.resolved_after),
                team.actions,
            )
            for team in review.teams
        ),
    )


def _incidents(review: Review) -> Iterator[str]:
    if not review.incidents:
        yield _NO_PAGER if review.incidents is None else "None."
        return
    zone = review.period.zone
    yield from _table(
        ("#", "opened", "incident", "acknowledged after", "by", "resolved after", "by ", "cost"),
        (
            (
                one.number,
                moment(one.opened, zone),
                f"{one.priority} {one.title}",
                _length(one.acknowledged_after),
                one.acknowledged_by,
                _length(one.resolved_after),
                one.resolved_by,
                "; ".join(f"{share(cost.spent)} of {named(cost)}" for cost in one.costs),
            )
            for one in review.incidents
        ),
    )


def _exclusions(review: Review) -> Iterator[str]:
    zone = review.period.zone
    if review.exclusions:
        yield from _table(
            ("exclusion", "services", "from", "to", "times", "together", "reason", "approved by"),
            (
                (
                    one.name,
                    ", ".join(one.services) or "all",
                    moment(one.spans[0][0], zone),
                    moment(one.spans[-1][1], zone),
                    len(one.spans),
                    lasted(one.seconds),
                    one.reason,
                    one.approver,
                )
                for one in review.exclusions
            ),
        )


def _changed(review: Review) -> Iterator[str]:
    zone = review.period.zone
    for row in review.rows:
        for before, after in zip(row.objectives, row.objectives[1:], strict=False):
            if after.since and after.objective != before.objective:
                yield (
                    f"- {_name(row)}: from {words.objective(before.objective)} to "
                    f"{words.objective(after.objective)} on {moment(after.since, zone)}"
                )


def _recovery(review: Review) -> Iterator[str]:
    rows = [row for row in review.rows if row.slo_id in review.recovery]
    if rows:
        yield from _rows(rows)


def _durability(review: Review) -> Iterator[str]:
    if review.durability is None:
        yield _NO_PROMETHEUS
        return
    for one in review.durability:
        yield f"- {_safe(one.service)}, {_safe(one.name)}: designed for {_safe(one.target)} by {_safe(one.means)}. Evidence:"
        for metric in one.evidence:
            told = (
                words.UNKNOWN if metric.value is None else f"{count(metric.value)} in {lasted(metric.known)}"
            )
            yield f"  - `{metric.name}`: {told}"


def _capacity(review: Review) -> Iterator[str]:
    if review.capacity is None:
        yield _NO_PROMETHEUS
    elif review.capacity:
        yield from _table(
            ("service", "what", "mean", "peak", "last", "known", "full by"),
            (
                (
                    one.service,
                    one.what,
                    share(one.mean),
                    share(one.peak),
                    share(one.last),
                    lasted(one.known),
                    f"{one.full_at:%Y-%m-%d}" if one.full_at else _NOTHING,
                )
                for one in review.capacity
            ),
        )


def _certificates(review: Review) -> Iterator[str]:
    if review.certificates is None:
        yield _NO_PROMETHEUS
    elif review.certificates:
        yield from _table(
            ("certificate", "source", "expires", "left"),
            (
                (
                    one.name,
                    one.source,
                    f"{one.expires:%Y-%m-%d}",
                    lasted(one.left) if one.left > 0 else "expired",
                )
                for one in review.certificates
            ),
        )


def _comparison(review: Review) -> Iterator[str]:
    if review.comparison:
        yield f"Before: {words.extent(review.comparison.period)}."
        yield ""
        found = changes(review)
        if not found:
            yield "No verdict is another, and no budget is spent a tenth more or less."
            return
        yield from _table(
            ("budget", "before", "spent", "now", "spent "),
            ((named(one), *_side(one.before), *_side(one.after)) for one in found),
        )


def _side(figures: Figures | None) -> tuple[str, str]:
    return (_NOTHING, _NOTHING) if figures is None else (figures.verdict, share(figures.spent))


def _budgets(review: Review) -> Iterator[str]:
    yield from _rows(ordered(review.rows))


def _rows(rows: Iterable[Row]) -> Iterator[str]:
    yield from _table(
        (
            "budget",
            "verdict",
            "objective",
            "SLI",
            "SLI raw",
            "bad",
            "total",
            "unit",
            "spent",
            "spent raw",
            "known",
        ),
        (
            (
                named(row),
                row.adjusted.verdict,
                words.objective(row.objectives[-1].objective),
                sli(row.adjusted, row.objectives[-1].objective),
                sli(row.raw, row.objectives[-1].objective),
                count(row.adjusted.bad),
                count(row.adjusted.total),
                row.unit,
                share(row.adjusted.spent),
                share(row.raw.spent),
                _known(row),
            )
            for row in rows
        ),
    )


def _known(row: Row) -> str:
    elapsed, known = row.completeness.elapsed, row.completeness.known
    return words.UNKNOWN if not elapsed else words.known(known / elapsed)


def _foot(review: Review) -> Iterator[str]:
    first, last = review.data.first, review.data.last
    yield "---"
    told = words.UNKNOWN if first is None or last is None else f"{_utc(first)} to {_utc(last)}"
    yield f"Data: {told}. Unknown time is {_UNKNOWN_TIME[review.unknown_time]}. SHA-256 {review.digest}"


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


_UNKNOWN_TIME = {"ignore": "average traffic without failures", "bad": "bad"}


def _section(title: str, lines: Iterable[str]) -> str:
    body = "\n".join(lines)
    return f"## {title}\n\n{body}" if body else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_safe(str(cell)) for cell in row)} |"


def _name(row: Row) -> str:
    return _safe(named(row))


def _length(seconds: float | None) -> str:
    return _NOTHING if seconds is None else lasted(seconds)


def _safe(text: str) -> str:
    return text.translate(_MARKS)

"""A panel reads only what the spec declares: queries of anything else are left out, and a panel without any is no panel."""

from functools import cached_property

from dashboards.board import Annotation, Board, Panel, Row
from dashboards.variables import filled
from slo.lint.closure import PROMETHEUS, emitters, jobs, metric_of
from slo.lint.matchers import Pick, pick
from slo.lint.tree import selectors
from slo.model import Platform
from slo.names import INFO
from slo.promql import parse
from slo.signals import Metric


class Declared:
    """What the services of a platform emit, and their rules record."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._known = emitters(platform.services)
        self._records = any(service.slos for service in platform.services)
        self._free: dict[str, bool] = {}

    def kept(self, board: Board) -> Board:
        """The board with what is declared, without rows that are empty then."""
        rows = (
            Row(row.title, tuple(p for one in row.panels if (p := self._panel(one)))) for row in board.rows
        )
        notes = tuple(a for a in board.annotations if self._annotation(a))
        return board._replace(rows=tuple(row for row in rows if row.panels), annotations=notes)

    def has(self, expression: str) -> bool:
        """Whether every selector of an expression finds a job that emits it."""
        return all(self._emitted(pick(one)) for one in selectors(parse(filled(expression))))

    def _panel(self, panel: Panel) -> Panel | None:
        if not panel.queries or panel.source != "prometheus":
            return panel
        queries = tuple(query for query in panel.queries if self.has(query.text))
        if not queries:
            return None
        read = {one.metric for query in queries for one in _picks(query.text)}
        found = [metric for name in sorted(read) if (metric := self.metric(name))]
        reasons = [_reason(metric) for metric in found]
        why = reasons[0] if reasons and all(reasons) else panel.no_data
        unproven = panel.unproven or (bool(found) and all(metric.unproven for metric in found))
        return panel._replace(queries=queries, no_data=why, unproven=unproven)

    def _annotation(self, annotation: Annotation) -> bool:
        return self.has(annotation.query)

    def _emitted(self, one: Pick) -> bool:
        if one.metric in PROMETHEUS or not one.metric:
            return True
        if ":" in one.metric or one.metric == INFO:
            return self._records
        if not one.of("job"):
            # Most selectors of shared boards name no job, and there are many services.
            if one.metric not in self._free:
                self._free[one.metric] = bool(self.metric(one.metric))
            return self._free[one.metric]
        job = one.equal().get("job", "")
        # Of a thousand services, a panel of one asks for that one.
        named = [job] if job in self._known else jobs(one, self._known)
        return any(metric_of(one.metric, self._known[job]) for job in named)

    def metric(self, name: str) -> Metric | None:
        """The declaration of a series' metric."""
        return metric_of(name, self._all)

    @cached_property
    def _all(self) -> dict[str, Metric]:
        return {name: metric for own in self._known.values() for name, metric in own.items()}


def _reason(metric: Metric) -> str:
    if metric.unproven:
        return f"Not to be seen here: {metric.unproven}"
    return f"None yet: {metric.quiet}" if metric.quiet else ""


def _picks(expression: str) -> list[Pick]:
    return [pick(one) for one in selectors(parse(filled(expression)))]

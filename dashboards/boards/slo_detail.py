"""One SLO, chosen on top: a board for each would be hundreds, all alike."""

from dashboards import links, palette
from dashboards.board import Annotation, Board, Row, Variable
from dashboards.panels import slo_burn
from dashboards.panels import slo_detail as slo
from dashboards.queries import slo as q
from slo.model import Platform


def board(platform: Platform) -> Board:
    """The board."""
    grouped = any(one.group_by for service in platform.services for one in service.slos)
    more = (slo.events(), slo.groups()) if grouped else (slo.events()._replace(width=24),)
    return Board(
        links.DETAIL,
        "SLO detail",
        "One SLO: its indicator against its objective, its budget, its burn rates with the thresholds of its alerts.",
        (
            Row("Now", slo.detail()),
            Row("Indicator and budget", (slo.indicator(), slo.burndown())),
            Row("Burn rates and what alerts", slo_burn.burn_rates(platform)),
            Row("Events", more),
        ),
        tags=(links.MAIN,),
        variables=(Variable("slo_id", "SLO", "label_values(slo_info, slo_id)", many=False),),
        annotations=(Annotation("Alerts", q.ALERTS_FIRING, "{{alertname}} ({{severity}})", palette.BAD),),
        since="now-24h",
    )

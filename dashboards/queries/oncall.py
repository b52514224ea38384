"""What on-call people bear, from the alerts themselves; what the pager counts is declared by the pager."""

FIRING = 'count by (severity) (ALERTS{alertstate="firing"})'
FIRING_LIST = 'count by (alertname, slo_service, severity, priority) (ALERTS{alertstate="firing"})'
PAGES_NOW = 'count(ALERTS{alertstate="firing",severity="page"}) or vector(0)'
TICKETS_NOW = 'count(ALERTS{alertstate="firing",severity="ticket"}) or vector(0)'
# The start of an alert is the value of its series: each new value is one more time.
TIMES = "topk(15, sum by (alertname, slo_service) (1 + changes(ALERTS_FOR_STATE[7d])))"
PAGES_BY_SERVICE = (
    'sum by (slo_service) (count_over_time(ALERTS{alertstate="firing",severity="page"}[1d:1m])) * 60'
)

"""What on-call people bear, from the alerts themselves; what the pager counts is declared by the pager."""

# Alerts of no such severity call nobody: they only tell what is over.
CALLING = 'severity=~"page|ticket"'
FIRING = f'count by (severity) (ALERTS{{alertstate="firing",{CALLING}}})'
FIRING_LIST = (
    f'count by (alertname, slo_service, severity, priority) (ALERTS{{alertstate="firing",{CALLING}}})'
)
PAGES_NOW = 'count(ALERTS{alertstate="firing",severity="page"}) or vector(0)'
TICKETS_NOW = 'count(ALERTS{alertstate="firing",severity="ticket"}) or vector(0)'
# The start of an alert is the value of its series: each new value is one more time.
TIMES = f"topk(15, sum by (alertname, slo_service) (1 + changes(ALERTS_FOR_STATE{{{CALLING}}}[7d])))"
PAGES_BY_SERVICE = (
    'sum by (slo_service) (count_over_time(ALERTS{alertstate="firing",severity="page"}[1d:1m])) * 60'
)

"""What watching costs: series, samples, and the time of rules. ``scrape_…`` is Prometheus' own mark on each scrape.

Source: Prometheus, "Jobs and instances", and its own metrics.
"""

from dashboards.queries.zero import none

RATE = "$__rate_interval"


def _group(series: str) -> str:
    """Groups of rules by their names, without the paths of their files."""
    return f'label_replace({series}, "rule_group", "$1", "rule_group", ".*;(.+)")'


SAMPLES = "sum by (job) (scrape_samples_post_metric_relabeling)"
SAMPLES_ALL = "sum(scrape_samples_post_metric_relabeling)"
NEW_SERIES = "sum by (job) (avg_over_time(scrape_series_added[10m]))"
SCRAPE_DURATION = "max by (job) (scrape_duration_seconds)"
RECORDS = 'topk(20, count by (slo_id) ({__name__=~"slo:.+",slo_id!=""}))'
RECORDS_ALL = 'count({__name__=~"slo:.+",slo_id!=""})'
HEAD_SERIES = "sum(prometheus_tsdb_head_series)"
APPENDED = f"sum(rate(prometheus_tsdb_head_samples_appended_total[{RATE}]))"
RULE_COST = f"topk(20, sum by (rule_group) ({_group('prometheus_rule_group_last_duration_seconds')}))"
RULES_MISSED = f"topk(10, sum by (rule_group) ({_group(f'increase(prometheus_rule_group_iterations_missed_total[{RATE}])')}) > 0) or {none('rule_group')}"
RULE_FAILURES = f"sum(rate(prometheus_rule_evaluation_failures_total[{RATE}]))"
DISK = "sum(prometheus_tsdb_storage_blocks_bytes)"

"""What servers fill in by themselves where a configuration says nothing, by the last name on the path to it.

Prometheus 2.42 to 3, https://prometheus.io/docs/prometheus/latest/configuration/configuration/; Alertmanager 0.25 to 0.28,
https://prometheus.io/docs/alerting/latest/configuration/. What is empty or false stands for nothing said, always.
"""

from typing import Any

_HTTP = {"follow_redirects": True, "enable_http2": True}
_SCRAPE_PROTOCOLS = [
    "OpenMetricsText1.0.0",
    "OpenMetricsText0.0.1",
    "PrometheusText1.0.0",
    "PrometheusText0.0.4",
]

# Of a setting wherever it is said, but for the times of a job: those are the global ones.
PROMETHEUS: dict[str, Any] = {
    **_HTTP,
    "scheme": "http",
    "metrics_path": "/metrics",
    "honor_timestamps": True,
    "scrape_protocols": _SCRAPE_PROTOCOLS,
    "enable_compression": True,
    "metric_name_validation_scheme": "utf8",
    "metric_name_escaping_scheme": "allow-utf-8",
    "api_version": "v2",
    "timeout": "10s",
    "separator": ";",
    "regex": "(.*)",
    "replacement": "$1",
    "action": "replace",
    "gogc": 75,
    "max_exemplars": 100000,
    "translation_strategy": "UnderscoreEscapingWithSuffixes",
}
# Of these, an empty value is another than none, and yet not among what a server says that it has.
UNWRITTEN_IF_EMPTY = frozenset({"replacement"})
PROMETHEUS_GLOBAL: dict[str, Any] = {
    "scrape_interval": "1m",
    "scrape_timeout": "10s",
    "evaluation_interval": "1m",
}

_URLS = {
    "pagerduty_url": "https://events.pagerduty.com/v2/enqueue",
    "opsgenie_api_url": "https://api.opsgenie.com/",
    "wechat_api_url": "https://qyapi.weixin.qq.com/cgi-bin/",
    "victorops_api_url": "https://alert.victorops.com/integrations/generic/20131114/alert/",
    "telegram_api_url": "https://api.telegram.org",
    "webex_api_url": "https://webexapis.com/v1/messages",
}
ALERTMANAGER: dict[str, Any] = {
    **_HTTP,
    **_URLS,
    "resolve_timeout": "5m",
    "smtp_hello": "localhost",
    "smtp_require_tls": True,
    "type": "Bearer",
    "num_firing": "{{ .Alerts.Firing | len }}",
    "num_resolved": "{{ .Alerts.Resolved | len }}",
    "group_wait": "30s",
    "group_interval": "5m",
    "repeat_interval": "4h",
    "color": '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}',
}
# By the list of receivers that a setting is in.
ALERTMANAGER_SENDS_RESOLVED = {
    "webhook_configs": True,
    "pagerduty_configs": True,
    "opsgenie_configs": True,
    "victorops_configs": True,
    "pushover_configs": True,
    "jira_configs": True,
    "slack_configs": False,
    "email_configs": False,
    "wechat_configs": False,
}
# By the same list, the global setting that one of a receiver's is taken from.
ALERTMANAGER_INHERITED = {
    "email_configs": {
        "from": "smtp_from",
        "hello": "smtp_hello",
        "smarthost": "smtp_smarthost",
        "require_tls": "smtp_require_tls",
        "auth_username": "smtp_auth_username",
        "auth_password": "smtp_auth_password",
        "auth_password_file": "smtp_auth_password_file",
        "auth_identity": "smtp_auth_identity",
        "auth_secret": "smtp_auth_secret",
    },
    "pagerduty_configs": {"url": "pagerduty_url"},
    "opsgenie_configs": {
        "api_url": "opsgenie_api_url",
        "api_key": "opsgenie_api_key",
        "api_key_file": "opsgenie_api_key_file",
    },
    "slack_configs": {"api_url": "slack_api_url", "api_url_file": "slack_api_url_file"},
}

"""alertmanager.yml: every alert goes to the pager; pages first, and without their own tickets."""

from typing import Any

from slo.rulefile import dump


def alertmanager_config(webhook: str) -> str:
    """Routing for Alertmanager 0.25 or newer.

    ``webhook`` is the URL of the receiver that stores and notifies.
    """
    receiver = {"name": "pager", "webhook_configs": [{"url": webhook, "send_resolved": True}]}
    page: dict[str, Any] = {
        "receiver": "pager",
        "matchers": ['severity="page"'],
        "group_wait": "5s",
        "group_interval": "1m",
        "repeat_interval": "1h",
    }
    return dump(
        {
            "route": {
                "receiver": "pager",
                "group_by": ["alertname", "slo_service", "slo_id"],
                "group_wait": "30s",
                "group_interval": "5m",
                "repeat_interval": "12h",
                "routes": [page],
            },
            "inhibit_rules": [
                {
                    "source_matchers": ['severity="page"'],
                    "target_matchers": ['severity="ticket"'],
                    "equal": ["slo_id"],
                }
            ],
            "receivers": [receiver],
        }
    )

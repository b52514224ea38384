"""The pager: receives Alertmanager's notifications and loses none."""

from alerts.paging.app import create_app
from alerts.paging.store import PageStore

__all__ = ["PageStore", "create_app"]

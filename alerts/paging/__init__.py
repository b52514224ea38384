"""The pager: receives Alertmanager's notifications and loses none."""

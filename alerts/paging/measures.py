"""What the pager's metrics are made of; whoever declares them imports nothing else of it."""

# Seconds: what an escalation's steps are made of.
BUCKETS = (30, 60, 120, 300, 600, 900, 1500, 2700, 3600, 7200, 14400, 28800, 86400)
OUTCOMES = ("sent", "failed")

"""``slo up``: the whole stack on this machine, supervised."""

"""Governance: whether an action is allowed, and why, by the constitution in force."""

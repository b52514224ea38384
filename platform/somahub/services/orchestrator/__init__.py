"""Agent workflows on Temporal."""

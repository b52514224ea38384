"""Accounts, tokens, roles, and the audit log of all three."""

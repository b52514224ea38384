"""Stores that can be backed up and restored."""

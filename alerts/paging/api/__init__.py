"""The pager's HTTP API, one module for each of those who call it."""

"""The telemetry contract: what reads each signal, and whether a live platform emits what its spec declares."""

"""External integrations: typed adapters, invoked once, with timeouts, retries and circuit breakers."""

"""Identity's routes, by noun."""

"""Delivery: what is in the outbox goes to receivers, one module for each kind."""

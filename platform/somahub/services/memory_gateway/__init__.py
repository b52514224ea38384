"""What agents remember: vectors per tenant, recalled by meaning."""

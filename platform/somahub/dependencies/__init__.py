"""What the platform stands on: the manual's infrastructure, with the metrics that exporters of these versions have."""

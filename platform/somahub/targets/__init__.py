"""Where rules go: plain rule files, resources of the Prometheus operator, groups of Mimir's ruler."""

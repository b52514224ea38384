"""The history: what each SLO counted in every 5 minutes, for years, from Prometheus' raw samples.

Light: what reads Prometheus or a database is imported from its own module.
"""

"""Panels by what they are about: titles, units, thresholds and explanations of the queries."""

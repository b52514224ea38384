"""What panels of SLOs say where they have nothing, and the steps of burn rates."""

from dashboards import palette

NONE = "No SLO of this choice has been evaluated: are its rules loaded?"
QUIET = "No events in this time range, so nothing is known"
BURN = palette.above((1, palette.WARN), (14.4, palette.BAD))

"""Specs of other tools, read into ours; what can't be carried over is listed, never dropped silently."""

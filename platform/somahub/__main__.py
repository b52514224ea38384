"""The command line where only the interpreter is at hand: ``python -m somahub``."""

from somahub.cli import run

run()

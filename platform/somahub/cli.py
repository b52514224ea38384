"""The ``slo`` command: thin; exit codes are 0 fine, 1 findings, 2 wrong use or bad input."""

import importlib
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup


class Listed(NamedTuple):
    """A command's line of help, and the extra that it needs beyond the base install."""

    help: str
    extra: str = ""


# Modules of somahub.commands, in the order in which a spec goes through them; imported only when they are run.
COMMANDS = {
    "validate": Listed("Check a spec."),
    "lint": Listed("Check a spec or a rule file for what is valid and yet misleads."),
    "generate": Listed("Write rules, alerts, routing, dashboards, runbooks and scrape jobs."),
    "apply": Listed("Send rules to a Mimir, or dashboards to a Grafana.", extra="apply"),
    "convert": Listed("Write a spec in the format of Sloth, OpenSLO or Pyrra, or as Python."),
    "diff": Listed("Compare what two specs mean, or a spec and generated rules."),
    "test": Listed("Run the generated tests of the rules with promtool."),
    "init": Listed("Propose a spec from what a Prometheus has.", extra="collect"),
    "migrate": Listed("Compare another tool's rules with ours on history.", extra="collect"),
    "backfill": Listed("Write the past of the rules' records as blocks.", extra="collect"),
    "backtest": Listed("Replay alerts over history: what would have fired when.", extra="backtest"),
    "up": Listed("Run the whole stack on this machine.", extra="platform"),
    "verify": Listed("Hold what the running services emit against their spec.", extra="platform"),
    "preview": Listed("Draw every dashboard from live data as one page.", extra="reports"),
    "oncall": Listed("Say who is on call, and act on incidents."),
    "alerts": Listed("Say which alerts are noise, and which never fired.", extra="oncall"),
    "collect": Listed("Keep what each SLO counted, from Prometheus, for years.", extra="history"),
    "history": Listed("Back up, restore, check, export or import what is kept.", extra="history"),
    "gate": Listed("Say whether a service may be deployed, by its error budgets.", extra="history"),
    "whatif": Listed("Judge the last year by another objective.", extra="reports"),
    "report": Listed("Report what each error budget did, now or in a month.", extra="reports"),
}


class _Commands(TyperGroup):
    """Lists commands without importing them: a light one must not wait for the libraries of a heavy one."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - typer keeps its own click
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - likewise
        if cmd_name not in COMMANDS:
            return None
        module = _module(cmd_name)
        if hasattr(module, "app"):
            return typer.main.get_command(module.app)
        one = typer.Typer(add_completion=False, rich_markup_mode=None)
        one.command(cmd_name)(module.command)
        return typer.main.get_command(one)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002 - likewise
        with formatter.section("Commands"):
            formatter.write_dl([(name, listed.help) for name, listed in COMMANDS.items()])


app = typer.Typer(
    cls=_Commands, add_completion=False, no_args_is_help=True, help="SLOs as code.", rich_markup_mode=None
)


@app.callback()
def _root() -> None:
    """SLOs as code."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code is returned, never raised."""
    try:
        typer.main.get_command(app)(args=argv, prog_name="slo")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except Exception as error:
        # Imported here, since nothing can be raised before a command is.
        from slo.errors import SLOError  # noqa: PLC0415

        if not isinstance(error, SLOError):
            raise
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


def run() -> None:
    """Console script."""
    sys.exit(main())


def _module(name: str) -> Any:  # noqa: ANN401 - a module is not typed
    extra = COMMANDS[name].extra
    try:
        return importlib.import_module(f"somahub.commands.{name}")
    except ModuleNotFoundError as error:
        if not extra:
            raise
        sys.stderr.write(
            f"error: {error.name} is missing; slo {name} needs: pip install 'soma-slo[{extra}]'\n"
        )
        raise SystemExit(2) from error

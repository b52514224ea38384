"""``slo validate``."""

import typer

from somahub.commands.common import DEFAULT_SPEC, Spec, loaded


def command(spec: Spec = DEFAULT_SPEC) -> None:
    """Check a spec."""
    platform = loaded(spec)
    slos = sum(len(s.slos) for s in platform.services)
    typer.echo(f"{spec}: fine: {len(platform.services)} service(s), {slos} SLO(s)")

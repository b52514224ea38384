"""``slo apply``."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from slo.rulefile import body
from somahub.apply.access import headers, plain_url
from somahub.apply.plan import Plan, plan
from somahub.apply.ruler import PREFIX, HttpRuler, Ruler
from somahub.commands.common import DEFAULT_SPEC, Spec, loaded
from somahub.generate import service_groups
from somahub.targets.mimir import MOST_RULES, split
from somahub.targets.wanted import RULER_NAMESPACE


def command(  # noqa: PLR0913 - one argument per option
    spec: Spec = DEFAULT_SPEC,
    *,
    mimir: Annotated[str, typer.Option(help="URL of a Mimir or Cortex")],
    tenant: Annotated[str, typer.Option(help="The tenant, for X-Scope-OrgID")] = "",
    namespace: Annotated[str, typer.Option(help="The namespace, of this spec alone")] = RULER_NAMESPACE,
    user: Annotated[str, typer.Option(help="User for basic authentication; the token is the password")] = "",
    token_file: Annotated[
        Path | None, typer.Option(help="File with the token; else the variable SLO_RULER_TOKEN, if set")
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE, or NAME=@FILE for a secret; may be repeated")
    ] = None,
    api_prefix: Annotated[
        str, typer.Option(help="Path of the ruler's API; Cortex has /api/v1/rules")
    ] = PREFIX,
    max_rules: Annotated[
        int, typer.Option(help="Rules in a group at most; larger groups are cut", min=1)
    ] = MOST_RULES,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete groups of services that the spec doesn't know, too")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change")] = False,
) -> None:
    """Send rules to the ruler of a Mimir: groups that changed, and deletions of those that are gone."""
    platform = loaded(spec)
    services = [s for s in platform.services if s.slos]
    wanted = [body(g) for s in services for g in split(service_groups(platform, s), max_rules)]
    ruler = HttpRuler(
        plain_url(mimir), headers(tenant, user, token_file, header or (), os.environ), api_prefix
    )
    try:
        known = {s.name for s in platform.services}
        steps = plan(wanted, ruler.groups(namespace), known, prune=prune)
        for action, name, carry_out in _steps(steps, ruler, namespace):
            if not dry_run:
                carry_out()
            typer.echo(f"{action}  {name}")
    finally:
        ruler.close()
    for name in steps.unknown:
        typer.echo(f"left    {name}: of a service that this spec doesn't know; --prune deletes it")
    verb = "would be " if dry_run else ""
    typer.echo(
        f"{namespace} at {mimir}: {len(steps.create)} {verb}created, {len(steps.update)} {verb}updated, "
        f"{len(steps.delete)} {verb}deleted, {len(steps.same)} unchanged"
    )


def _steps(steps: Plan, ruler: Ruler, namespace: str) -> list[tuple[str, str, Callable[[], None]]]:
    """Deletions come last: until then, what replaces them is there."""
    puts = [("create", group) for group in steps.create] + [("update", group) for group in steps.update]
    return [
        *((action, group["name"], lambda g=group: ruler.put(namespace, g)) for action, group in puts),
        *(("delete", name, lambda n=name: ruler.remove(namespace, n)) for name in steps.delete),
    ]

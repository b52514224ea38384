"""``slo apply``."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from dashboards.publish.grafana import HttpGrafana
from slo import Platform, SLOError
from slo.rulefile import body
from somahub.apply.access import credential, headers, plain_url
from somahub.apply.boards import carried_out, line, planned, told
from somahub.apply.plan import Plan, plan
from somahub.apply.ruler import PREFIX, HttpRuler, Ruler
from somahub.commands.common import DEFAULT_SPEC, Spec, loaded
from somahub.generate import service_groups
from somahub.targets.mimir import MOST_RULES, split
from somahub.targets.wanted import RULER_NAMESPACE


def command(  # noqa: PLR0913 - one argument per option
    spec: Spec = DEFAULT_SPEC,
    *,
    mimir: Annotated[str, typer.Option(help="URL of a Mimir or Cortex")] = "",
    grafana: Annotated[str, typer.Option(help="URL of a Grafana; its path too, if it has one")] = "",
    tenant: Annotated[str, typer.Option(help="The tenant of Mimir, for X-Scope-OrgID")] = "",
    namespace: Annotated[
        str, typer.Option(help="The namespace in Mimir, of this spec alone")
    ] = RULER_NAMESPACE,
    user: Annotated[str, typer.Option(help="User for basic authentication; the token is the password")] = "",
    token_file: Annotated[
        Path | None,
        typer.Option(help="File with the token; else SLO_RULER_TOKEN or SLO_GRAFANA_TOKEN, if set"),
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE, or NAME=@FILE for a secret (Mimir); may be repeated")
    ] = None,
    api_prefix: Annotated[
        str, typer.Option(help="Path of the ruler's API; Cortex has /api/v1/rules")
    ] = PREFIX,
    max_rules: Annotated[
        int, typer.Option(help="Rules in a group at most; larger groups are cut", min=1)
    ] = MOST_RULES,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete what was generated and isn't of this spec, too")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace dashboards that were edited by hand (Grafana)")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change")] = False,
) -> None:
    """Send rules to a Mimir, or dashboards to a Grafana: only what changed, and deletions of what is gone.

    A dashboard that was edited by hand stays as it is, and the exit code is 1.
    """
    if bool(mimir) == bool(grafana):
        raise SLOError("give one of --mimir URL and --grafana URL")
    platform = loaded(spec)
    if mimir:
        ruler = HttpRuler(
            plain_url(mimir), headers(tenant, user, token_file, header or (), os.environ), api_prefix
        )
        try:
            _rules(platform, ruler, (namespace, mimir), max_rules=max_rules, prune=prune, dry_run=dry_run)
        finally:
            ruler.close()
    else:
        access = credential(user, token_file, os.environ)
        with HttpGrafana(plain_url(grafana, "--grafana"), access) as holder:
            todo = planned(platform, holder, force=force, prune=prune)
            for step in todo.changes if dry_run else carried_out(platform, holder, todo):
                typer.echo(line(step))
        if told(todo, typer.echo):
            raise typer.Exit(1)


def _rules(  # noqa: PLR0913 - as many options
    platform: Platform, ruler: Ruler, at: tuple[str, str], *, max_rules: int, prune: bool, dry_run: bool
) -> None:
    namespace, url = at
    services = [s for s in platform.services if s.slos]
    wanted = [body(g) for s in services for g in split(service_groups(platform, s), max_rules)]
    known = {s.name for s in platform.services}
    todo = plan(wanted, ruler.groups(namespace), known, prune=prune)
    for action, name, carry_out in _steps(todo, ruler, namespace):
        if not dry_run:
            carry_out()
        typer.echo(f"{action}  {name}")
    for name in todo.unknown:
        typer.echo(f"left    {name}: of a service that this spec doesn't know; --prune deletes it")
    verb = "would be " if dry_run else ""
    typer.echo(
        f"{namespace} at {url}: {len(todo.create)} {verb}created, {len(todo.update)} {verb}updated, "
        f"{len(todo.delete)} {verb}deleted, {len(todo.same)} unchanged"
    )


def _steps(todo: Plan, ruler: Ruler, namespace: str) -> list[tuple[str, str, Callable[[], None]]]:
    """Deletions come last: until then, what replaces them is there."""
    puts = [("create", group) for group in todo.create] + [("update", group) for group in todo.update]
    return [
        *((action, group["name"], lambda g=group: ruler.put(namespace, g)) for action, group in puts),
        *(("delete", name, lambda n=name: ruler.remove(namespace, n)) for name in todo.delete),
    ]

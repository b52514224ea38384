"""``slo gate``."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from collectors.history.gate import gate
from collectors.history.ledger import Ledger
from collectors.history.opening import open_kept
from slo.errors import SLOError
from slo.maintenance import check_past
from slo.units import seconds
from somahub.commands.collect import DEFAULT_STORE, StoreURL
from somahub.commands.common import DEFAULT_SPEC, loaded


def command(  # noqa: PLR0913 - one argument per option
    service: Annotated[str, typer.Argument(help="The service that is to be deployed")],
    *,
    spec: Annotated[str, typer.Option(help="As for other commands")] = DEFAULT_SPEC,
    store: StoreURL = DEFAULT_STORE,
    at: Annotated[datetime | None, typer.Option(help="Judge as of then, in UTC; else now")] = None,
    stale: Annotated[str, typer.Option(help="What is older is unknown, which stops as well")] = "1h",
    as_json: Annotated[bool, typer.Option("--json", help="Write the whole verdict as JSON")] = False,
) -> None:
    """Exit with 0 when the error budget policy lets a service be deployed, with 1 when it does not."""
    platform = loaded(spec)
    found = [one for one in platform.services if one.name == service]
    if not found:
        raise SLOError(f"{service}: no service of this spec")
    moment = at.replace(tzinfo=UTC) if at else datetime.now(UTC)
    check_past(platform.maintenance, datetime.now(UTC))
    entries = Ledger(platform, open_kept(store)).entries(found[0], moment)
    verdict = gate(service, platform.budget_policy, entries, moment, float(seconds(stale)))
    if as_json:
        typer.echo(verdict.model_dump_json(indent=2))
    else:
        for reason in verdict.reasons:
            typer.echo(reason)
        for one in verdict.slos:
            for rule in one.due:
                typer.echo(f"{one.slo_id}: {rule.action} is due. {rule.text}".rstrip())
        typer.echo(f"{service}: {verdict.verdict}")
    if verdict.verdict != "pass":
        raise typer.Exit(1)

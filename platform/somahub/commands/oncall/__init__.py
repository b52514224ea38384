"""``slo oncall``: who is on call, and what they do with incidents."""

import typer

from somahub.commands.oncall import handover, incidents, now, overrides, schedule, show
from somahub.commands.oncall import test as tested

app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, help="Who is on call, and incidents."
)
app.command("now")(now.command)
app.command("schedule")(schedule.command)
app.command("ical")(schedule.ical)
app.command("list")(incidents.listed)
app.command("show")(show.command)
app.command("ack")(incidents.ack)
app.command("resolve")(incidents.resolve)
app.command("snooze")(incidents.snooze)
app.command("reassign")(incidents.reassign)
app.command("override")(overrides.command)
app.command("handover")(handover.command)
app.command("test")(tested.command)

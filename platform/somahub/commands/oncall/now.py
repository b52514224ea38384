"""``slo oncall now``."""

from datetime import datetime, timedelta
from typing import Any

import typer

from alerts.paging.messages.words import length, moment
from alerts.paging.schedule import Override, notified, on_call, shifts
from slo.oncall import OnCall
from somahub.commands.common import DEFAULT_SPEC, Spec
from somahub.commands.oncall.common import (
    AskedPager,
    Json,
    TokenFile,
    of_spec,
    overrides,
    present,
    say_json,
    titles,
    zone_of,
)

# Beyond the longest usual shift, hours of an office and their week-ends.
_AHEAD = timedelta(days=60)


def command(
    spec: Spec = DEFAULT_SPEC, *, pager: AskedPager = "", token_file: TokenFile = None, json: Json = False
) -> None:
    """Who is on call in each rotation, until when, and whom each team's escalation calls."""
    oncall, now = of_spec(spec), present()
    known = overrides(pager, token_file)
    rotations = [_rotation(oncall, r.name, now, known) for r in oncall.rotations]
    teams = {team.name: _steps(oncall, team.escalation, now, known) for team in oncall.teams}
    if json:
        say_json({"at": now, "rotations": rotations, "teams": teams})
        return
    for one in rotations:
        typer.echo(_line(one, oncall))
    for team, steps in teams.items():
        typer.echo(f"\nIf {team} is paged now:")
        for step in steps:
            names = titles(oncall)
            people = "; ".join(names[person] for person in step["people"]) or "nobody"
            typer.echo(f"  {_after(step['after_seconds']):<14}{step['title']:<22}{people}")


def _after(seconds: int) -> str:
    return f"after {length(timedelta(seconds=seconds))}" if seconds else "at once"


def _rotation(oncall: OnCall, name: str, now: datetime, known: list[Override]) -> dict[str, Any]:
    ahead = shifts(oncall, name, now, now + _AHEAD, known)
    person = on_call(oncall, name, now, known)
    current = ahead[0] if person else None
    following = next((s for s in ahead if s != current), None)
    return {
        "rotation": name,
        "person": person,
        "until": current.end if current else None,
        "override": bool(current and current.override),
        "next": following and {"person": following.person, "start": following.start},
    }


def _steps(oncall: OnCall, escalation: str, now: datetime, known: list[Override]) -> list[dict[str, Any]]:
    policy = next(p for p in oncall.escalations if p.name == escalation)
    return [
        {
            "title": step.title,
            "after_seconds": int(step.delay.total_seconds()),
            "people": [person.name for person in notified(oncall, step, now + step.delay, known)],
        }
        for step in policy.steps
    ]


def _line(one: dict[str, Any], oncall: OnCall) -> str:
    names, zone = titles(oncall), zone_of(oncall, one["rotation"])
    told = f"{one['rotation']}: {names[one['person']] if one['person'] else 'nobody'}"
    if one["override"]:
        told += " by an override"
    if one["until"]:
        told += f" until {moment(one['until'], zone)}"
    if following := one["next"]:
        starts = "" if following["start"] == one["until"] else f" from {moment(following['start'], zone)}"
        told += f", then {names[following['person']]}{starts}"
    return told

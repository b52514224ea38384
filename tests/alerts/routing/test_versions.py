"""Receivers of every kind as each Alertmanager can have them, and specs that it could not run on."""

import json
import subprocess
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from everyone import EVERY, SECRET, platform

from alerts.routing.unzoned import unzoned
from slo import Hours, Platform, SLOError, load
from somahub.generate import MANUAL, Endpoints, files, routing
from somahub.stack.components import SECRETS, prepare
from somahub.stack.inbox import delivered_here
from somahub.stack.ports import Ports, endpoints
from somahub.targets.wanted import Target, Wanted
from somahub.tree import write

THERE = MANUAL._replace(secrets="/secrets")


def config(spec: Platform, where: Endpoints = THERE) -> dict[str, Any]:
    text = routing(spec, where)["alertmanager/alertmanager.yml"]
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def receivers(version: str) -> dict[str, Any]:
    found = config(platform(version))["receivers"]
    return {one.pop("name"): next(iter(one.items())) for one in found if one != {"name": "nobody"}}


def test_amtool_accepts_receivers_of_every_kind_and_the_texts(tools: Path, tmp_path: Path) -> None:
    write(routing(platform("0.25", direct=("duty", "mail"), priorities={"P0": ("chat",)})), tmp_path)
    argv = [tools / "amtool", "check-config", tmp_path / "alertmanager/alertmanager.yml"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "1 templates" in done.stdout


@pytest.mark.parametrize(
    ("version", "by_pager"),
    [
        ("0.25", {"goalert", "issues"}),
        ("0.26", {"issues"}),
        ("0.27", {"issues"}),
        ("0.28", set()),
        ("1.0", set()),
    ],
)
def test_what_a_version_lacks_is_delivered_by_the_pager_under_its_own_name(
    version: str, by_pager: set[str]
) -> None:
    url = "http://127.0.0.1:10015/alertmanager"
    found = receivers(version)
    assert set(found) == {"pager", "heartbeat", *(r.name for r in EVERY)}
    assert {name for name, (_, (one,)) in found.items() if one.get("url") == url} == by_pager | {"pager"}


def test_each_receiver_has_its_secret_in_a_file() -> None:
    found = {name: one[0] for name, (_, one) in receivers("0.28").items()}
    assert found["duty"]["routing_key_file"] == f"/secrets/{SECRET}"
    assert found["genie"]["api_key_file"] == f"/secrets/{SECRET}"
    assert found["goalert"]["url_file"] == f"/secrets/{SECRET}"
    assert found["chat"]["api_url_file"] == "/run/secrets/chat"
    assert found["mail"]["auth_password_file"] == f"/secrets/{SECRET}"
    assert found["hook"]["http_config"]["authorization"]["credentials_file"] == f"/secrets/{SECRET}"
    assert "http_config" not in found["open-hook"]
    assert found["issues"]["http_config"]["basic_auth"] == {
        "username": "slo",
        "password_file": f"/secrets/{SECRET}",
    }


def test_no_generated_file_holds_a_secret_and_those_of_a_stack_are_where_they_say(tmp_path: Path) -> None:
    ports = Ports(20000)
    spec = load("somahub.spec")
    assert spec.oncall
    here = spec.model_copy(update={"oncall": delivered_here(spec.oncall, ports)})
    prepare(here, ports, tmp_path)
    folder = tmp_path / SECRETS
    kept = [path.read_text() for path in folder.rglob("*") if path.is_file()]
    targets: tuple[Target, ...] = ("files", "operator")
    texts = [t for target in targets for t in files(here, endpoints(20000, folder), Wanted(target)).values()]
    assert len(kept) > 10
    assert [value for value in kept if any(value in text for text in texts)] == []
    named = dict(_fields(config(here, endpoints(20000, folder))))
    assert not named.keys() & {
        "routing_key",
        "api_key",
        "api_url",
        "auth_password",
        "credentials",
        "password",
    }
    assert {
        path for name, path in named.items() if name.endswith("_file") and not Path(str(path)).is_file()
    } == set()
    assert (folder / "pager.token").stat().st_mode & 0o777 == 0o600


def _fields(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from _fields(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner)


def test_receivers_of_a_priority_hear_of_it_beside_the_others() -> None:
    (team,) = (
        r for r in config(platform("0.25", priorities={"P0": ("chat",)}))["route"]["routes"] if "routes" in r
    )
    first = team["routes"][0]
    assert (first["receiver"], first["matchers"], first["continue"]) == ("chat", ['priority="P0"'], True)


@pytest.mark.parametrize(
    ("team", "said"),
    [
        (
            "direct=('goalert',)",
            "OnCall: team web: direct: goalert is a goalert, which Alertmanager 0.25 leaves to the pager; direct ones work without it",
        ),
        (
            "priorities={'P0': ('nobody',)}",
            "OnCall: team web: receivers: nobody is not declared; expected of goalert, mail",
        ),
        ("priorities={'P0': ()}", "Team.priorities.P0: Tuple should have at least 1 item"),
        ("priorities={'P9': ('mail',)}", "Team.priorities.P9"),
        ("hours=Hours(start='9:00:30')", "Hours.start"),
        ("hours=Hours(start='09:00:30')", "Hours: hours: expected whole minutes"),
        ("hours=Hours(zone='Berlin')", "Hours.zone: expected an IANA zone"),
    ],
)
def test_a_team_that_can_not_be_told_is_refused_in_one_line(tmp_path: Path, team: str, said: str) -> None:
    assert said in refused(tmp_path, f"tickets=('mail',), {team}")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("alertmanager='0.24'", "OnCall: alertmanager: expected 0.25 or newer, got 0.24"),
        ("alertmanager='latest'", "OnCall.alertmanager: "),
    ],
)
def test_an_alertmanager_that_lacks_too_much_is_refused_in_one_line(
    tmp_path: Path, more: str, said: str
) -> None:
    assert said in refused(tmp_path, "tickets=('mail',)", more)


def test_the_pagers_own_names_are_taken(tmp_path: Path) -> None:
    said = "OnCall: receivers: the name heartbeat is taken by the pager's own"
    assert said in refused(tmp_path, "tickets=('mail',)", mail="heartbeat")


def refused(folder: Path, team: str, more: str = "", mail: str = "mail") -> str:
    """What loading a spec says, which is one line."""
    spec = folder / "spec.py"
    spec.write_text(
        "from datetime import date\n"
        "from slo import *\n"
        f"mail = Email(name='{mail}', to='a@example.com')\n"
        "oncall = OnCall(\n"
        "    people=[Person(name='ada', receivers=[mail.name])],\n"
        "    rotations=[], escalations=[Escalation(name='web', steps=[Step(title='all', notify=['ada'])])],\n"
        "    receivers=[mail, GoAlert(name='goalert', url_file='go')],\n"
        f"    teams=[Team(name='web', escalation='web', {team})], {more})\n"
        "platform = Platform(name='p', oncall=oncall, services=[Service(name='shop', owner='web')])\n"
    )
    with pytest.raises(SLOError) as found:
        load(str(spec))
    assert str(spec) in str(found.value)
    assert "\n" not in str(found.value)
    return str(found.value)


def test_text_of_alerts_is_no_markup_of_slack(tools: Path, tmp_path: Path) -> None:
    write(routing(platform("0.25")), tmp_path)
    told = {
        "summary": "<!channel> down & out",
        "description": "a <b> & c",
        "runbook_url": "https://r/?a=1&b=2",
    }
    alert = {"labels": {}, "annotations": told, "status": "firing", "startsAt": "2026-11-25T10:00:00Z"}
    data = {"status": "firing", "alerts": [alert], "commonLabels": {}, "commonAnnotations": told}
    (tmp_path / "data.json").write_text(json.dumps(data))
    argv = [
        tools / "amtool",
        "template",
        "render",
        f"--template.glob={tmp_path}/alertmanager/templates/*.tmpl",
        '--template.text={{ template "slo.slack.title" . }}\n{{ template "slo.slack" . }}',
        f"--template.data={tmp_path}/data.json",
    ]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert said.count("&lt;!channel&gt; down &amp; out") == 2
    assert "a &lt;b&gt; &amp; c" in said
    assert "<https://r/?a=1&b=2|Runbook>" in said


def test_a_day_may_end_at_midnight() -> None:
    hours = Hours(days=("saturday", "sunday"), start=time(18), end=time(0))
    (interval, *_) = config(platform("0.28", hours=hours))["time_intervals"]
    assert interval["time_intervals"][0]["times"] == [{"start_time": "18:00", "end_time": "24:00"}]
    assert [interval["times"] for interval in unzoned(hours, 2026)] == [
        [{"start_time": "18:00", "end_time": "24:00"}]
    ]


def test_business_hours_are_those_of_the_zone() -> None:
    hours = Hours(zone="America/New_York", days=("saturday", "sunday", "monday", "friday"), end=time(17, 30))
    (interval, *_) = config(platform("0.25", hours=hours))["time_intervals"]
    assert interval == {
        "name": "hours-web",
        "time_intervals": [
            {
                "weekdays": ["sunday:monday", "friday:saturday"],
                "times": [{"start_time": "09:00", "end_time": "17:30"}],
                "location": "America/New_York",
            }
        ],
    }

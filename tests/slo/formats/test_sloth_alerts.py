"""A spec of Sloth's raises the alerts that Sloth's own rules raise, and none of its known faults.

Three days of history, all specs and Sloth's binary are in tests/interop/test_sloth.py.
"""

import json
import subprocess
from datetime import timedelta
from math import nan
from pathlib import Path
from typing import Any

import pytest
import yaml
from firing import Evaluation
from sloth import burn_groups, counters, example, side_by_side, sloth_groups, told

from slo import load
from slo.rulefile import render
from slo.rules import recording_groups

REQUESTS = 'http_request_duration_seconds_count{job="myservice",code="%s"}'
GOOD, BAD = REQUESTS % 200, REQUESTS % 503
DAY = 1440


def test_it_pages_in_the_same_minutes(promtool: Path, tools: Path) -> None:
    # A share of 2 % would cross a limit in the very minute in which the float noise of Sloth's thresholds decides.
    outages = [
        (6000, 1, 10),
        (6000, 0, 100),
        (6000, 0.1, 40),
        (6000, 0, 100),
        (6000, 0.021, 60),
        (6000, 0, 60),
    ]
    # The day before has an idle hour.
    course = [(6000, 0, DAY - 660), (0, 0, 60), (6000, 0, 600), *outages]
    minutes = sum(steps for _, _, steps in course)
    rules = side_by_side(
        load(str(example("in", "getting-started.yml"))),
        sloth_groups(example("out", "getting-started.yml").read_text()),
    )
    ours, sloths = told(Evaluation(promtool, rules, counters(course, GOOD, BAD)), minutes * 60)
    page, ticket = (
        ("myservice-requests-availability", "MyServiceHighErrorRate", t) for t in ("page", "ticket")
    )
    assert len(sloths[page]) == 3
    # A window of Prometheus 3 has no sample at its start: what grows between two slices is extrapolated, so that
    # an edge can move by one evaluation.
    slack = 0 if promtool.parent == tools else 60
    for one, other in zip(ours[page], sloths[page], strict=True):
        assert max(abs(one.first - other.first), abs(one.last - other.last)) <= slack, (one, other)
    # Sloth takes the one day that there is for three, and 2 minutes of outage for a tenth of 30 days' budget, which
    # are 4.3 minutes of a day; windows of days lag by the ramp of a rate.
    theirs, mine = (spells[0].first // 60 - DAY for spells in (sloths[ticket], ours[ticket]))
    assert theirs == 2
    assert 5 <= mine <= 5 + 3


def test_the_resource_and_the_file_with_several_documents_promise_the_same() -> None:
    (one,) = load(str(example("in", "getting-started.yml"))).services
    (resource,) = load(str(example("in", "k8s-getting-started.yml"))).services
    first, second = load(str(example("in", "multifile.yml"))).services
    assert one == resource == first
    assert (second.name, str(second.slos[0].objective)) == ("myservice2", "99.99")
    rules = {
        name: burn_groups(sloth_groups(example("out", name).read_text()))
        for name in ("getting-started.yml", "k8s-getting-started.yml", "multifile.yml")
    }
    assert _exprs(rules["getting-started.yml"]) == _exprs(rules["k8s-getting-started.yml"])
    assert _exprs(rules["getting-started.yml"]) == _exprs(rules["multifile.yml"][:2])


def test_what_raises_no_alert_in_sloth_raises_none_here() -> None:
    for name in ("no-alerts.yml", "openslo-getting-started.yml"):
        groups = sloth_groups(example("out", name).read_text())
        assert not [r for g in groups for r in g["rules"] if "alert" in r]
        (service,) = load(str(example("in", name))).services
        (slo,) = service.slos
        assert (slo.alerting.page, slo.alerting.ticket) == (False, False), name


def test_prometheus_reads_one_document_and_so_half_of_what_sloth_writes(
    promtool: Path, tmp_path: Path
) -> None:
    def found(path: Path) -> str:
        return subprocess.run(
            [promtool, "check", "rules", path], capture_output=True, text=True, check=True
        ).stdout

    text = example("out", "multifile.yml").read_text()
    assert sum(len(g["rules"]) for g in sloth_groups(text)) == 34
    assert "17 rules" in found(example("out", "multifile.yml"))
    platform = load(str(example("in", "multifile.yml")))
    for service in platform.services:
        own = tmp_path / f"{service.name}.yaml"
        own.write_text(render(g for slo in service.slos for g in recording_groups(platform, service, slo)))
        count = sum(len(g["rules"]) for g in yaml.safe_load(own.read_text())["groups"])
        assert f"{count} rules" in found(own)


def test_where_sloth_is_wrong_we_are_not(promtool: Path) -> None:
    platform = load(str(example("in", "getting-started.yml"))).model_copy(
        update={"evaluation_interval": timedelta(minutes=1)}
    )
    (service,) = platform.services
    ours = yaml.safe_load(render(recording_groups(platform, service, service.slos[0])))["groups"]
    theirs = sloth_groups(example("out", "getting-started.yml").read_text())
    # 4 h of traffic in which no error series exists, an hour with a hundredth of it that all fails, an idle hour.
    series = counters([(6000, 0, 240), (60, 1, 60), (0, 0, 60)], GOOD, BAD)
    series[BAD] = " ".join(["_x240", *series[BAD].split()[2:]])
    exact = 3600 / (240 * 6000 + 3600)
    hour, period = "slo:sli_error:ratio_rate1h", "slo:sli_error:ratio_rate30d"
    asked = [
        (f'{record}{{{label}="myservice-requests-availability"}}', minute * 60)
        for minute, record in ((180, hour), (300, period), (355, period))
        for label in ("slo_id", "sloth_id")
    ]
    found = Evaluation(promtool, json.dumps({"groups": ours + theirs}), series).results(asked)
    none_yet, sloths_none, quiet, sloths_quiet, idle, sloths_idle = ([v for _, v in s] for s in found)
    # Without an error series, Sloth knows nothing.
    assert (none_yet, sloths_none) == ([0], [])
    # Sloth takes the mean of ratios: a fifth of the time failed, if hardly a request.
    assert quiet == [pytest.approx(exact, rel=0.05)]
    assert sloths_quiet[0] > 50 * exact
    # 0 of 0 is NaN, and so is every sum with it, for 30 days.
    assert idle == [pytest.approx(exact, rel=0.05)]
    assert sloths_idle == [pytest.approx(nan, nan_ok=True)]


def _exprs(groups: list[dict[str, Any]]) -> list[str]:
    return [" ".join(r["expr"].split()) for g in groups for r in g["rules"]]

"""Rules of Sloth's own binary and ours raise the same alerts in the same minutes, with a full history of 3 days."""

import subprocess
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from firing import Evaluation
from sloth import Groups, Sides, counters, example, side_by_side, sloth_groups, told

from slo import Platform, load

REQUESTS = 'http_request_duration_seconds_count{job="myservice",code="%s"}'
SATISFACTION = 'unifipoller_client_satisfaction_ratio{client="%s"}'
DAYS = 3 * 1440
# Total, 10 %, and 2 % less what would cross a limit in the very minute in which Sloth's float noise decides.
SHARES = ((1, 10), (0, 180), (0.1, 40), (0, 300), (0.0213, 60), (0, 180))


@pytest.fixture
def sloth(built: Path, tmp_path: Path):  # noqa: ANN201
    """What the binary generates from a spec."""

    def generate(spec: Path, *options: str) -> Groups:
        out = tmp_path / "rules.yaml"
        subprocess.run(
            [built / "sloth", "generate", "-i", spec, "-o", out, *options], check=True, capture_output=True
        )
        return sloth_groups(out.read_text())

    return generate


def course() -> list[tuple[float, float, int]]:
    """Healthy with an idle hour for 3 days, then the outages."""
    before = [(6000.0, 0.0, DAYS - 660), (0.0, 0.0, 60), (6000.0, 0.0, 600)]
    return [*before, *((6000.0, share, steps) for share, steps in SHARES)]


def both(tools: Path, platform: Platform, theirs: Groups, series: dict[str, str], until: int) -> Sides:
    return told(Evaluation(tools / "promtool", side_by_side(platform, theirs), series), until)


def length(steps: Sequence[tuple[float, float, int]]) -> int:
    return 60 * sum(n for _, _, n in steps)


def assert_alike(found: Sides, alerts: int, *, page: int = 0, ticket: int = 180) -> None:
    """As many spells of the same alerts: pages within ``page`` seconds, tickets up to ``ticket`` later.

    Windows of days know the last minutes less exactly than raw ones.
    """
    assert found.ours.keys() == found.sloths.keys()
    assert len(found.ours) == alerts
    for alert, spells in found.sloths.items():
        for one, other in zip(found.ours[alert], spells, strict=True):
            late = one.first - other.first
            assert (0 <= late <= ticket) if alert[-1] == "ticket" else (abs(late) <= page), (
                alert,
                one,
                other,
            )
            assert abs(one.last - other.last) <= page, (alert, one, other)


@pytest.mark.parametrize(
    "name", ["getting-started.yml", "multifile.yml", "raw-home-wifi.yml", "home-wifi.yml"]
)
def test_the_binary_generates_what_is_kept_as_its_output(sloth, name: str) -> None:  # noqa: ANN001
    def rules(groups: Groups) -> list[tuple[str, str]]:
        return [
            (r.get("record", r.get("alert")), " ".join(r["expr"].split())) for g in groups for r in g["rules"]
        ]

    kept = sloth_groups(example("out", name).read_text())
    assert rules(sloth(example("in", name))) == rules(kept)


def test_requests_of_two_services(tools: Path, sloth) -> None:  # noqa: ANN001
    spec = example("in", "multifile.yml")
    series = counters(course(), REQUESTS % 200, REQUESTS % 503)
    found = both(tools, load(str(spec)), sloth(spec), series, length(course()))
    assert_alike(found, alerts=4)


def test_a_raw_ratio(tools: Path, sloth) -> None:  # noqa: ANN001
    spec = example("in", "raw-home-wifi.yml")
    values = " ".join(
        f"{1 - share:g}x{steps - 1}" for share, steps in ((0, DAYS), (0.95, 120), (0.2, 600), (0, 60))
    )
    until = 60 * (DAYS + 780)
    found = both(tools, load(str(spec)), sloth(spec), {SATISFACTION % "a": values}, until)
    # A gauge's hour of minutes holds 61 in Prometheus 2; twelve slices of it hold 72, and weigh their edges twice.
    assert_alike(found, alerts=2, page=60)


def test_a_ratio_of_subqueries(tools: Path, sloth) -> None:  # noqa: ANN001
    """Every 5 minutes, as a subquery of three clients over 3 days holds too many samples for promtool by the minute."""
    spec = example("in", "home-wifi.yml")
    steps = 3 * 288
    ill = "0.9x{} 0.3x{} 0.9x{} 0.3x{} 0.9x100"
    series = {
        SATISFACTION % "a": ill.format(steps - 1, 23, 47, 23),
        SATISFACTION % "b": ill.format(steps - 1, 23, 47, 0),
        SATISFACTION % "c": ill.format(steps - 1, 23, 47, 0),
    }
    found = told(
        Evaluation(
            tools / "promtool", side_by_side(load(str(spec)), sloth(spec), 300), series, step=300, every=300
        ),
        (steps + 140) * 300,
    )
    # One objective is 95 %, and its ticket needs worse.
    assert_alike(found, alerts=3, page=300, ticket=600)


def test_a_catalogue_of_windows_for_7_days(tools: Path, sloth, tmp_path: Path) -> None:  # noqa: ANN001
    spec, windows = example("in", "getting-started.yml"), example("in", "windows-7d.yaml")
    catalogues = tmp_path / "spec/windows"
    catalogues.mkdir(parents=True)
    (catalogues / windows.name).write_text(windows.read_text())
    (tmp_path / "spec" / spec.name).write_text(spec.read_text())
    theirs = sloth(spec, "--slo-period-windows-path", str(catalogues), "--default-slo-period", "7d")
    platform = load(str(tmp_path / "spec"))
    assert {slo.window for service in platform.services for slo in service.slos} == {timedelta(days=7)}
    series = counters(course(), REQUESTS % 200, REQUESTS % 503)
    found = both(tools, platform, theirs, series, length(course()))
    assert_alike(found, alerts=2)

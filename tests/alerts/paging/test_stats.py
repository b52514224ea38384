from datetime import datetime, timedelta
from pathlib import Path

import pytest
from live import served
from paging import ADA, START, Clock, alert, client, oncall, settings

from alerts.paging.app import create_app
from alerts.paging.incident import Incident, IncidentAlert, Moment, Status
from alerts.paging.stats import Pair, quality
from somahub.cli import main


def incident(  # noqa: PLR0913 - what became of one alert
    name: str, start: datetime, minutes: float, *, acknowledged: bool, by: str = "pager", test: bool = False
) -> Incident:
    ended = start + timedelta(minutes=minutes)
    fired = IncidentAlert(
        fingerprint=name, labels={"alertname": name}, annotations={}, started=start, ended=ended
    )
    return Incident(
        id=f"{name}{start}",
        number=1,
        team="platform",
        title=name,
        severity="page",
        priority="P1",
        status=Status.RESOLVED,
        alerts=(fired,),
        created=start,
        resolved=ended,
        resolved_by=by,
        test=test,
        timeline=(Moment(at=start, what="acknowledged", by="ada"),) if acknowledged else (),
    )


@pytest.mark.parametrize(
    ("minutes", "acknowledged", "by", "actionable"),
    [
        (30, True, "pager", 1),
        (30, False, "pager", 0),
        (4, True, "pager", 0),
        (4, True, "ada", 1),
    ],
)
def test_an_alert_is_actionable_if_somebody_had_to_do_something(
    minutes: float, by: str, actionable: int, *, acknowledged: bool
) -> None:
    [row] = quality([incident("A", START, minutes, acknowledged=acknowledged, by=by)]).alerts
    assert (row.fired, row.acknowledged, row.actionable, row.noise) == (
        1,
        acknowledged,
        actionable,
        1 - actionable,
    )


def test_the_noisiest_is_first_and_what_never_fired_is_named() -> None:
    days = [START + timedelta(days=k) for k in range(3)]
    told = [incident("Good", day, 60, acknowledged=True) for day in days]
    told += [incident("Noisy", day + timedelta(hours=3), 1, acknowledged=False) for day in days[:2]]
    told += [incident("Drill", START, 1, acknowledged=False, test=True)]
    found = quality(told, {"Good", "Noisy", "Never"})
    assert [(row.name, row.noise) for row in found.alerts] == [("Noisy", 2), ("Good", 0)]
    assert (found.silent, found.together) == (("Never",), ())


def test_two_that_never_fire_apart_are_a_pair() -> None:
    days = [START + timedelta(days=k) for k in range(3)]
    told = [incident(name, day, 9, acknowledged=True) for name in ("A", "B") for day in days]
    told += [incident("C", day, 9, acknowledged=True) for day in days[:2]]
    assert quality(told).together == (Pair("A", "B", 3),)


def test_slo_alerts_stats_asks_the_pager(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = Clock(datetime.now(START.tzinfo))
    client(tmp_path, now).alerts(alert("ErrorBudgetBurnFast", starts=now.now))
    (tmp_path / "ada").write_text(ADA)
    with served(create_app(settings(tmp_path), oncall(), now)) as url:
        assert main(["alerts", "stats", "--pager", url, "--token-file", str(tmp_path / "ada")]) == 0
    text = capsys.readouterr().out
    assert text.splitlines()[1].split() == ["ErrorBudgetBurnFast", "gateway", "1", "0", "0", "1"]
    assert "never fired: ErrorBudgetBurnSlow" in text

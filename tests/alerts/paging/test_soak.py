from pathlib import Path

from soak import Plan, run


def test_nothing_is_lost_doubled_or_told_again_while_replicas_are_killed_and_receivers_fail(
    tmp_path: Path,
) -> None:
    plan = Plan(notifications=150, rate=30, kill_every=1, wave=30)
    found = run(plan, tmp_path, f"sqlite:///{tmp_path / 'pager.db'}")
    figures = found.figures()
    assert figures["kills"] >= 2
    found.check()

"""What the interactive charts are given."""

from datetime import UTC, datetime

from reviewed import END, START, review

from somahub.reviews import charts


def test_times_are_those_of_the_periods_clocks_also_where_they_change() -> None:
    assert charts.wall(START, "Europe/Berlin") == datetime(2026, 10, 1, tzinfo=UTC).timestamp() * 1000
    assert charts.wall(END, "Europe/Berlin") == datetime(2026, 11, 1, tzinfo=UTC).timestamp() * 1000


def test_rows_share_the_charts_and_the_times_of_their_points() -> None:
    found = review(24, 3)
    drawn = charts.charts(found.period, list(found.rows))
    curve = found.rows[0].burn_down
    assert curve is not None
    assert len(drawn["times"][curve.step]) == len(curve.adjusted)
    assert drawn["times"][curve.step][-1] == charts.wall(END, "Europe/Berlin")


def test_raw_figures_that_are_the_adjusted_ones_are_not_said_twice() -> None:
    row = review(24, 3).rows[0]
    assert row.burn_down is not None
    same = row.model_copy(
        update={"burn_down": row.burn_down.model_copy(update={"raw": row.burn_down.adjusted})}
    )
    assert charts.figures(same, review(24, 3).period, [])["raw"] == []
    assert len(charts.figures(row, review(24, 3).period, [])["raw"]) == len(row.burn_down.raw)

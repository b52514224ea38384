"""The still charts, read as drawings."""

import re

from dashboards.palette import BLUE, VERMILLION
from somahub.reviews import svg


def test_a_month_over_its_budget_has_another_colour_and_an_unknown_one_no_bar() -> None:
    drawn = svg.sparkline([0.5, None, 1.5])
    assert re.findall(r'stroke="(#\w+)" stroke-width="6" d="([^"]+)"', drawn) == [
        (BLUE, "M16 22V16.5"),
        (VERMILLION, "M80 22V5.5"),
    ]
    assert 'aria-label="Budget spent by month: 50%, unknown, 150%"' in drawn


def test_no_bar_leaves_its_picture() -> None:
    assert 'd="M48 22V0"' in svg.sparkline([40.0])


def test_a_curve_falls_at_its_points_and_reaches_below_an_empty_budget() -> None:
    drawn = svg.burn_down(svg.Curve(0, 100, [(0, 1.0), (50, 1.0), (60, -1.0)]), "left")
    assert 'stroke="#0072B2" stroke-width="2" d="M52 10H304V148H304"' in drawn
    assert ">-100%</text>" in drawn


def test_a_shade_ends_with_the_period() -> None:
    drawn = svg.burn_down(svg.Curve(0, 100, [(0, 1.0)], shaded=[(50, 400)]), "left")
    assert 'x="262" y="10" width="210"' in drawn


def test_names_in_a_chart_are_no_markup() -> None:
    drawn = svg.months([("<b>", 0.5)], "a & b")
    assert "&lt;b&gt;" in drawn
    assert 'aria-label="a &amp; b"' in drawn


def test_a_month_that_is_unknown_has_a_question_mark() -> None:
    assert ">?</text>" in svg.months([("Oct", None)], "months")

"""Columns of slots against the sample by sample counting of reports."""

import struct
from contextlib import suppress
from decimal import Decimal

import cramjam
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.history.counters import Target
from collectors.history.packed import DAY, hours, pack, unpack
from collectors.history.seconds import Frame
from collectors.history.selectors import Selector, union, written
from collectors.history.tallies import tallied
from collectors.history.wire import Raw, request, response
from slo import SLO, Ratio, Uptime
from slo.slots import SLOT, Slots
from slo.source import Counted, Gauged, Own
from slo.tally import Sample, Series, tally

START = 1_792_713_600
RATIO = SLO(name="x", objective=Decimal(99), sli=Ratio(total="total", bad="bad"))
UPTIME = SLO(name="x", objective=Decimal(99), sli=Uptime())
FRAME = Frame(START, 288)

# Seconds between samples: scrapes, a few that were missed, and gaps that nothing vouches for.
gaps = st.sampled_from((15, 15, 15, 30, 60, 299, 300, 301, 900, 4000))
steps = st.lists(st.tuples(gaps, st.integers(0, 40), st.booleans()), min_size=1, max_size=60)


def raw(start: int, moves: list[tuple[int, int, bool]], instance: str, first: int = 0) -> Raw:
    """A counter that grows, or begins again at what it grew."""
    times, values = [start], [first]
    for gap, grown, reset in moves:
        times.append(times[-1] + gap)
        values.append(grown if reset else values[-1] + grown)
    labels = {"job": "shop", "instance": instance}
    return Raw(labels, np.array(times) * 1000, np.array(values, dtype=np.float64))


def series(one: Raw) -> Series:
    samples = [
        Sample(at / 1000, value) for at, value in zip(one.times.tolist(), one.values.tolist(), strict=True)
    ]
    return Series(samples, (one.labels["job"], one.labels["instance"]))


def scraped(up: list[Raw], targets: set[Target]) -> dict[Target, Raw]:
    found = {(one.labels["job"], one.labels["instance"]): one for one in up}
    return {target: found[target] for target in targets if target in found}


@settings(deadline=None)
@given(steps, steps, steps, st.integers(0, 3))
def test_slots_add_up_to_what_reports_count(
    one: list[tuple[int, int, bool]],
    two: list[tuple[int, int, bool]],
    part: list[tuple[int, int, bool]],
    late: int,
) -> None:
    total = [raw(START + 7, one, "a"), raw(START + 11, two, "b")]
    # Failures begin with a later scrape of the first instance.
    begin = int(total[0].times[min(late, len(one))]) // 1000
    bad = [raw(begin, part, "a", first=5)]
    up = [Raw(t.labels, t.times, np.ones(len(t.times))) for t in total]
    kept = {"total": total, "bad": bad}
    source = Counted(total="total", bad="bad")
    (slots,) = tallied(RATIO, source, FRAME, kept.__getitem__, lambda t: scraped(up, t)).values()
    every = {**{k: [series(s) for s in v] for k, v in kept.items()}, "up": [series(s) for s in up]}
    expected = tally(source, lambda selector: every[selector], Own("", "", ""))
    assert (slots.bad.sum(), slots.total.sum()) == (expected.bad, expected.total)
    assert slots.known.sum() == pytest.approx(expected.known, abs=1e-6)
    assert (slots.known <= SLOT).all()
    span = max(int(s.times[-1]) for s in total) / 1000 - START
    assert slots.known.sum() + slots.recovered.sum() <= span + 1e-6


@settings(deadline=None)
@given(steps, steps)
def test_down_time_adds_up_to_what_reports_count(
    one: list[tuple[int, int, bool]], two: list[tuple[int, int, bool]]
) -> None:
    both = [raw(START + 7, one, "a"), raw(START + 11, two, "b")]
    both = [Raw(r.labels, r.times, (r.values % 2)) for r in both]
    (slots,) = tallied(UPTIME, Gauged("g"), FRAME, lambda _: both, lambda _: {}).values()
    expected = tally(Gauged("g"), lambda _: [series(r) for r in both], Own("", "", ""))
    assert slots.bad.sum() == pytest.approx(expected.bad, abs=1e-3)
    assert slots.total.sum() == pytest.approx(expected.known, abs=1e-3)


def test_a_sample_on_an_edge_belongs_to_the_slot_that_it_ends() -> None:
    one = Raw({}, np.array([START, START + 300, START + 301]) * 1000, np.array([0.0, 5, 7]))
    (slots,) = tallied(RATIO, Counted(total="t", bad="b"), FRAME, lambda _: [one], lambda _: {}).values()
    assert slots.total[:2].tolist() == [5, 2]


def test_a_lost_bucket_is_unknown_and_a_good_series_that_never_came_is_all_bad() -> None:
    one = raw(START, [(15, 10, False)] * 20, "a")
    for strict, known in ((True, 0), (False, 300)):
        source = Counted(total="t", good="g", strict=strict)
        kept = {"t": [one], "g": []}
        (slots,) = tallied(RATIO, source, FRAME, kept.__getitem__, lambda _: {}).values()
        assert (slots.known.sum(), slots.bad.sum()) == (known, 200 * (not strict))


def encoded(labels: dict[str, str], samples: list[tuple[int, float]]) -> bytes:
    """A ReadResponse as Prometheus writes one: what is 0 is left out."""

    def number(value: int) -> bytes:
        return (bytes([value & 0x7F | 0x80]) + number(value >> 7)) if value > 0x7F else bytes([value])

    def field(tag: int, content: bytes) -> bytes:
        return number(tag << 3 | 2) + number(len(content)) + content

    pairs = b"".join(field(1, field(1, k.encode()) + field(2, v.encode())) for k, v in labels.items())
    points = b"".join(
        field(2, (b"\x09" + struct.pack("<d", v) if v else b"") + b"\x10" + number(at)) for at, v in samples
    )
    return bytes(cramjam.snappy.compress_raw(field(1, field(1, pairs + points))))


values = st.one_of(st.just(0.0), st.integers(0, 2**53).map(float), st.floats(allow_nan=True))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10**6), values), max_size=50))
def test_a_remote_read_gives_every_sample_that_is_a_number(points: list[tuple[int, float]]) -> None:
    at, samples = 1_792_713_600_000, []
    for gap, value in points:
        at += gap
        samples.append((at, value))
    (found,) = response(encoded({"job": "a", "le": ""}, samples))
    known = [(at, value) for at, value in samples if value == value]  # noqa: PLR0124 - not NaN
    assert found.labels == {"job": "a", "le": ""}
    assert list(zip(found.times.tolist(), found.values.tolist(), strict=True)) == known


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_what_is_no_answer_of_a_remote_read_is_a_value_error(body: bytes) -> None:
    for given_body in (body, bytes(cramjam.snappy.compress_raw(body))):
        with suppress(ValueError):
            list(response(given_body))


def test_a_truncated_answer_is_a_value_error() -> None:
    whole = encoded({"job": "a"}, [(1_792_713_600_000 + i, i) for i in range(50)])
    for size in range(1, len(whole)):
        with pytest.raises(ValueError, match=r"remote read|unknown form"):
            list(response(whole[:size]))
    assert request([("job", "=", "a")], 0, 1)


def test_one_question_takes_what_each_selector_takes_and_little_more() -> None:
    asked = [Selector(f'x_total{{job="s{i}",code=~"5..",path!="/health"}}') for i in range(3)]
    assert written(union(asked)) == '{__name__="x_total",job=~"s0|s1|s2",code=~"(?:5..)"}'
    dotted = [Selector('x{job="a.b c"}'), Selector('x{job=~"d|"}'), Selector('x{job="e-f"}')]
    assert written(union(dotted)) == '{__name__="x"}'
    assert union([Selector('x{j="a.b"}'), Selector('x{j="c d-e"}')])[1] == ("j", "=~", r"a\.b|c d-e")


label = st.sampled_from(("", "a", "b", "ab"))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(("=", "!=", "=~", "!~")), st.sampled_from(("a", "b", "a|b", ".*", "a.*")))
    ),
    label,
    label,
)
def test_a_union_leaves_out_nothing(matchers: list[tuple[str, str]], one: str, two: str) -> None:
    texts = [f'x{{l{operator}"{value}"}}' for operator, value in matchers] + ['x{l="a",m=~"a|b"}']
    every = [Selector(text) for text in texts]
    whole = Selector(written(union(every)))
    labels = {"__name__": "x", "l": one, "m": two}
    assert whole.takes(labels) or not any(s.takes(labels) for s in every)


columns = st.lists(st.one_of(st.integers(0, 2**33).map(float), st.floats(0, 1e9)), min_size=4, max_size=4)


@settings(deadline=None)
@given(st.lists(columns, min_size=1, max_size=20))
def test_a_day_is_kept_exactly_and_its_hours_have_its_sums(rows: list[list[float]]) -> None:
    table = np.resize(np.array(rows), (288, 4))
    known = np.round(np.minimum(table[:, 2], 300), 3)
    day = Slots(START, table[:, 0].copy(), table[:, 1].copy(), known, np.zeros(288))
    again = unpack(pack(day), START)
    assert [c.tolist() for c in again[1:3]] == [c.tolist() for c in day[1:3]]
    assert again.known == pytest.approx(day.known, abs=1e-12)
    assert START % DAY == 0
    for before, after in zip(day.columns, hours(day).columns, strict=True):
        assert after.reshape(24, 12).sum(axis=1) == pytest.approx(before.reshape(24, 12).sum(axis=1))


def test_a_damaged_day_is_a_value_error() -> None:
    blob = pack(Slots(START, *(np.ones(288) for _ in range(4))))
    for wrong in (b"", b"\x07" + blob[1:], blob[:20]):
        with pytest.raises(ValueError, match="a day"):
            unpack(wrong, START)

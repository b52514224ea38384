"""What is written in another format: the same spec when read again, or listed as lost.

The strategies build random specs: of everything that a spec may say, and of what each format can carry.
"""

import os
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slo import (
    SLO,
    Alerting,
    BurnRate,
    Calendar,
    Composite,
    Counter,
    ErrorRatio,
    Freshness,
    HttpAvailability,
    HttpLatency,
    Latency,
    NativeLatency,
    Platform,
    Ratio,
    Service,
    TimeSlices,
    Uptime,
)
from slo.alerting import Notice
from slo.diff import compare, facts
from slo.errors import SLOError
from slo.expression import canonical
from slo.formats.pyrra import ROWS
from slo.formats.reader import read_text
from slo.formats.writer import Format, write
from slo.loader import load, read
from slo.model import slo_id
from slo.rules import recording_groups
from somahub.generate import files

SLUGS = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,5})?", fullmatch=True)
LABELS = st.dictionaries(
    st.from_regex(r"[a-z]{3,6}", fullmatch=True).filter(lambda s: s not in {"owner", "tier"}),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=8).filter(bool),
    max_size=2,
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=12)
OBJECTIVES = st.builds(
    lambda whole, part: Decimal(f"{whole}.{part}"),
    st.integers(50, 99),
    st.from_regex(r"[0-9]{1,9}", fullmatch=True),
)
VALUES = st.sampled_from(["a", "5..", "x y", 'say "it"', "b\\d", "ä"])
METRICS = st.from_regex(r"[a-z]{1,8}_total", fullmatch=True)


@st.composite
def selectors(draw: st.DrawFn, metrics: st.SearchStrategy[str] = METRICS) -> str:
    matchers = draw(st.dictionaries(st.sampled_from(["job", "code", "path"]), VALUES, max_size=2))
    inner = ",".join(
        f'{name}{draw(st.sampled_from(["=", "!=", "=~"]))}"{value}"'.replace("\\", "\\\\").replace(
            'say "it"', 'say \\"it\\"'
        )
        for name, value in matchers.items()
    )
    return f"{draw(metrics)}{{{inner}}}" if inner else draw(metrics)


SELECTORS = selectors()
QUERIES = st.builds("sum by (x) (rate({}[{{{{.window}}}}])) * 2".format, selectors())
EVENTS = SELECTORS | QUERIES
EDGES = st.sampled_from(["5ms", "200ms", "1s", "2500ms", "10s"])
BASES = selectors(st.from_regex(r"[a-z]{1,8}_seconds", fullmatch=True))
LATENCIES = st.builds(Latency, histogram=BASES, below=EDGES)
NATIVE = st.builds(NativeLatency, histogram=BASES, below=EDGES)
BAD = st.builds(Ratio, total=EVENTS, bad=EVENTS)
GOOD = st.builds(Ratio, total=EVENTS, good=EVENTS)
ERRORS = st.builds(ErrorRatio, query=QUERIES)
PROBES = st.builds(Uptime, probe=SELECTORS)
SLICES = st.builds(
    lambda metric, op, limit: TimeSlices(bad_when=f"max({metric}) {op} {limit}"),
    SELECTORS,
    st.sampled_from([">", ">=", "<", "<="]),
    st.sampled_from(["0", "1", "0.5", "-3", "1000000"]),
)
FRESH = st.builds(Freshness, timestamp=SELECTORS, within=st.sampled_from(["1h", "90s"]))
KNOWN = st.builds(TimeSlices, bad_when=SELECTORS, known=SELECTORS)
KIT = st.sampled_from([HttpAvailability(), HttpLatency(below="200ms"), HttpLatency(below="1s"), Uptime()])
ANY_SLI = BAD | GOOD | LATENCIES | ERRORS | PROBES | SLICES | FRESH | KNOWN | KIT
DAYS = st.integers(1, 90).map(lambda n: timedelta(days=n))
CALENDARS = st.builds(
    Calendar,
    unit=st.sampled_from(["week", "month", "quarter"]),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]),
)
NOTICES = st.booleans() | st.builds(
    Notice, name=st.sampled_from(["", "Burns"]), labels=LABELS, annotations=LABELS
)
ROWS_OF_OWN = st.sampled_from(
    [None, (BurnRate("page", timedelta(minutes=5), timedelta(hours=1), Decimal("7.25")),)]
)
ALERTINGS = st.builds(
    Alerting,
    policy=ROWS_OF_OWN,
    page=NOTICES,
    ticket=NOTICES,
    min_events=st.integers(0, 3),
    hold=st.sampled_from([None, timedelta(minutes=2)]),
    budget_spent=st.sampled_from([(), (Decimal("12.5"),), (Decimal(50), Decimal(75), Decimal(100))]),
)


def platforms(
    slis: st.SearchStrategy[Any],
    *,
    windows: st.SearchStrategy[Any] = DAYS | CALENDARS,
    alertings: st.SearchStrategy[Alerting] = ALERTINGS,
    **fields: st.SearchStrategy[Any],
) -> st.SearchStrategy[Platform]:
    """Platforms of these SLIs; further ``fields`` are of the service (``service_…``) or the SLO."""
    of_service = {k.removeprefix("service_"): v for k, v in fields.items() if k.startswith("service_")}
    of_slo = {k: v for k, v in fields.items() if not k.startswith("service_")}
    slos = st.builds(
        SLO, name=SLUGS, objective=OBJECTIVES, window=windows, sli=slis, alerting=alertings, **of_slo
    )
    services = st.builds(
        Service,
        name=SLUGS,
        slos=st.lists(slos, min_size=1, max_size=3, unique_by=lambda one: one.name),
        **of_service,
    )
    several = st.lists(services, min_size=1, max_size=2, unique_by=lambda one: one.name)
    return several.filter(_distinct).map(lambda found: Platform(name="spec", services=found))


def _distinct(services: list[Service]) -> bool:
    ids = [slo_id(service, slo) for service in services for slo in service.slos]
    return len(ids) == len(set(ids))


OWNED = {
    "service_owner": SLUGS | st.just("unowned"),
    "service_tier": st.integers(1, 4),
    "service_labels": LABELS,
    "description": TEXTS,
    "labels": LABELS,
}
ANY = platforms(
    ANY_SLI,
    service_title=TEXTS,
    service_metrics=st.sampled_from([(), (Counter(name="a_total", help="A.", labels={"x": ("1", "2")}),)]),
    group_by=st.sampled_from([(), ("region",)]),
    **OWNED,
)


def with_composite(platform: Platform) -> Platform:
    """The same with a composite of all its SLOs."""
    first, *rest = platform.services
    of = {slo_id(s, o): Decimal("1.5") for s in platform.services for o in s.slos}
    whole = SLO(name="journey-of-all", objective=99, sli=Composite(mode="weighted", of=of))
    more = first.model_copy(update={"slos": (*first.slos, whole)})
    return platform.model_copy(update={"services": (more, *rest)})


def _told(labels: st.SearchStrategy[dict[str, str]]) -> st.SearchStrategy[Alerting]:
    """Alerts of one name, as Sloth has them: both, one or none."""
    notices = st.builds(Notice, name=st.just("Burns"), labels=labels, annotations=labels)
    off = st.just(False)  # noqa: FBT003 - a strategy of one value
    return st.builds(Alerting, page=notices | off, ticket=notices | off)


SLOTH = platforms(
    BAD | GOOD | LATENCIES | ERRORS, windows=st.just(timedelta(days=30)), alertings=_told(LABELS), **OWNED
)
OPENSLO = platforms(
    BAD | GOOD | LATENCIES | ERRORS | SLICES,
    windows=st.integers(3, 90).map(lambda n: timedelta(days=n)) | CALENDARS,
    alertings=st.builds(Alerting, policy=ROWS_OF_OWN, page=st.just(True), ticket=st.just(False))  # noqa: FBT003
    | st.just(Alerting())
    | st.just(Alerting(page=False, ticket=False)),
    service_title=TEXTS,
    **OWNED,
)
_PYRRA_SLI = st.builds(Ratio, total=SELECTORS, bad=SELECTORS) | LATENCIES | PROBES | NATIVE
PYRRA = platforms(
    _PYRRA_SLI,
    windows=st.just(timedelta(weeks=4)),
    alertings=LABELS.map(
        lambda labels: Alerting(
            policy=ROWS,
            page=(told := Notice(name="Burns", annotations=labels)),
            ticket=told,
        )
    ),
    group_by=st.sampled_from([(), ("region",), ("region", "shard")]),
    description=TEXTS,
    labels=LABELS,
)

CARRIED: dict[Format, st.SearchStrategy[Platform]] = {"sloth": SLOTH, "openslo": OPENSLO, "pyrra": PYRRA}
FOREIGN: list[Format] = ["sloth", "openslo", "pyrra"]
PEERS = Path(os.environ.get("SLO_PEERS") or Path(__file__).parents[4] / "shared/peers") / "sloth/in"
quick = settings(deadline=None, max_examples=15)


@pytest.mark.parametrize("form", FOREIGN)
@quick
@given(data=st.data())
def test_what_a_format_can_carry_is_the_same_spec_when_read_again(form: Format, data: st.DataObject) -> None:
    platform = data.draw(CARRIED[form])
    written = write(platform, form)
    lost = [note for note in written.notes if "names unique" not in note.reason]
    assert lost == []
    assert read_text(written.text, "spec").platform == platform


@pytest.mark.parametrize("form", FOREIGN)
@quick
@given(platform=ANY.map(with_composite))
def test_whatever_differs_when_read_again_is_in_a_note(form: Format, platform: Platform) -> None:
    try:
        written = write(platform, form)
    except SLOError:
        return
    again = read_text(written.text, "spec").platform
    told = {note.subject for note in written.notes}
    changes = compare(facts(platform), facts(again))
    assert {change.subject for change in changes} <= told
    assert not any(change.kind == "added" for change in changes)
    assert all(note.field and note.reason for note in written.notes)


@quick
@given(platform=ANY.map(with_composite))
def test_a_python_module_gives_the_same_platform(
    platform: Platform, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("python") / "spec.py"
    path.write_text(write(platform, "python").text, encoding="utf-8")
    assert load(str(path)) == platform


@quick
@given(platform=ANY.map(with_composite))
def test_every_rule_of_a_random_spec_parses_and_its_canonical_text_is_settled(platform: Platform) -> None:
    for service in platform.services:
        for slo in service.slos:
            for group in recording_groups(platform, service, slo):
                for rule in group.rules:
                    assert canonical(canonical(rule.expr)) == canonical(rule.expr)


def test_promtool_accepts_the_rules_of_a_hundred_random_slos(
    tools: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("rules")

    @settings(max_examples=40, deadline=None, database=None)
    @given(platform=ANY.map(with_composite))
    def collect(platform: Platform) -> None:
        rules = (text for name, text in files(platform).items() if name.startswith("prometheus/rules"))
        texts.extend(rules)

    texts: list[str] = []
    collect()
    for i, text in enumerate(texts):
        (folder / f"{i}.yaml").write_text(text, encoding="utf-8")
    assert sum(text.count("record: slo:objective:ratio") for text in texts) >= 100
    result = subprocess.run(
        [tools / "promtool", "check", "rules", *sorted(folder.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_written_python_is_as_a_formatter_leaves_it(tmp_path: Path) -> None:
    path = tmp_path / "spec.py"
    path.write_text(write(load("somahub.spec"), "python").text, encoding="utf-8")
    ruff = Path(sys.executable).with_name("ruff")
    for check in (["format", "--check"], ["check", "--select", "I,F"]):
        result = subprocess.run(
            [ruff, *check, "--isolated", path], capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert result.returncode == 0, result.stdout + path.read_text()


@pytest.mark.skipif(not PEERS.is_dir(), reason="the peers' specs are not beside the checkout")
def test_specs_of_peers_are_the_same_when_written_and_read_again() -> None:
    paths = sorted(path for path in PEERS.iterdir() if "windows" not in path.name)
    assert len(paths) == 7
    for path in paths:
        platform = read(str(path)).platform
        form: Format = "openslo" if "openslo" in path.name else "sloth"
        written = write(platform, form)
        assert written.notes == (), path
        assert read_text(written.text, platform.name).platform == platform, path

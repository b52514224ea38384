"""slo apply against a ruler that takes only what Mimir's documentation says."""

import base64
import copy
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from slo import load
from slo.rulefile import body, dump
from somahub.apply.errors import RulerError
from somahub.apply.plan import meaning
from somahub.apply.ruler import HttpRuler
from somahub.cli import main
from somahub.generate import service_groups
from somahub.targets.mimir import split

if TYPE_CHECKING:
    from conftest import Mimir

SHOP = Path(__file__).parents[2] / "golden/shop.py"
PLATFORM = load(str(SHOP))
GROUPS = [body(g) for g in split(service_groups(PLATFORM, PLATFORM.services[0]))]
NAMES = {group["name"] for group in GROUPS}
SECRET = "not-for-anyones-eyes"  # noqa: S105 - of this test alone


@pytest.fixture
def apply(
    mimir: "Mimir", capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str]]:
    """Run slo apply; exit code and all that it said."""
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("a real pause"))
    monkeypatch.delenv("SLO_RULER_TOKEN", raising=False)

    def run(*options: object, spec: Path = SHOP, tenant: str = "team-a") -> tuple[int, str]:
        words = ["--tenant", tenant] if tenant else []
        code = main(["apply", str(spec), "--mimir", mimir.url, *words, *map(str, options)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


@pytest.fixture
def ruler(mimir: "Mimir") -> Iterator[Callable[..., tuple[HttpRuler, list[float]]]]:
    """A client, and the pauses that it would have made."""
    made = []

    def client() -> tuple[HttpRuler, list[float]]:
        pauses: list[float] = []
        made.append(HttpRuler(mimir.url, {"X-Scope-OrgID": "team-a"}, wait=pauses.append))
        return made[-1], pauses

    yield client
    for one in made:
        one.close()


def two_services(folder: Path) -> Path:
    path = folder / "two.py"
    path.write_text(
        "from slo import SLO, Platform, Service, Uptime\n"
        "slos = [SLO(name='uptime', objective='99.9', sli=Uptime())]\n"
        "platform = Platform(name='p', services=[Service(name=n, slos=slos) for n in ('shop', 'cart')])\n"
    )
    return path


def test_groups_of_own_alerts_are_known_again(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    spec = tmp_path / "spec.py"
    spec.write_text(
        "from alerts.catalogue import service_alerts\n"
        "from slo import SLO, Platform, Service, Uptime\n"
        "shop = Service(name='shop', port=80, slos=[SLO(name='uptime', objective='99.9', sli=Uptime())])\n"
        "shop = shop.model_copy(update={'alerts': service_alerts(shop)})\n"
        "platform = Platform(name='p', services=[shop])\n"
    )
    assert apply(spec=spec)[0] == 0
    assert "alerts:shop" in mimir.kept["team-a"]["soma-slo"]
    mimir.asked.clear()
    code, said = apply(spec=spec)
    assert (code, mimir.changes) == (0, []), said


@pytest.mark.parametrize("empty_is_404", [True, False])
def test_a_new_namespace_gets_every_group_and_a_second_run_changes_nothing(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]], *, empty_is_404: bool
) -> None:
    mimir.empty_is_404 = empty_is_404
    code, said = apply()
    assert code == 0, said
    assert set(mimir.kept["team-a"]["soma-slo"]) == NAMES
    assert f"{len(NAMES)} created, 0 updated, 0 deleted, 0 unchanged" in said
    mimir.asked.clear()
    assert f"0 created, 0 updated, 0 deleted, {len(NAMES)} unchanged" in apply()[1]
    assert mimir.asked == [("GET", "/prometheus/config/v1/rules/soma-slo")]


def test_what_is_sent_are_the_rules_of_the_rule_file_and_promtool_accepts_them(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]], tools: Path, tmp_path: Path
) -> None:
    apply()
    groups = list(mimir.kept["team-a"]["soma-slo"].values())
    assert groups == GROUPS
    (tmp_path / "rules.yaml").write_text(dump({"groups": groups}))
    subprocess.run([tools / "promtool", "check", "rules", tmp_path / "rules.yaml"], check=True)


def test_only_what_changed_in_meaning_is_sent(mimir: "Mimir", apply: Callable[..., tuple[int, str]]) -> None:
    apply()
    kept = mimir.kept["team-a"]["soma-slo"]
    changed, respelt = sorted(NAMES)[:2]
    kept[changed]["rules"][0]["expr"] = "vector(0.5)"
    kept[respelt]["rules"][0]["expr"] = f"  {kept[respelt]['rules'][0]['expr']}  # by hand"
    mimir.asked.clear()
    assert f"1 updated, 0 deleted, {len(NAMES) - 1} unchanged" in apply()[1]
    assert mimir.changes == [("POST", "/prometheus/config/v1/rules/soma-slo")]
    assert kept[changed] in GROUPS


def test_groups_of_an_slo_that_is_gone_are_deleted_after_all_else_is_sent(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    apply()
    mimir.asked.clear()
    code, said = apply(spec=two_services(tmp_path))
    assert code == 0, said
    methods = [method for method, _ in mimir.changes]
    assert methods == sorted(methods, reverse=True)
    assert all(n.startswith(("slo-shop-uptime", "slo-cart-uptime")) for n in mimir.kept["team-a"]["soma-slo"])


def test_groups_of_a_service_that_the_spec_does_not_know_go_only_with_prune(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    apply(spec=two_services(tmp_path))
    code, said = apply()
    assert code == 0
    assert "left    slo-cart-uptime: of a service that this spec doesn't know" in said
    assert "slo-cart-uptime" in mimir.kept["team-a"]["soma-slo"]
    assert "delete  slo-cart-uptime\n" in apply("--prune")[1]
    assert set(mimir.kept["team-a"]["soma-slo"]) == NAMES


def test_a_namespace_with_rules_of_others_is_left_alone(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]]
) -> None:
    mine = {"name": "mine", "rules": [{"record": "a", "expr": "vector(1)"}]}
    mimir.kept["team-a"] = {"soma-slo": {"mine": mine}}
    code, said = apply("--prune")
    assert code == 2
    assert "holds groups that slo never wrote (mine); give a --namespace of its own" in said
    assert mimir.changes == []


def test_a_dry_run_says_what_would_change_and_sends_nothing(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]]
) -> None:
    code, said = apply("--dry-run")
    assert code == 0
    assert "create  slo-shop-uptime\n" in said
    assert f"{len(NAMES)} would be created" in said
    assert mimir.changes == []


def test_tenants_and_namespaces_are_apart_and_names_are_escaped(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]]
) -> None:
    apply("--namespace", "a/b c", tenant="one")
    apply(tenant="two")
    assert {t: list(n) for t, n in mimir.kept.items()} == {"one": ["a/b c"], "two": ["soma-slo"]}


def test_a_larger_limit_of_rules_keeps_groups_whole(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]]
) -> None:
    mimir.most_rules = 5
    code, said = apply()
    assert code == 2
    assert "per-user rules per rule group limit (limit: 5 actual: " in said
    assert "raise ruler_max_rules_per_rule_group" in said
    assert apply("--max-rules", 5)[0] == 0
    sizes = {len(g["rules"]) for g in mimir.kept["team-a"]["soma-slo"].values()}
    assert max(sizes) == 5


def test_too_many_groups_for_the_tenant_is_said_in_the_rulers_words(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]]
) -> None:
    mimir.most_groups = 3
    code, said = apply()
    assert code == 2
    assert "per-user rule groups limit (limit: 3 actual: 4) exceeded" in said
    assert "ruler_max_rule_groups_per_tenant" in said


@pytest.mark.parametrize(
    ("status", "text", "said"),
    [
        (401, "no org id\n", "401 Unauthorized: no org id; it may want --tenant"),
        (
            403,
            "namespace is protected\n",
            "403 Forbidden: namespace is protected; this tenant or token may not",
        ),
        (400, "bad\nname\n", "400 Bad Request: bad name\n"),
        (404, "404 page not found\n", "no ruler API answers there: see --api-prefix"),
        (405, "", "405 Method Not Allowed: no message; no ruler API answers there"),
        (200, "<html>Log in</html>", "the answer is not that of a ruler"),
        (200, "soma-slo: {", "the answer is not that of a ruler"),
        (200, "soma-slo: [1]", "the answer is not that of a ruler"),
    ],
)
def test_what_the_ruler_refuses_is_one_line_with_its_message_and_a_way_out(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]], status: int, text: str, said: str
) -> None:
    mimir.first = [(status, {}, text)]
    code, line = apply()
    assert code == 2
    assert line.startswith(f"error: ruler at {mimir.url}")
    assert said in line
    assert line.count("\n") == 1
    assert mimir.changes == []


@pytest.mark.parametrize(
    ("kind", "text", "said"), [("application/json", "{oops", "{oops"), ("text/html", "<p>", "a web page")]
)
def test_an_answer_that_is_no_message_is_shown_as_far_as_it_helps(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]], kind: str, text: str, said: str
) -> None:
    mimir.first = [(400, {"Content-Type": kind}, text)]
    assert f"400 Bad Request: {said}\n" in apply()[1]


def test_the_error_of_a_json_answer_is_taken_out_of_it(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]]
) -> None:
    mimir.first = [(400, {"Content-Type": "application/json"}, '{"status":"error","error":"too deep"}')]
    assert "400 Bad Request: too deep\n" in apply()[1]


def test_a_redirect_is_not_followed_as_it_would_lose_the_body(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]]
) -> None:
    mimir.first = [(301, {"Location": "https://elsewhere.example.com/"}, "")]
    assert "redirects to https://elsewhere.example.com/: give that URL" in apply()[1]


def test_an_overloaded_ruler_is_asked_again_with_growing_pauses(
    mimir: "Mimir", ruler: Callable[[], tuple[HttpRuler, list[float]]]
) -> None:
    client, pauses = ruler()
    mimir.first = [(503, {}, "busy"), (429, {}, "slow down"), (500, {}, "oops")]
    client.put("soma-slo", GROUPS[0])
    assert pauses == [0.5, 1.0, 2.0]
    assert list(mimir.kept["team-a"]["soma-slo"]) == [GROUPS[0]["name"]]


def test_retry_after_is_honoured_in_both_of_its_forms(
    mimir: "Mimir", ruler: Callable[[], tuple[HttpRuler, list[float]]]
) -> None:
    client, pauses = ruler()
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    mimir.first = [(429, {"Retry-After": "7"}, ""), (503, {"Retry-After": later}, "")]
    client.groups("soma-slo")
    assert pauses[0] == 7
    assert 35 < pauses[1] <= 40


def test_a_ruler_that_stays_broken_or_asks_for_an_hour_is_given_up(
    mimir: "Mimir", ruler: Callable[[], tuple[HttpRuler, list[float]]]
) -> None:
    client, pauses = ruler()
    mimir.first = [(500, {}, "ring is empty")] * 5
    with pytest.raises(RulerError, match=r"GET soma-slo: 500 Internal Server Error: ring is empty"):
        client.groups("soma-slo")
    assert pauses == [0.5, 1, 2, 4]
    mimir.first = [(429, {"Retry-After": "3600"}, "quota")]
    with pytest.raises(RulerError, match=r"429 Too Many Requests: quota"):
        client.groups("soma-slo")
    assert len(pauses) == 4


def test_no_ruler_at_all_is_one_message_after_five_tries() -> None:
    pauses: list[float] = []
    client = HttpRuler("http://127.0.0.1:1", {}, wait=pauses.append)
    with pytest.raises(RulerError, match=r"no connection after 5 tries: .*refused"):
        client.groups("soma-slo")
    client.close()
    assert len(pauses) == 4


def test_a_group_that_was_deleted_meanwhile_is_fine(
    ruler: Callable[[], tuple[HttpRuler, list[float]]],
) -> None:
    ruler()[0].remove("soma-slo", "gone")


@pytest.mark.parametrize("user", ["", "12345"])
@pytest.mark.parametrize("place", ["file", "variable", "header"])
def test_credentials_come_from_files_or_the_environment_and_are_never_shown(  # noqa: PLR0913, PLR0917
    mimir: "Mimir",
    apply: Callable[..., tuple[int, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    user: str,
) -> None:
    mimir.authorization = f"Bearer {SECRET}"
    if user and place != "header":
        mimir.authorization = f"Basic {base64.b64encode(f'{user}:{SECRET}'.encode()).decode()}"
    secret = tmp_path / "secret"
    secret.write_text(f"{'Bearer ' * (place == 'header')}{SECRET}\n")
    options = ["--user", user] if user and place != "header" else []
    if place == "file":
        options += ["--token-file", str(secret)]
    elif place == "variable":
        monkeypatch.setenv("SLO_RULER_TOKEN", SECRET)
    else:
        options += ["--header", f"Authorization=@{secret}"]
    code, said = apply(*options)
    assert code == 0, said
    mimir.authorization = "other"
    code, refused = apply(*options)
    assert code == 2
    assert SECRET not in said + refused
    assert mimir.authorization not in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--token-file", "/nowhere"], "/nowhere: can't be read as a secret: FileNotFoundError"),
        (["--token-file", "/dev/null"], "/dev/null: is empty; expected a secret"),
        (
            ["--header", f"Authorization=Bearer {SECRET}"],
            "Authorization is a secret: give Authorization=@FILE",
        ),
        (["--header", "X-Team=\u00fc"], "--header: X-Team: expected one line of plain characters"),
        (["--header", "nonsense"], "--header: expected NAME=VALUE or NAME=@FILE"),
        (["--user", "me"], "--user: its token is missing: give --token-file, or set SLO_RULER_TOKEN"),
        (["--mimir", f"http://me:{SECRET}@127.0.0.1/"], "--mimir: no credentials in the URL"),
        (["--mimir", "127.0.0.1:9009"], "--mimir: expected a URL such as https://mimir.example.com"),
    ],
)
def test_wrong_options_are_one_message_that_shows_no_secret(
    mimir: "Mimir", apply: Callable[..., tuple[int, str]], options: list[str], said: str
) -> None:
    code, line = apply(*options)
    assert (code, line.count("\n")) == (2, 1)
    assert said in line
    assert SECRET not in line
    assert mimir.asked == []


def test_meaning_takes_no_notice_of_spelling_and_notice_of_everything_else() -> None:
    group = {
        "name": "a",
        "interval": "90s",
        "rules": [{"alert": "A", "expr": "a{x='1',y='2'} > 1", "for": "2m", "labels": {"s": "1", "t": "2"}}],
    }
    same = {
        "name": "a",
        "interval": "1m30s",
        "limit": 0,
        "rules": [
            {
                "alert": "A",
                "annotations": {},
                "expr": 'a{y="2", x="1"}\n  > 1',
                "for": "120s",
                "keep_firing_for": "0s",
                "labels": {"t": "2", "s": "1"},
            }
        ],
    }
    assert meaning(group) == meaning(same)
    for path, value in (
        (("interval",), "30s"),
        (("limit",), 5),
        (("source_tenants",), ["x"]),
        (("rules", 0, "expr"), "a{x='1',y='2'} > 2"),
        (("rules", 0, "for"), "3m"),
        (("rules", 0, "keep_firing_for"), "1m"),
        (("rules", 0, "labels", "s"), "2"),
        (("rules", 0, "alert"), "B"),
        (("rules",), []),
    ):
        other = copy.deepcopy(group)
        holder = other
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = value
        assert meaning(other) != meaning(group), path


def test_every_group_survives_yaml_and_back_with_its_meaning() -> None:
    for group in GROUPS:
        assert meaning(yaml.safe_load(dump(group))) == meaning(group)

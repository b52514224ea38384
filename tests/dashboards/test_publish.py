"""Boards sent to a Grafana that refuses what the documentation refuses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from grafana import TOKEN, Grafana, grafana

from dashboards.publish.errors import GrafanaError
from dashboards.publish.grafana import HttpGrafana
from somahub.cli import main

SHOP = str(Path(__file__).parents[1] / "golden/shop.py")
BOARDS = 6
FOLDER = "slo-my-company"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Grafana]:
    monkeypatch.setenv("SLO_GRAFANA_TOKEN", TOKEN)
    monkeypatch.setattr("dashboards.publish.asking._FIRST_PAUSE", 0)
    with grafana("/monitoring") as one:
        yield one


def apply(server: Grafana, *options: str, spec: str = SHOP) -> int:
    return main(["apply", spec, "--grafana", server.url, *options])


def test_boards_are_created_in_a_folder_of_their_own_and_then_left_alone(
    server: Grafana, capsys: pytest.CaptureFixture[str]
) -> None:
    assert apply(server) == 0
    assert server.folders == {FOLDER: "my-company"}
    assert {kept["folder"] for kept in server.boards.values()} == {FOLDER}
    assert set(server.boards) >= {"slo-overview", "slo-detail", "service-shop"}
    assert capsys.readouterr().out.splitlines()[-2:] == [
        f"boards: {BOARDS} create",
        "shared panels: 1 create",
    ]
    server.asked.clear()
    assert apply(server) == 0
    assert server.changes == []
    assert capsys.readouterr().out == f"boards: {BOARDS} same\nshared panels: 1 same\n"
    assert main(["diff", SHOP, "--grafana", server.url]) == 0


PAGER = """Service(
    name="pager",
    port=8082,
    metrics=(Counter(name="pager_pages_total", help="Pages."), Gauge(name="pager_waiting", help="Pages that wait.")),
)"""

PAGERS = {"pager pages", "pager waiting"}


@pytest.fixture
def paged(tmp_path: Path) -> Path:
    """The shop with a pager, two of whose panels are on the board of on-call too."""
    text = Path(SHOP).read_text().replace("import SLO,", "import SLO, Counter, Gauge,")
    spec = tmp_path / "paged.py"
    spec.write_text(text.replace("services=(shop,)", f"services=(shop, {PAGER})"))
    return spec


def test_panels_of_several_boards_are_there_once_and_boards_refer_to_them(
    server: Grafana, paged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert apply(server, spec=str(paged)) == 0
    assert "shared panels: 3 create" in capsys.readouterr().out
    assert {one["name"] for one in server.elements.values()} == {*PAGERS, "Pages firing"}
    for uid in ("slo-oncall", "service-pager"):
        panels = server.boards[uid]["versions"][-1]["data"]["panels"]
        assert {p["libraryPanel"]["name"] for p in panels if "libraryPanel" in p} >= PAGERS
    server.asked.clear()
    assert apply(server, spec=str(paged)) == 0
    assert server.changes == []
    assert main(["diff", str(paged), "--grafana", server.url]) == 0


def test_a_change_of_a_shared_panel_is_one_change(server: Grafana, paged: Path) -> None:
    apply(server, spec=str(paged))
    paged.write_text(paged.read_text().replace("Pages that wait.", "Pages nobody took."))
    server.asked.clear()
    assert apply(server, spec=str(paged)) == 0
    ((method, path),) = server.changes
    assert (method, path.rpartition("/")[0]) == ("PATCH", "/monitoring/api/library-elements")
    described = {one["name"]: one["model"]["description"] for one in server.elements.values()}
    assert described["pager waiting"] == "Pages nobody took."


def test_a_shared_panel_that_was_edited_stays_until_forced(
    server: Grafana, paged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply(server, spec=str(paged))
    (edited,) = [one for one in server.elements.values() if one["name"] == "pager waiting"]
    edited["model"]["description"] = "Mine"
    edited["version"] += 1
    assert apply(server, spec=str(paged)) == 1
    assert f"edited      {edited['uid']} (pager waiting): it was edited by hand" in capsys.readouterr().out
    assert apply(server, "--force", spec=str(paged)) == 0
    assert server.elements[edited["uid"]]["model"]["description"] == "Pages that wait."


def test_a_shared_panel_goes_after_the_boards_that_had_it(server: Grafana, paged: Path) -> None:
    apply(server, spec=str(paged))
    assert apply(server) == 0
    assert len(server.elements) == 3
    assert apply(server, "--prune") == 0
    assert [one["name"] for one in server.elements.values()] == ["Pages firing"]
    assert apply(server) == 0


def test_a_dry_run_and_a_diff_change_nothing(server: Grafana, capsys: pytest.CaptureFixture[str]) -> None:
    assert apply(server, "--dry-run") == 0
    assert main(["diff", SHOP, "--grafana", server.url]) == 1
    assert capsys.readouterr().out.count("create      slo-overview (SLO overview)\n") == 2
    assert server.changes == []


def test_only_the_board_that_changed_is_sent_and_boards_that_are_gone_go_when_asked(
    server: Grafana, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply(server)
    spec = tmp_path / "spec.py"
    text = Path(SHOP).read_text()
    spec.write_text(text.replace('title="Web shop"', 'title="Shop"'))
    server.asked.clear()
    assert apply(server, spec=str(spec)) == 0
    assert server.changes == [("POST", "/monitoring/api/dashboards/db")]
    assert server.boards["service-shop"]["versions"][-1]["version"] == 2

    spec.write_text(text.replace('name="shop"', 'name="store"'))
    assert apply(server, spec=str(spec)) == 0
    assert "left        service-shop" in capsys.readouterr().out
    assert "service-shop" in server.boards
    assert apply(server, "--prune", spec=str(spec)) == 0
    assert "service-shop" not in server.boards
    assert "service-store" in server.boards


def test_a_board_that_was_edited_by_hand_is_told_and_stays_until_forced(
    server: Grafana, capsys: pytest.CaptureFixture[str]
) -> None:
    apply(server)
    server.edit("slo-overview", title="Mine")
    capsys.readouterr()
    assert apply(server) == 1
    assert "edited      slo-overview (SLO overview): it was edited by hand" in capsys.readouterr().out
    assert server.boards["slo-overview"]["versions"][-1]["data"]["title"] == "Mine"
    assert main(["diff", SHOP, "--grafana", server.url]) == 1
    assert apply(server, "--force") == 0
    assert server.boards["slo-overview"]["versions"][-1]["data"]["title"] == "SLO overview"
    assert apply(server) == 0


@pytest.mark.parametrize("old", [True, False])
def test_what_grafana_itself_rewrote_is_no_edit(server: Grafana, *, old: bool) -> None:
    apply(server)
    server.old_versions = old
    for kept in server.boards.values():
        kept["versions"][-1]["data"]["schemaVersion"] = 99
    assert apply(server) == 0


def test_somebody_elses_board_and_one_from_files_are_left(
    server: Grafana, capsys: pytest.CaptureFixture[str]
) -> None:
    server.keep("slo-overview", {"title": "Theirs", "panels": []}, "", "")
    apply(server)
    assert server.boards["slo-overview"]["versions"][-1]["data"]["title"] == "Theirs"
    assert "foreign     slo-overview" in capsys.readouterr().out
    server.boards["service-shop"]["provisioned"] = True
    assert apply(server, "--force") == 1
    assert "provisioned service-shop" in capsys.readouterr().out
    assert server.boards["slo-overview"]["versions"][-1]["data"]["title"] == "SLO overview"


def test_a_board_that_was_saved_meanwhile_is_not_overwritten(server: Grafana) -> None:
    apply(server)
    with HttpGrafana(server.url, TOKEN) as holder:
        kept = holder.kept(["slo-overview"], FOLDER)["slo-overview"]
        server.edit("slo-overview", title="Mine")
        with pytest.raises(GrafanaError, match=r"412.*somebody saved it since it was read"):
            holder.save(kept.body, FOLDER)
    assert server.boards["slo-overview"]["versions"][-1]["data"]["title"] == "Mine"


def test_a_server_error_is_tried_again_and_a_refusal_is_not(
    server: Grafana, capsys: pytest.CaptureFixture[str]
) -> None:
    server.first = [(503, {"message": "starting"}), (429, {"message": "slow down"}), (500, {})]
    assert apply(server) == 0
    server.first = [(503, {"message": "starting"})] * 5
    assert apply(server) == 2
    assert "503 Service Unavailable: starting" in capsys.readouterr().err
    assert server.first == []


def test_a_wrong_token_says_what_is_wanted_and_not_what_was_given(
    server: Grafana, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLO_GRAFANA_TOKEN", "glsa_wrong")
    assert apply(server) == 2
    said = capsys.readouterr().err
    assert "401 Unauthorized: Invalid API key; give a token by --token-file or SLO_GRAFANA_TOKEN" in said
    assert "glsa_wrong" not in said
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "give one of --mimir URL and --grafana URL"),
        (["--grafana", "http://a", "--mimir", "http://b"], "give one of"),
        (["--grafana", "http://me:secret@grafana"], "--grafana: no credentials in the URL"),
    ],
)
def test_what_does_not_fit_is_refused(
    capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert main(["apply", SHOP, *options]) == 2
    assert said in capsys.readouterr().err

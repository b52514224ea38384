"""Boards by Grafana's own types, and queries by its own grammars."""

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dashboards import all_boards, dashboard_files, filled
from slo import load

ROOT = Path(__file__).parents[2]
PLATFORM = load("somahub.spec:platform")
PARSE = """
import { parser as loki } from "@grafana/lezer-logql";
import { parser as tempo } from "@grafana/lezer-traceql";
let text = "";
for await (const part of process.stdin) text += part;
for (const [source, query] of JSON.parse(text)) {
  let wrong = 0;
  ({ loki, tempo })[source].parse(query).iterate({ enter: (node) => { wrong += node.type.isError ? 1 : 0 } });
  console.log(wrong);
}
"""
ENUMS = """
import * as schema from "@grafana/schema";
const names = ["ThresholdsMode", "FieldColorModeId", "MappingType"];
console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name, schema[name]]))));
"""


@pytest.fixture(scope="module")
def grafana() -> tuple[str, Path]:
    done = subprocess.run(
        [ROOT / "scripts/fetch-grafana-schema"], check=False, capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(done.stderr.strip())
    node, folder = done.stdout.split()
    return node, Path(folder)


def run(grafana: tuple[str, Path], program: str, sent: object = None) -> str:
    node, folder = grafana
    command = [node, "--input-type=module", "-e", program]
    return subprocess.run(
        command, cwd=folder, input=json.dumps(sent), capture_output=True, text=True, check=True
    ).stdout


def complaints(grafana: tuple[str, Path], boards: list[dict[str, Any]], work: Path) -> list[str]:
    """What the compiler says against boards."""
    node, folder = grafana
    enums = json.loads(run(grafana, ENUMS))
    lines = [f'import {{ type Dashboard, {", ".join(enums)} }} from "@grafana/schema";']
    lines += [f"export const board{i}: Dashboard = {_typed(one, enums)};" for i, one in enumerate(boards)]
    (work / "node_modules").symlink_to(folder / "node_modules")
    (work / "boards.ts").write_text("\n".join(lines))
    options = "--noEmit --strict --skipLibCheck --moduleResolution bundler --module esnext --target es2022"
    done = subprocess.run(
        [node, folder / "node_modules/typescript/bin/tsc", *options.split(), "boards.ts"],
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()


def _typed(board: dict[str, Any], enums: dict[str, dict[str, str]]) -> str:
    """The JSON as TypeScript: an enumeration takes no value that is spelled out, so each is a member of it."""
    for one in board["annotations"]["list"]:
        # The types are what all sources share: of Prometheus' own members they know nothing.
        one["target"] = {"refId": one["target"]["refId"]}
        del one["titleFormat"]
    text = json.dumps(board)
    for name, members in enums.items():
        key = "type" if name == "MappingType" else "mode"
        for member, value in members.items():
            text = text.replace(f'"{key}": "{value}"', f'"{key}": {name}.{member}')
    return text


def test_boards_are_of_grafanas_types_and_what_is_not_is_found(
    grafana: tuple[str, Path], tmp_path: Path
) -> None:
    right = [json.loads(text) for text in dashboard_files(PLATFORM).values()]
    value, member = copy.deepcopy(right[0]), copy.deepcopy(right[0])
    value["panels"][1]["fieldConfig"]["defaults"]["thresholds"]["mode"] = "relative"
    member["refreshing"] = True
    # The compiler takes some ten seconds to start, so that all is asked at once.
    one, other = complaints(grafana, [*right, value, member], tmp_path)
    assert '"relative"' in one
    assert "refreshing" in other


def test_every_query_of_logs_and_traces_parses(grafana: tuple[str, Path]) -> None:
    queries = sorted(
        {
            (query.source, filled(query.text))
            for board in all_boards(PLATFORM)
            for panel in board.panels
            for query in panel.queries
            if query.source != "prometheus"
        }
    )
    assert {source for source, _ in queries} == {"loki", "tempo"}
    wrong = [("loki", '{a="b"'), ("tempo", "{ a")]
    *found, one, other = [int(line) for line in run(grafana, PARSE, [*queries, *wrong]).split()]
    assert dict(zip(queries, found, strict=True)) == dict.fromkeys(queries, 0)
    assert one
    assert other

"""The example of platform/docs/wizards.md is a wizard that makes the plan that the page shows, and no field is left out."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from somahub.services.gateway.progress import checked, plan, progress
from somahub.services.gateway.questions import Question
from somahub.services.gateway.wizard import PlanTemplate, Step, ToolTemplate, Wizard, load

PAGE = (Path(__file__).parents[1] / "platform/docs/wizards.md").read_text()
(YAML,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
(JSON,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
QUESTIONS: tuple[type[BaseModel], ...] = get_args(get_args(Question)[0])


def test_the_example_makes_the_plan_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "example.yaml").write_text(YAML)
    (wizard,) = load(tmp_path).values()
    given = [json.loads(text) for text in re.findall(r"`(\{\".*?\})`", PAGE)]
    answered = {
        step.name: checked(step, answers) for step, answers in zip(wizard.steps, [*given, {}], strict=True)
    }
    found = progress(wizard, answered)
    assert (found.asked, found.complete) == (("what", "why", "who"), True)
    expected = json.loads(JSON)
    session = expected["tools"][0]["arguments"]["body"]["session"]
    assert plan(wizard, found.values, session).model_dump(mode="json") == expected


@pytest.mark.parametrize("part", [Wizard, Step, PlanTemplate, ToolTemplate, *QUESTIONS])
def test_the_page_tells_every_field(part: type[BaseModel]) -> None:
    tables = set(
        re.findall(r"`(\w+)`", "".join(line for line in PAGE.splitlines(keepends=True) if line[0] == "|"))
    )
    assert part.model_fields.keys() - tables == set()

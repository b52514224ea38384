"""Wizards: steps of questions, and the plan that the answers make. Loaded from YAML, strictly."""

from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from pydantic import Field, JsonValue, ValidationError, model_validator

from slo.errors import InvalidSpecError
from slo.formats.documents import in_file
from somahub.services.gateway.questions import Name, Question, Value
from somahub.services.gateway.templates import Condition, Template, names, read

# What templates know besides answers: the id of the session.
GIVEN = frozenset({"session"})


class Step(Value):
    """Questions that are answered together, asked if ``when`` holds for the answers to earlier steps."""

    name: Name
    title: str = Field(min_length=1, max_length=200)
    when: Condition = ""
    questions: tuple[Question, ...] = Field(min_length=1)


class ToolTemplate(Value):
    """A tool of the plan, used if ``when`` holds."""

    tool: Template = Field(min_length=1)
    arguments: dict[str, JsonValue] = Field(default_factory=dict)
    when: Condition = ""
    undo: "ToolTemplate | None" = None


class PlanTemplate(Value):
    """What becomes an orchestrator's plan; every text in it is a template."""

    goal: Template = Field(min_length=1)
    action: Template = "agent.run"
    resource: Template = "agent"
    tools: tuple[ToolTemplate, ...] = ()
    needs_approval: bool | Template = False


class Wizard(Value):
    """A definition; names of steps and of questions are unique in it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,99}$")
    title: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=1000)
    steps: tuple[Step, ...] = Field(min_length=1)
    plan: PlanTemplate

    @property
    def questions(self) -> Iterator[Question]:
        """All questions in order."""
        return (question for step in self.steps for question in step.questions)

    def step(self, name: str) -> Step | None:
        """The step of a name."""
        return next((step for step in self.steps if step.name == name), None)

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Wizard":
        for what, found in {
            "step": [s.name for s in self.steps],
            "question": [q.name for q in self.questions] + sorted(GIVEN),
        }.items():
            twins = sorted({name for name in found if found.count(name) > 1})
            if twins:
                raise ValueError(f"{what} {twins[0]} twice")
        return self

    @model_validator(mode="after")
    def _templates_read_answers(self) -> "Wizard":
        known = set(GIVEN)
        for step in self.steps:
            _known(f"steps.{step.name}.when", _reads(step.when), known)
            known |= {q.name for q in step.questions}
        plan = self.plan.model_dump(exclude={"tools"})
        _known("plan", names(plan), known)
        for k, tool in enumerate(self.plan.tools):
            _known(f"plan.tools.{k}", _tool_reads(tool), known)
        return self


def load(folder: Path | None = None) -> dict[str, Wizard]:
    """The wizards of a folder, or those of this package; ``InvalidSpecError`` names the file and field."""
    if folder is None:
        with as_file(files("somahub.services.gateway") / "wizards") as own:
            return load(own)
    found: dict[str, Wizard] = {}
    for file in sorted(folder.glob("*.yaml")):
        for document in in_file(file):
            try:
                wizard = Wizard.model_validate(_plain(document.body))
            except ValidationError as error:
                raise InvalidSpecError.from_validation(document.place, error, titled=False) from error
            if wizard.name in found:
                raise InvalidSpecError(document.place, "name", f"{wizard.name} twice")
            found[wizard.name] = wizard
    if not found:
        raise InvalidSpecError(str(folder), "*.yaml", "no wizard")
    return found


def _plain(part: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    """Floats where the reader keeps exact decimals: plans are JSON."""
    if isinstance(part, dict):
        return {key: _plain(item) for key, item in part.items()}
    if isinstance(part, list):
        return [_plain(item) for item in part]
    return float(part) if isinstance(part, Decimal) else part


def _reads(condition: str) -> frozenset[str]:
    return read(f"{{{{ {condition} }}}}") if condition else frozenset()


def _tool_reads(tool: ToolTemplate) -> frozenset[str]:
    undone = _tool_reads(tool.undo) if tool.undo else frozenset()
    return undone | _reads(tool.when) | names(dict(tool.arguments)) | names(tool.tool)


def _known(place: str, read_names: frozenset[str], known: set[str]) -> None:
    unknown = sorted(read_names - known)
    if unknown:
        raise ValueError(f"{place}: reads {', '.join(unknown)}, which no earlier question asks for")

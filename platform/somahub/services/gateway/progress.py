"""How far a wizard is, and what its answers come to. Pure: definitions and answers in, values out."""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import JsonValue, ValidationError

from somahub.services.gateway.questions import AnswerError
from somahub.services.gateway.templates import RenderError, holds, render
from somahub.services.gateway.wizard import Step, ToolTemplate, Wizard
from somahub.services.orchestrator.models import Plan

Answers = Mapping[str, JsonValue]


class AnswersError(ValueError):
    """Answers to a step that can't be kept: a reason by question."""

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in reasons.items()))
        self.reasons = reasons


class PlanError(ValueError):
    """The answers make no plan."""


class Progress(NamedTuple):
    """The steps that are asked, the next without an answer, whether no needed answer is missing, and all values."""

    asked: tuple[str, ...]
    next: str | None
    complete: bool
    values: dict[str, JsonValue]


def checked(step: Step, answers: Answers) -> dict[str, JsonValue]:
    """The answers to a step with its defaults; ``AnswersError`` where one is wrong, missing or not asked for."""
    questions = {q.name: q for q in step.questions}
    reasons = dict.fromkeys(answers.keys() - questions.keys(), "no question of this step")
    kept: dict[str, JsonValue] = {}
    for name, question in questions.items():
        if name not in answers:
            kept[name] = question.default
            if not question.optional:
                reasons[name] = "an answer is needed"
            continue
        try:
            kept[name] = question.check(answers[name])
        except AnswerError as error:
            reasons[name] = str(error)
    if reasons:
        raise AnswersError(reasons)
    return kept


def progress(wizard: Wizard, answered: Mapping[str, Answers]) -> Progress:
    """How far the answers reach; what was answered in a step that is no longer asked does not count.

    Raises ``PlanError`` when a condition can't be decided.
    """
    values: dict[str, JsonValue] = {}
    asked: list[str] = []
    missing: str | None = None
    complete = True
    for step in wizard.steps:
        values |= {q.name: q.default for q in step.questions}
        try:
            if not holds(step.when, values | {"session": ""}):
                continue
        except RenderError as error:
            raise PlanError(f"steps.{step.name}.when: {error}") from error
        asked.append(step.name)
        if step.name in answered:
            values |= answered[step.name]
        else:
            missing = missing or step.name
            complete = complete and all(q.optional for q in step.questions)
    return Progress(tuple(asked), missing, complete, values)


def plan(wizard: Wizard, values: Answers, session: str) -> Plan:
    """The plan that the answers make; ``PlanError`` says why there is none."""
    known = {**values, "session": session}
    template = wizard.plan.model_dump(exclude={"tools"})
    try:
        tools = [_tool(t, known) for t in wizard.plan.tools if holds(t.when, known)]
        made = render(template, known)
        return Plan.model_validate({**made, "tools": tools} if isinstance(made, dict) else made)
    except (RenderError, ValidationError) as error:
        raise PlanError(f"The answers make no plan: {error}") from error


def _tool(template: ToolTemplate, values: Answers) -> dict[str, JsonValue]:
    made = _use(template, values)
    if template.undo and holds(template.undo.when, values):
        made["undo"] = _use(template.undo, values)
    return made


def _use(template: ToolTemplate, values: Answers) -> dict[str, JsonValue]:
    return {"tool": render(template.tool, values), "arguments": render(dict(template.arguments), values)}

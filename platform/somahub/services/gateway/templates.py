"""Conditions and templates over answers, in Jinja's sandbox: definitions compute, and reach nothing else.

A text that is one ``{{ expression }}`` becomes its value, of its own type; any other is text.
"""

import re
from collections.abc import Mapping
from typing import Annotated

import jinja2
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import AfterValidator, JsonValue

# What a definition's expression may do when an answer is not what it expects.
_FAILURES = (jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_ONE = re.compile(r"\{\{((?:(?!\}\}|\{\{).)*)\}\}", re.DOTALL)
# Plans are JSON: nothing to escape for HTML.
_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=False)

Values = Mapping[str, JsonValue]


class RenderError(ValueError):
    """A condition or template can't be computed from these answers."""


def _condition(text: str) -> str:
    if text:
        read(f"{{{{ {text} }}}}")
    return text


def _template(text: str) -> str:
    read(text)
    return text


def read(template: str) -> frozenset[str]:
    """The names that a template reads; ``ValueError`` where it is none."""
    try:
        return frozenset(meta.find_undeclared_variables(_ENVIRONMENT.parse(template)))
    except jinja2.TemplateSyntaxError as error:
        raise ValueError(f"no template: {error.message}") from error


Condition = Annotated[str, AfterValidator(_condition)]
Template = Annotated[str, AfterValidator(_template)]


def names(part: JsonValue) -> frozenset[str]:
    """All names that the templates within a value read."""
    if isinstance(part, str):
        return read(part)
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return frozenset().union(*(names(item) for item in inner))


def holds(condition: str, values: Values) -> bool:
    """Whether a condition is true; an empty one is."""
    return not condition or bool(_evaluate(condition, values))


def render(part: JsonValue, values: Values) -> JsonValue:
    """A value with its templates filled in; ``RenderError`` where that can't be."""
    if isinstance(part, dict):
        return {key: render(item, values) for key, item in part.items()}
    if isinstance(part, list):
        return [render(item, values) for item in part]
    if not isinstance(part, str):
        return part
    if one := _ONE.fullmatch(part.strip()):
        return _evaluate(one[1], values)
    try:
        return _ENVIRONMENT.from_string(part).render(values)
    except _FAILURES as error:
        raise RenderError(f"{part!r}: {error}") from error


def _evaluate(expression: str, values: Values) -> JsonValue:
    try:
        found: JsonValue = _ENVIRONMENT.compile_expression(expression, undefined_to_none=False)(**values)
    except _FAILURES as error:
        raise RenderError(f"{expression.strip()}: {error}") from error
    return found

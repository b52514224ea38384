"""Rule files as values, each rule with its place; a file that Prometheus would refuse is an error."""

import re
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from slo.errors import InvalidSpecError
from slo.lint.finding import Place
from slo.lint.located import Mapping, documents

_DURATION = re.compile(r"0|(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?")
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_KIND = "PrometheusRule"
_SAID = {
    "missing": "is missing",
    "extra_forbidden": "no field of a rule file",
    "string_type": "expected text",
    "list_type": "expected a list",
    "dict_type": "expected a mapping",
    "model_type": "expected a mapping",
}


def length(text: str) -> float:
    """Seconds in a duration as Prometheus writes it: ``1h30m``, ``0``."""
    if not text or not _DURATION.fullmatch(text):
        raise ValueError(f"expected a duration such as 30s or 1h30m, got {text!r}")
    return sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"(\d+)([a-z]+)", text))


Seconds = Annotated[float, BeforeValidator(lambda text: length(text) if isinstance(text, str) else text)]


def _some(text: str) -> str:
    if not text.strip():
        raise ValueError("expected an expression")
    return text


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    line: int = Field(default=0, alias="<line>")

    @model_validator(mode="before")
    @classmethod
    def _placed(cls, value: object) -> object:
        """A field without a value is as good as none, and the place is kept."""
        if not isinstance(value, Mapping):
            return value
        return {k: v for k, v in value.items() if v is not None} | {"<line>": value.line}


class _Rule(_Part):
    expr: Annotated[str, AfterValidator(_some)]
    record: str = ""
    alert: str = ""
    hold: Seconds = Field(default=0, alias="for")
    keep_firing_for: Seconds = 0
    labels: dict[str, str | None] = {}
    annotations: dict[str, str | None] = {}

    @model_validator(mode="after")
    def _one_of_two(self) -> "_Rule":
        if bool(self.record) == bool(self.alert):
            raise ValueError("expected either record or alert")
        if self.record and (self.hold or self.keep_firing_for or self.annotations):
            raise ValueError("a record takes no for, keep_firing_for or annotations")
        return self


class _Group(_Part):
    """Its fields are those of Prometheus, its operator, Mimir and Thanos together."""

    name: str = Field(min_length=1)
    rules: list[_Rule] = []
    interval: Seconds = 0
    limit: str = ""
    labels: dict[str, str | None] = {}
    query_offset: Seconds = 0
    evaluation_delay: Seconds = 0
    partial_response_strategy: str = ""
    align_evaluation_time_on_interval: str = ""
    source_tenants: list[str] = []


class _Groups(_Part):
    groups: list[_Group] = []
    namespace: str = ""

    @model_validator(mode="after")
    def _named_apart(self) -> "_Groups":
        names = [group.name for group in self.groups]
        if twins := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"group name used twice: {', '.join(map(_shown, twins))}")
        return self


class Rule(NamedTuple):
    """A rule of a file. Times are in seconds; ``interval`` is None where the server's own holds."""

    place: Place
    group: str
    record: str
    alert: str
    expr: str
    hold: float
    interval: float | None
    labels: dict[str, str]
    annotations: dict[str, str]


class RuleFile(NamedTuple):
    """The rules of a file, and the lines at which documents begin that Prometheus doesn't read."""

    path: str
    rules: tuple[Rule, ...]
    unread: tuple[int, ...] = ()


def is_rule_file(path: Path) -> bool:
    """Whether a YAML file holds rule groups rather than a spec: as a file, or as a ``PrometheusRule``.

    Raises ``SpecNotFoundError`` for one that is not YAML.
    """
    return any(_holds_rules(body) for body in documents(path))


def read(path: Path) -> RuleFile:
    """The rules of a file.

    Raises ``SpecNotFoundError`` if it is not YAML, ``InvalidSpecError`` with line and field if it is no rule file.
    """
    rules: list[Rule] = []
    plain: list[int] = []
    for body in documents(path):
        if body is None:
            continue
        if not isinstance(body, Mapping):
            raise InvalidSpecError(str(path), "document", "expected a mapping with groups")
        if "kind" not in body and "apiVersion" not in body:
            plain.append(body.line)
            rules += _rules(path, body)
        for resource in _resources(body):
            rules += _rules(path, _spec(path, resource))
    return RuleFile(str(path), tuple(rules), tuple(plain[1:]))


def _holds_rules(body: object) -> bool:
    if not isinstance(body, dict):
        return False
    return "groups" in body or any(True for _ in _resources(body))


def _resources(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The PrometheusRules of a Kubernetes document: itself, or what a list of them holds."""
    if str(body.get("kind")).endswith("List") and isinstance(body.get("items"), list):
        return [one for item in body["items"] if isinstance(item, dict) for one in _resources(item)]
    return [body] if body.get("kind") == _KIND else []


def _spec(path: Path, resource: dict[str, Any]) -> Mapping:
    spec = resource.get("spec")
    if not isinstance(spec, Mapping):
        line = getattr(resource, "line", 1)
        raise InvalidSpecError(f"{path}:{line}", "spec", "expected a mapping with groups")
    return spec


def _rules(path: Path, body: Mapping) -> list[Rule]:
    try:
        groups = _Groups.model_validate(body).groups
    except ValidationError as error:
        raise _refused(path, body, error) from error
    except RecursionError as error:
        raise InvalidSpecError(f"{path}:{body.line}", "groups", "nested too deep") from error
    return [_placed(path, group, rule) for group in groups for rule in group.rules]


def _placed(path: Path, group: _Group, rule: _Rule) -> Rule:
    labels = {k: v or "" for k, v in (group.labels | rule.labels).items()}
    annotations = {k: v or "" for k, v in rule.annotations.items()}
    place = Place(str(path), rule.line, f"{group.name}: {rule.alert or rule.record}")
    interval = group.interval or None
    return Rule(
        place, group.name, rule.record, rule.alert, rule.expr, rule.hold, interval, labels, annotations
    )


def _refused(path: Path, body: Mapping, error: ValidationError) -> InvalidSpecError:
    first = error.errors(include_url=False)[0]
    line, at = body.line, body
    for part in first["loc"]:
        line = at.lines.get(part, line) if isinstance(at, Mapping) and isinstance(part, str) else line
        at = at[part] if _has(at, part) else None  # type: ignore[index, assignment]
        line = at.line if isinstance(at, Mapping) else line
    field = ".".join(_shown(part) for part in first["loc"]) or "groups"
    reason = _SAID.get(first["type"], first["msg"].removeprefix("Value error, "))
    return InvalidSpecError(f"{path}:{line}", field, reason)


def _shown(part: str | int) -> str:
    """A key as it is where it can be read in one line."""
    return str(part) if str(part).isprintable() else ascii(part)


def _has(at: object, part: str | int) -> bool:
    if isinstance(at, list):
        return isinstance(part, int) and part < len(at)
    return isinstance(at, dict) and part in at

"""The parts of a ``prometheus.yml`` that rules depend on."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from slo.errors import InvalidSpecError
from slo.lint.located import documents
from slo.lint.relabel import Step
from slo.lint.rulefile import length

_MINUTE = timedelta(minutes=1)


def _listed(value: object) -> object:
    """A field without a value is an empty list."""
    return [] if value is None else value


def _length(value: object) -> object:
    return timedelta(seconds=length(value)) if isinstance(value, str) else value


class _Part(BaseModel):
    """Other fields than these are left to Prometheus."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Interval = Annotated[timedelta, BeforeValidator(_length)]


class _Relabel(_Part):
    action: str = "replace"
    source_labels: Annotated[list[str], BeforeValidator(_listed)] = []
    separator: str = ";"
    regex: str = "(.*)"
    target_label: str = ""

    def step(self) -> Step:
        return Step(
            self.action.lower(), tuple(self.source_labels), self.separator, self.regex, self.target_label
        )


class _Targets(_Part):
    labels: dict[str, str] = {}


class _Scrape(_Part):
    job_name: str = Field(min_length=1)
    scrape_interval: Interval | None = None
    honor_labels: str = "false"
    static_configs: Annotated[list[_Targets], BeforeValidator(_listed)] = []
    relabel_configs: Annotated[list[_Relabel], BeforeValidator(_listed)] = []
    metric_relabel_configs: Annotated[list[_Relabel], BeforeValidator(_listed)] = []


class _Global(_Part):
    scrape_interval: Interval = _MINUTE
    evaluation_interval: Interval = _MINUTE


class _Prometheus(_Part):
    global_: _Global = Field(default=_Global(), alias="global")
    scrape_configs: Annotated[list[_Scrape], BeforeValidator(_listed)] = []
    scrape_config_files: Annotated[list[str], BeforeValidator(_listed)] = []


class _ScrapeFile(_Part):
    scrape_configs: Annotated[list[_Scrape], BeforeValidator(_listed)] = []


class Job(NamedTuple):
    """A scrape job: the values that its series may have as ``job``, and what is done to its metrics."""

    names: tuple[str, ...]
    interval: timedelta
    relabelling: tuple[Step, ...]


class ScrapeConfig(NamedTuple):
    """What a Prometheus scrapes. ``open``: series may come with jobs of their own, so that none is unknown."""

    jobs: tuple[Job, ...]
    evaluation_interval: float
    open: bool


def read_config(path: Path) -> ScrapeConfig:
    """The scrape configuration of a Prometheus, with the files that it names.

    Raises ``SpecNotFoundError`` for a file that can't be read, ``InvalidSpecError`` for a field that is wrong.
    """
    main = _read(path, _Prometheus)
    scrapes = list(main.scrape_configs)
    for pattern in main.scrape_config_files:
        for file in sorted(path.parent.glob(pattern)) if not Path(pattern).is_absolute() else [Path(pattern)]:
            scrapes += _read(file, _ScrapeFile).scrape_configs
    if not scrapes:
        raise InvalidSpecError(
            str(path), "scrape_configs", "expected at least one job to hold the rules against"
        )
    every = main.global_.scrape_interval
    return ScrapeConfig(
        tuple(_job(scrape, every) for scrape in scrapes),
        main.global_.evaluation_interval.total_seconds(),
        any(_is_open(scrape) for scrape in scrapes),
    )


def _read(path: Path, model: type[Any]) -> Any:  # noqa: ANN401 - a value of the model
    body = next(iter(documents(path)), None)
    try:
        return model.model_validate(body or {})
    except ValidationError as error:
        raise InvalidSpecError.from_validation(str(path), error, titled=False) from error


def _job(scrape: _Scrape, every: timedelta) -> Job:
    own = [targets.labels["job"] for targets in scrape.static_configs if "job" in targets.labels]
    steps = tuple(one.step() for one in scrape.metric_relabel_configs)
    return Job((scrape.job_name, *dict.fromkeys(own)), scrape.scrape_interval or every, steps)


def _is_open(scrape: _Scrape) -> bool:
    steps = [*scrape.relabel_configs, *scrape.metric_relabel_configs]
    return scrape.honor_labels == "true" or any(
        one.target_label == "job" or one.action.lower() == "labelmap" for one in steps
    )

"""Any file of specs: each document is read by the format that it says it is in."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import yaml
from pydantic import ValidationError

from slo.alerting import Alerting
from slo.errors import InvalidSpecError, SpecNotFoundError
from slo.formats import openslo, pyrra, sloth
from slo.formats.document import Document, Imported
from slo.model import SLO, Platform, Service
from slo.yamltext import yaml_documents

_READERS: dict[tuple[str, str], Callable[[Document], Imported]] = {
    (sloth.API, "PrometheusServiceLevel"): sloth.read_resource,
    (pyrra.API, "ServiceLevelObjective"): pyrra.read,
}


class Loaded(NamedTuple):
    """A platform, and what of its files could not be carried over."""

    platform: Platform
    notes: tuple[str, ...] = ()


def read(path: Path) -> Loaded:
    """The services of all documents of a YAML file, or of all YAML files below a folder, as one platform.

    Raises ``SpecNotFoundError`` for a file that is not there or is not YAML, ``InvalidSpecError`` for a field.
    """
    files = [path] if path.is_file() else sorted(p for e in ("*.yml", "*.yaml") for p in path.rglob(e))
    if not files:
        raise SpecNotFoundError(str(path), "no YAML files there")
    documents = [document for file in files for document in _documents(file)]
    windows = dict(sloth.alert_windows(d) for d in documents if _kind(d) == (sloth.API, "AlertWindows"))
    specs = [d for d in documents if _kind(d) != (sloth.API, "AlertWindows")]
    if not specs:
        raise SpecNotFoundError(str(path), "no SLOs there")
    found = [_read(d) for d in specs if _kind(d)[0] not in openslo.APIS]
    found += openslo.read([d for d in specs if _kind(d)[0] in openslo.APIS])
    services = tuple(_with_rows(s, windows) for s in _merged(s for one in found for s in one.services))
    try:
        platform = Platform(name=path.stem, services=services)
    except ValidationError as error:
        raise InvalidSpecError.from_validation(str(path), error) from error
    return Loaded(platform, tuple(note for one in found for note in one.notes))


def _documents(file: Path) -> list[Document]:
    try:
        bodies = yaml_documents(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise SpecNotFoundError(str(file), f"not YAML: {' '.join(str(error).split())}") from error
    places = (
        [str(file)] if len(bodies) == 1 else [f"{file} (document {i})" for i in range(1, len(bodies) + 1)]
    )
    for place, body in zip(places, bodies, strict=True):
        if body is not None and not isinstance(body, dict):
            raise InvalidSpecError(place, "document", f"expected a mapping, got {type(body).__name__}")
    return [Document(p, b) for p, b in zip(places, bodies, strict=True) if b]


def _kind(document: Document) -> tuple[str, str]:
    body = document.body
    return str(body.get("apiVersion", body.get("version", ""))), str(body.get("kind", ""))


def _read(document: Document) -> Imported:
    kind = _kind(document)
    if kind[0] == sloth.VERSION:
        return sloth.read_file(document)
    if kind not in _READERS:
        raise document.wrong(
            "apiVersion, kind",
            f"expected a spec of Sloth, OpenSLO or Pyrra, got {kind[0] or 'no apiVersion'} {kind[1]}".rstrip(),
        )
    return _READERS[kind](document)


def _merged(services: Iterable[Service]) -> list[Service]:
    """Several documents may describe one service: the first says what it is, all say what it promises."""
    found: dict[str, Service] = {}
    for service in services:
        slos = (*(found[service.name].slos if service.name in found else ()), *service.slos)
        found[service.name] = found.get(service.name, service).model_copy(update={"slos": slos})
    return list(found.values())


def _with_rows(service: Service, windows: dict[timedelta, sloth.Rows]) -> Service:
    slos = tuple(_with_row(slo, windows) for slo in service.slos)
    return service.model_copy(update={"slos": slos})


def _with_row(slo: SLO, windows: dict[timedelta, sloth.Rows]) -> SLO:
    rows = windows.get(slo.window) if isinstance(slo.window, timedelta) else None
    if rows is None:
        return slo
    alerting = slo.alerting.model_copy(update={"policy": rows})
    return slo.model_copy(update={"alerting": Alerting.model_validate(alerting.model_dump())})

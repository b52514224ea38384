"""Configurations compared by meaning: what was generated against what a server says that it has loaded.

A server writes out its defaults and hides its secrets: neither is a difference. Anything that it has and was not
generated, and anything that was generated and it has not, is one.
"""

from collections.abc import Callable, Iterator
from typing import Any

from collectors.drift import defaults
from collectors.drift.times import in_seconds, is_time

_SECRET = "<secret>"  # noqa: S105 - what a server says instead of one
_EMPTY: tuple[Any, ...] = (None, False, "", 0, [], {})

Path = tuple[str, ...]
Default = Callable[[Path], Any]


def prometheus(generated: dict[str, Any], loaded: dict[str, Any]) -> list[str]:
    """Where a Prometheus differs from its prometheus.yml, as paths; none: it does not."""
    whole = loaded.get("global") or {}

    def default(path: Path) -> Any:  # noqa: ANN401 - of a setting of any type
        last = path[-1]
        if path[0] == "global" and last in defaults.PROMETHEUS_GLOBAL:
            return defaults.PROMETHEUS_GLOBAL[last]
        if path[0] == "scrape_configs" and last in {"scrape_interval", "scrape_timeout"}:
            return whole.get(last)
        return defaults.PROMETHEUS.get(last)

    return list(_differences(generated, loaded, (), default))


def alertmanager(generated: dict[str, Any], loaded: dict[str, Any]) -> list[str]:
    """Where an Alertmanager differs from its alertmanager.yml, as paths; none: it does not."""
    whole = loaded.get("global") or {}

    def default(path: Path) -> Any:  # noqa: ANN401
        kind, last = next((part for part in path if part.endswith("_configs")), ""), path[-1]
        if last == "send_resolved":
            return defaults.ALERTMANAGER_SENDS_RESOLVED.get(kind)
        if kind == "email_configs" and path[-2] == "headers":
            return _at(loaded, path[:-2]).get(last.lower())
        inherited = defaults.ALERTMANAGER_INHERITED.get(kind, {}).get(last)
        return whole.get(inherited) if inherited else defaults.ALERTMANAGER.get(last)

    return list(_differences(generated, loaded, (), default))


def _at(body: Any, path: Path) -> Any:  # noqa: ANN401 - YAML
    for part in path:
        body = body[int(part)] if isinstance(body, list) else body[part]
    return body


def _differences(wanted: Any, have: Any, path: Path, default: Default) -> Iterator[str]:  # noqa: ANN401 - YAML
    if isinstance(wanted, dict) and isinstance(have, dict):
        yield from _of_mappings(wanted, have, path, default)
    elif isinstance(wanted, list) and isinstance(have, list):
        if len(wanted) != len(have):
            yield f"{'.'.join(path)}: {len(wanted)} were generated, {len(have)} are loaded"
            return
        for number, (one, other) in enumerate(zip(wanted, have, strict=True)):
            yield from _differences(one, other, (*path, str(number)), default)
    elif have != _SECRET and _plain(wanted) != _plain(have):
        yield f"{'.'.join(path)}: was generated as another value"


def _of_mappings(wanted: dict[str, Any], have: dict[str, Any], path: Path, default: Default) -> Iterator[str]:
    for name in sorted({*wanted, *have}):
        here = (*path, str(name))
        if name in wanted and name in have:
            yield from _differences(wanted[name], have[name], here, default)
        elif name in defaults.UNWRITTEN_IF_EMPTY and wanted.get(name) == "":
            continue
        elif not _says_nothing((wanted if name in wanted else have)[name], here, default):
            what = "was generated, is not loaded" if name in wanted else "is loaded, was not generated"
            yield f"{'.'.join(here)}: {what}"


def _says_nothing(value: Any, path: Path, default: Default) -> bool:  # noqa: ANN401 - YAML
    """Whether a setting is what the server does without it."""
    usual = default(path)
    if usual is not None and not isinstance(value, dict | list):
        return bool(_plain(value) == _plain(usual))
    if value in _EMPTY or value == usual:
        return True
    if isinstance(value, dict):
        return all(_says_nothing(inner, (*path, str(name)), default) for name, inner in value.items())
    # Alertmanager fills in the names of its own templates.
    return isinstance(value, str) and value.startswith("{{ template ") and ".default." in value


def _plain(value: Any) -> Any:  # noqa: ANN401 - YAML
    """60s is 1m, and 15 is 15."""
    if isinstance(value, str) and is_time(value):
        return in_seconds(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value

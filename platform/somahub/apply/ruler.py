"""The ruler of Mimir or Cortex by its HTTP API.

Source: Grafana Mimir, the HTTP API's reference ("Ruler"); Cortex has the same calls below another prefix.
"""

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote

import httpx
import yaml

from slo.rulefile import dump
from slo.yamltext import yaml_documents
from somahub.apply.errors import RulerError
from somahub.apply.plan import Body

PREFIX = "/prometheus/config/v1/rules"
_AGAIN = {429, 500, 502, 503, 504}
_TRIES = 5
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 60.0
_HINTS = {
    400: "",
    401: "; it may want --tenant, or a token by --token-file or SLO_RULER_TOKEN",
    403: "; this tenant or token may not change rules there",
    404: "; no ruler API answers there: see --api-prefix, and whether the API is on (-ruler.enable-api)",
    405: "; no ruler API answers there: see --api-prefix, and whether the API is on (-ruler.enable-api)",
    413: "; the group is larger than the server takes",
}
_LIMITS = "; an administrator can raise ruler_max_rules_per_rule_group and ruler_max_rule_groups_per_tenant"
_NONE = ("no rule groups found", "group does not exist", "group namespace does not exist")


class Ruler(Protocol):
    """What holds rule groups by namespace and name."""

    def groups(self, namespace: str) -> list[Body]:
        """The groups of a namespace, none if it isn't there."""
        ...

    def put(self, namespace: str, group: Body) -> None:
        """Create a group, or replace the one of its name."""

    def remove(self, namespace: str, name: str) -> None:
        """Delete a group; one that is gone already is fine."""


class HttpRuler:
    """A ruler at a URL. Each method raises ``RulerError`` with what the ruler said.

    ``headers`` hold tenant and credentials, and are never shown. An answer of 429 or 5xx and a lost connection are tried again,
    after what ``Retry-After`` says or twice the last pause: every call may safely be repeated.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        prefix: str = PREFIX,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = f"{url.rstrip('/')}/{prefix.strip('/')}"
        self._client = httpx.Client(headers=dict(headers), timeout=30)
        self._wait = wait

    def groups(self, namespace: str) -> list[Body]:
        """The groups of a namespace, none if it isn't there."""
        answer = self._ask("GET", namespace)
        if answer is None:
            return []
        try:
            found = next(iter(yaml_documents(answer.text)), None)
        except yaml.YAMLError as error:
            raise RulerError(self._url, "the answer is not that of a ruler") from error
        groups = (found or {}).get(namespace, []) if isinstance(found, dict | None) else None
        if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
            raise RulerError(self._url, "the answer is not that of a ruler")
        return groups

    def put(self, namespace: str, group: Body) -> None:
        """Create a group, or replace the one of its name."""
        if self._ask("POST", namespace, content=dump(dict(group))) is None:
            raise RulerError(self._url, f"{group['name']}: nothing takes groups there")

    def remove(self, namespace: str, name: str) -> None:
        """Delete a group; one that is gone already is fine."""
        self._ask("DELETE", namespace, name)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, method: str, *path: str, content: str | None = None) -> httpx.Response | None:
        """The answer; None where it says that what was asked for isn't there."""
        address = "/".join([self._url, *(quote(part, safe="") for part in path)])
        answer = self._tried(method, address, content)
        if answer.is_success:
            return answer
        said = _said(answer)
        if answer.status_code == HTTPStatus.NOT_FOUND and said.lower() in _NONE:
            return None
        if answer.is_redirect:
            raise RulerError(self._url, f"redirects to {answer.headers.get('location')}: give that URL")
        hint = _LIMITS if "limit" in said and "exceeded" in said else _HINTS.get(answer.status_code, "")
        raise RulerError(
            self._url, f"{method} {'/'.join(path)}: {answer.status_code} {answer.reason_phrase}: {said}{hint}"
        )

    def _tried(self, method: str, address: str, content: str | None) -> httpx.Response:
        headers = {"Content-Type": "application/yaml"} if content is not None else {}
        for tried in range(1, _TRIES + 1):
            answer, lost = None, ""
            try:
                answer = self._client.request(method, address, content=content, headers=headers)
            except httpx.TransportError as error:
                lost = str(error) or type(error).__name__
            except (httpx.InvalidURL, httpx.HTTPError) as error:
                raise RulerError(self._url, str(error)) from error
            if answer is not None and answer.status_code not in _AGAIN:
                return answer
            pause = _asked_pause(answer) if answer is not None else None
            if tried == _TRIES or (pause or 0) > _LONGEST_PAUSE:
                if answer is not None:
                    return answer
                raise RulerError(self._url, f"no connection after {_TRIES} tries: {lost}")
            self._wait(_FIRST_PAUSE * 2 ** (tried - 1) if pause is None else pause)
        raise AssertionError  # the last try returned or raised


def _asked_pause(answer: httpx.Response) -> float | None:
    """Seconds that ``Retry-After`` asks for, as a number or a date."""
    given = answer.headers.get("retry-after", "")
    if given.isdecimal():
        return float(given)
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _said(answer: httpx.Response) -> str:
    """The ruler's own message: plain text, or the error of a JSON answer; on one line."""
    kind, text = answer.headers.get("content-type", ""), answer.text
    if "html" in kind:
        return "a web page"
    try:
        body: Any = json.loads(text) if "json" in kind else None
    except ValueError:
        body = None
    if isinstance(body, dict):
        text = str(body.get("error", text))
    return " ".join(text.split())[:300] or "no message"

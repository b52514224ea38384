"""A client of the pager's HTTP API, for commands."""

from collections.abc import Iterable
from datetime import datetime
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from alerts.paging.incident import Incident, Status
from alerts.paging.schedule import Override
from slo.errors import SLOError

_TIMEOUT = 10
_PAGE = 500
_Value = TypeVar("_Value")


class PagerError(SLOError):
    """The pager is not reachable, or refused; the message says which."""


class Kept(NamedTuple):
    """An override as the pager keeps it."""

    id: int
    override: Override


class PagerClient:
    """Raises ``PagerError`` for whatever goes wrong; close it, or use it as a context."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(headers=headers, timeout=_TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def incidents(self, status: Iterable[Status] = (), since: datetime | None = None) -> list[Incident]:
        """All incidents of these states, opened ``since``, oldest first."""
        found: list[Incident] = []
        asked: dict[str, Any] = {"limit": _PAGE, "status": [s.value for s in status]}
        if since:
            asked["since"] = since.isoformat()
        while True:
            page = self._ask("GET", "/incidents", params=asked)
            found += self._read(list[Incident], page["incidents"])
            if page["next"] is None:
                return found[::-1]
            asked["before"] = page["next"]

    def incident(self, which: str) -> Incident:
        """One, by its number (``17`` or ``#17``) or its id."""
        number = which.removeprefix("#")
        if not number.isdigit():
            return self._read(Incident, self._ask("GET", f"/incidents/{which}"))
        page = self._ask("GET", "/incidents", params={"before": int(number) + 1, "limit": 1})
        found = self._read(list[Incident], page["incidents"])
        if not found or found[0].number != int(number):
            raise PagerError(f"there is no incident {which}")
        return found[0]

    def act(self, incident: Incident, action: str, body: dict[str, Any] | None = None) -> Incident:
        """Acknowledge, resolve, snooze, reassign or add responders; what it is then."""
        return self._read(Incident, self._ask("POST", f"/incidents/{incident.id}/{action}", json=body))

    def trigger(self, body: dict[str, Any]) -> Incident:
        """Open an incident by hand."""
        return self._read(Incident, self._ask("POST", "/incidents", json=body))

    def notifications(self, incident: Incident) -> list[dict[str, Any]]:
        """What was sent of an incident, to whom, and how that went."""
        found: list[dict[str, Any]] = self._ask("GET", f"/incidents/{incident.id}/notifications")
        return found

    def overrides(self) -> list[Kept]:
        """All overrides, in the order in which they were made."""
        return [self._kept(one) for one in self._ask("GET", "/overrides")]

    def add_override(self, rotation: str, person: str, start: datetime, end: datetime) -> Kept:
        """Agree on one, in the name of the token's person."""
        span = {"start": start.isoformat(), "end": end.isoformat()}
        return self._kept(
            self._ask("POST", "/overrides", json={"rotation": rotation, "person": person} | span)
        )

    def remove_override(self, ident: int) -> None:
        """Take one back."""
        self._ask("DELETE", f"/overrides/{ident}")

    def _kept(self, told: dict[str, Any]) -> Kept:
        fields = dict(told)
        return Kept(fields.pop("id"), self._read(Override, fields))

    def _ask(self, method: str, path: str, **more: Any) -> Any:  # noqa: ANN401 - httpx's options, and JSON
        try:
            answer = self._client.request(method, f"{self.url}{path}", **more)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PagerError(f"the pager at {self.url} is not reachable: {_reason(error)}") from error
        if answer.is_success:
            return self._json(answer) if answer.content else None
        detail = _detail(answer)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            detail += " Give --token-file, or SLO_PAGER_TOKEN_FILE."
        raise PagerError(f"the pager refused: {detail}")

    def _json(self, answer: httpx.Response) -> Any:  # noqa: ANN401 - JSON
        try:
            return answer.json()
        except ValueError as error:
            raise PagerError(f"what answers at {self.url} is no pager") from error

    def _read(self, kind: type[_Value], told: object) -> _Value:
        try:
            return TypeAdapter(kind).validate_python(told)
        except ValidationError as error:
            raise PagerError(f"what answers at {self.url} is no pager of this version") from error


def _reason(error: Exception) -> str:
    return str(error).removeprefix("[Errno ").partition("] ")[2] or str(error) or type(error).__name__


def _detail(answer: httpx.Response) -> str:
    """What it says of itself (RFC 9457), or else its status."""
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("detail"), str):
        return f"{answer.status_code} {answer.reason_phrase}."
    errors = told.get("errors")
    reasons = [f"{e.get('field')}: {e.get('reason')}" for e in errors] if isinstance(errors, list) else []
    return " ".join([told["detail"], *reasons])

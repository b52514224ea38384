"""The tools that there are, by what is configured."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

import httpx

from somahub.services.tool_service.adapters import Adapter
from somahub.services.tool_service.adapters.github import CreateIssue, ListIssues
from somahub.services.tool_service.adapters.http import HttpFetch, HttpPost
from somahub.services.tool_service.adapters.objects import ObjectDelete, ObjectGet, ObjectPut
from somahub.services.tool_service.adapters.slack import SlackMessage
from somahub.services.tool_service.guard import AllowList, GuardedTransport
from somahub.services.tool_service.secrets import Secrets
from somahub.services.tool_service.settings import Settings
from somahub.services.tool_service.store import ObjectStore

_CONNECT = 3.0  # seconds
_REDIRECTS = 5


def adapters(
    settings: Settings, clients: "Clients", store: ObjectStore, secrets: Secrets
) -> Mapping[str, Adapter[Any]]:
    """Make the tools, by name."""
    kept = (store.client, store.endpoint, store.bucket, settings.largest)
    found: list[Adapter[Any]] = [ObjectPut(*kept), ObjectGet(*kept), ObjectDelete(*kept)]
    if settings.allowed_hosts:
        found += [HttpFetch(clients.guarded, settings.largest), HttpPost(clients.guarded, settings.largest)]
    if settings.github_token_file:
        github = (clients.plain, settings.github_url, settings.github_token_file, secrets)
        found += [CreateIssue(*github), ListIssues(*github)]
    if settings.slack_token_file:
        found.append(SlackMessage(clients.plain, settings.slack_url, settings.slack_token_file, secrets))
    return _by_name(found)


class Clients:
    """``guarded`` goes where callers say, ``plain`` where the settings say; neither heeds a proxy's variables."""

    def __init__(self, settings: Settings) -> None:
        timeout = httpx.Timeout(settings.attempt_timeout, connect=_CONNECT)
        allowed = AllowList(settings.allowed_hosts, settings.private_hosts)
        context = httpx.create_ssl_context()  # once: it reads all certificates
        self.guarded = httpx.AsyncClient(
            transport=GuardedTransport(allowed, context),
            timeout=timeout,
            max_redirects=_REDIRECTS,
            trust_env=False,
        )
        self.plain = httpx.AsyncClient(verify=context, timeout=timeout, trust_env=False)

    async def __aenter__(self) -> Self:
        """Open them."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close both."""
        await self.guarded.aclose()
        await self.plain.aclose()


def _by_name(found: Iterable[Adapter[Any]]) -> dict[str, Adapter[Any]]:
    return {adapter.name: adapter for adapter in sorted(found, key=lambda a: a.name)}

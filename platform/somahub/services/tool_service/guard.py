"""Where tools may connect to: hosts of a list, and no private address unless that is listed itself.

The address that was checked is the one that is connected to, so that a name can't change in between; and every
redirect passes here.
"""

import asyncio
import ipaddress
import socket
import ssl

import httpx

from somahub.services.tool_service.errors import RefusedError, UnavailableError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_PORTS = {"http": 80, "https": 443}
_LAST = 65535
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AllowList:
    """Hosts as ``example.org``, ``*.example.org`` (below it) or ``*`` (any public one), each with or without ``:port``.

    ``private`` are names whose addresses may be private; an address that stands in the list itself may be, too.
    """

    def __init__(self, hosts: str, private: str = "") -> None:
        self._hosts = [_split(entry) for entry in hosts.lower().split()]
        self._private = frozenset(private.lower().split()) | {h for h, _ in self._hosts if _literal(h)}

    def check(self, url: httpx.URL) -> None:
        """Raise ``RefusedError`` for a URL that no entry covers."""
        if url.scheme not in _PORTS:
            raise RefusedError(f"scheme {url.scheme or 'none'} is not allowed")
        if url.userinfo:
            raise RefusedError("a URL with a user's name or password is not allowed")
        host, port = name(url), url.port or _PORTS[url.scheme]
        if port > _LAST:
            raise RefusedError(f"there is no port {port}")
        if not any(_covers(entry, host) and p in {0, port} for entry, p in self._hosts):
            raise RefusedError(f"host {host}:{port} is not allowed")

    def may_be_private(self, host: str) -> bool:
        """Whether a host may have a private address."""
        return host in self._private


class GuardedTransport(httpx.AsyncBaseTransport):
    """A transport that asks the list first."""

    def __init__(self, allowed: AllowList, context: ssl.SSLContext) -> None:
        self._allowed = allowed
        # Connections are not kept: one to the same address may be another host's.
        self._inner = httpx.AsyncHTTPTransport(
            verify=context, limits=httpx.Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Check, resolve, check again, and send to that very address."""
        self._allowed.check(request.url)
        host = name(request.url)
        address = await self._address(host, request.url.port or _PORTS[request.url.scheme])
        sent = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._inner.handle_async_request(sent)

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()

    async def _address(self, host: str, port: int) -> str:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise UnavailableError(f"host {host} has no address") from error
        addresses = sorted({ipaddress.ip_address(entry[4][0]) for entry in found}, key=_preference)
        if not self._allowed.may_be_private(host) and not all(public(a) for a in addresses):
            raise RefusedError(f"host {host} has a private address")
        return str(addresses[0])


def name(url: httpx.URL) -> str:
    """A URL's host as it is compared: in ASCII, lower case, without the root's dot."""
    return url.raw_host.decode("ascii").lower().rstrip(".").strip("[]")


def public(address: _Address) -> bool:
    """Whether an address, and the IPv4 address that it may wrap, is one of the public Internet."""
    inner: _Address | None = None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is not None:
        return public(inner)
    return address.is_global and not address.is_multicast


def _preference(address: _Address) -> tuple[int, str]:
    return address.version, str(address)


def _split(entry: str) -> tuple[str, int]:
    if _literal(entry.strip("[]")):
        return entry.strip("[]"), 0
    host, colon, port = entry.rpartition(":")
    return (host.strip("[]"), int(port)) if colon else (entry, 0)


def _literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _covers(entry: str, host: str) -> bool:
    return entry in {"*", host} or (entry.startswith("*.") and host.endswith(entry[1:]))

"""Redis, key by key: https://redis.io/docs/latest/commands/dump/.

Each value is as it was when it was read; the whole is not of one moment. Values carry Redis' own checksum, and go back
into a server of the same or a newer version.
"""

import base64
import hashlib
import json
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis as client

from collectors.backups.backup import Backup, BackupError, Item

_FILE = "keys.jsonl"
_AT_ONCE = 500  # keys
_PATIENCE = 20.0  # seconds


class Redis:
    """A server by its URL; ``binary`` is the server that drills start."""

    def __init__(self, name: str, url: str, binary: str) -> None:
        self.name = name
        self._url = url
        self._binary = binary

    def back_up(self, folder: Path, previous: Backup | None) -> tuple[Item, ...]:  # noqa: ARG002 - read whole
        """Write a line for each key: the key, its value, and when it expires in milliseconds since the epoch, if ever."""
        keys = []
        try:
            with self._connected() as redis, (folder / _FILE).open("w", encoding="ascii") as file:
                for key, value, expires in _dumped(redis):
                    keys.append(key)
                    line = {"key": _text(key), "value": _text(value), "expires": expires}
                    file.write(json.dumps(line, separators=(",", ":")) + "\n")
        except client.RedisError as error:
            raise BackupError(self.name, str(error)) from error
        return (_item(keys),)

    def restore(self, folder: Path, place: Path) -> tuple[Item, ...]:
        """Into a server of its own, which ends with it; what has expired since comes back too, and for good."""
        try:
            with self._fresh(place) as redis:
                with (
                    redis.pipeline(transaction=False) as many,
                    (folder / _FILE).open(encoding="ascii") as file,
                ):
                    for line in file:
                        one = json.loads(line)
                        many.restore(base64.b64decode(one["key"]), 0, base64.b64decode(one["value"]))
                        if len(many) >= _AT_ONCE:
                            many.execute()
                    many.execute()
                return (_item(redis.scan_iter(count=_AT_ONCE)),)
        except (client.RedisError, ValueError, KeyError) as error:
            raise BackupError(self.name, f"could not be restored: {error}") from error

    @contextmanager
    def _connected(self) -> Iterator["client.Redis"]:
        redis = client.Redis.from_url(self._url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)
        with redis:
            yield redis

    @contextmanager
    def _fresh(self, place: Path) -> Iterator["client.Redis"]:
        socket = place / "redis.sock"
        argv = [self._binary, "--port", "0", "--unixsocket", str(socket), "--dir", str(place)]
        argv += ["--save", "", "--appendonly", "no"]
        server = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        try:
            with client.Redis(unix_socket_path=str(socket)) as redis:
                _wait(redis, server)
                yield redis
        finally:
            server.kill()
            server.wait()


def _wait(redis: "client.Redis", server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and server.poll() is None:
        with suppress(client.ConnectionError):
            redis.ping()
            return
        time.sleep(0.02)
    raise client.ConnectionError("the server of the drill did not start")


def _dumped(redis: "client.Redis") -> Iterator[tuple[bytes, bytes, int]]:
    """Keys that end while they are read are left out; a scan may give a key twice."""
    seen: set[bytes] = set()
    keys: list[bytes] = []
    for key in redis.scan_iter(count=_AT_ONCE):
        if key not in seen:
            seen.add(key)
            keys.append(key)
    for first in range(0, len(keys), _AT_ONCE):
        part = keys[first : first + _AT_ONCE]
        with redis.pipeline(transaction=False) as many:
            for key in part:
                many.dump(key)
                many.pttl(key)
            said = many.execute()
        now = int(time.time() * 1000)
        for key, value, left in zip(part, said[::2], said[1::2], strict=True):
            if value is not None:
                yield key, value, now + left if left > 0 else 0


def _item(keys: Iterable[bytes]) -> Item:
    found = sorted(keys)
    return Item(name="keys", count=len(found), digest=hashlib.sha256(b"\0".join(found)).hexdigest())


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")

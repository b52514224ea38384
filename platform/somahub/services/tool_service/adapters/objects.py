"""Objects in an S3 store. Each tenant sees its own only; its buckets are folders of one real bucket."""

import asyncio
import base64
import binascii
import io
from collections.abc import Callable
from typing import Annotated, ClassVar, TypeVar
from urllib.parse import quote

from minio import Minio
from minio.error import InvalidResponseError, S3Error, ServerError
from pydantic import AfterValidator, Field, JsonValue, StringConstraints
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, NewConnectionError
from urllib3.exceptions import TimeoutError as LateError

from somahub.ijson import Line, Text
from somahub.services.tool_service.adapters.adapter import A, Adapter, Arguments, Call
from somahub.services.tool_service.errors import RefusedError, ToolError, UnavailableError, UnclearError

_T = TypeVar("_T")
_BUSY = frozenset({"SlowDown", "ServiceUnavailable", "RequestLimitExceeded"})


def _key(key: str) -> str:
    if any(part in {"", ".", ".."} for part in key.split("/")):
        raise ValueError("expected a key without empty parts, . and ..")
    return key


class Place(Arguments):
    """Where an object is."""

    bucket: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] = "default"
    key: Annotated[Line, AfterValidator(_key)] = Field(min_length=1, max_length=500)


class Put(Place):
    """What to put there."""

    content: Text = Field(max_length=1_000_000, description="Text, or base64 where that is said.")
    base64: bool = False
    content_type: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e][\x20-\x7e]{0,99}$")] = "text/plain"


class _Objects(Adapter[A]):
    def __init__(self, client: Minio, endpoint: str, bucket: str, limit: int) -> None:
        self._client = client
        self._endpoint = endpoint
        self._bucket = bucket
        self._limit = limit

    def host(self, arguments: A) -> str:  # noqa: ARG002 - one for all
        """The store's."""
        return self._endpoint


class ObjectPut(_Objects[Put]):
    """Put: the same object again is the same object."""

    name: ClassVar = "object.put"
    description: ClassVar = "Store an object."
    repeatable: ClassVar = True
    arguments = Put

    async def call(self, arguments: Put, call: Call) -> JsonValue:
        """Store it."""
        try:
            data = (
                base64.b64decode(arguments.content, validate=True)
                if arguments.base64
                else arguments.content.encode()
            )
        except binascii.Error as error:
            raise RefusedError(f"content: {error}") from error
        name = _name(arguments, call)
        written = await _in_thread(
            lambda: self._client.put_object(
                self._bucket, name, io.BytesIO(data), len(data), content_type=arguments.content_type
            )
        )
        return {"bucket": arguments.bucket, "key": arguments.key, "size": len(data), "etag": written.etag}


class ObjectGet(_Objects[Place]):
    """Get."""

    name: ClassVar = "object.get"
    description: ClassVar = "Read an object."
    repeatable: ClassVar = True
    arguments = Place

    async def call(self, arguments: Place, call: Call) -> JsonValue:
        """Read it; text, or base64 where it is no UTF-8."""
        data = await _in_thread(lambda: self._read(_name(arguments, call)))
        about: dict[str, JsonValue] = {"bucket": arguments.bucket, "key": arguments.key, "size": len(data)}
        try:
            return {**about, "content": data.decode(), "base64": False}
        except UnicodeDecodeError:
            return {**about, "content": base64.b64encode(data).decode(), "base64": True}

    def _read(self, name: str) -> bytes:
        response = self._client.get_object(self._bucket, name)
        try:
            data = response.read(self._limit + 1)
        finally:
            response.close()
            response.release_conn()
        if len(data) > self._limit:
            raise RefusedError(f"the object is longer than {self._limit} bytes")
        return data


class ObjectDelete(_Objects[Place]):
    """Delete: what is gone is gone."""

    name: ClassVar = "object.delete"
    description: ClassVar = "Delete an object; one that is not there is no error."
    repeatable: ClassVar = True
    arguments = Place

    async def call(self, arguments: Place, call: Call) -> JsonValue:
        """Delete it."""
        await _in_thread(lambda: self._client.remove_object(self._bucket, _name(arguments, call)))
        return {"bucket": arguments.bucket, "key": arguments.key}


def _name(place: Place, call: Call) -> str:
    return f"{quote(call.tenant, safe='')}/{place.bucket}/{place.key}"


async def _in_thread(work: Callable[[], _T]) -> _T:
    try:
        return await asyncio.to_thread(work)
    except (S3Error, ServerError, InvalidResponseError) as error:
        raise _meaning(error) from error
    except (MaxRetryError, NewConnectionError, ConnectTimeoutError) as error:
        reason = error.reason if isinstance(error, MaxRetryError) else error
        if isinstance(reason, ConnectTimeoutError | NewConnectionError):
            # urllib3 counts a refused connection as one that timed out.
            late = not isinstance(reason, NewConnectionError)
            raise UnavailableError("no connection to the store", timeout=late) from error
        raise UnclearError("no answer of the store", timeout=isinstance(reason, LateError)) from error
    except (HTTPError, OSError) as error:
        raise UnclearError("no answer of the store", timeout=isinstance(error, LateError)) from error


def _meaning(error: S3Error | ServerError | InvalidResponseError) -> ToolError:
    if not isinstance(error, S3Error):
        return UnclearError("the store failed")
    status = error.response.status if error.response is not None else 0
    detail = f"{error.code}: {error.message}"
    if error.code in _BUSY:
        return UnavailableError(detail)
    return UnclearError(detail) if status >= 500 else RefusedError(detail)  # noqa: PLR2004 - HTTP

"""Reading certificates where they are: paths with wildcards, and ``tls://host:port``."""

import socket
import ssl
from collections.abc import Iterable
from glob import glob
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from collectors.certificates.certificate import Certificate, CertificateError, parsed

_PATIENCE = 5.0  # seconds for a handshake
_MOST_BYTES = 1 << 20


class Reading(NamedTuple):
    """What one source gave; ``error`` says why there is nothing."""

    source: str
    certificates: tuple[Certificate, ...] = ()
    error: str = ""


def sources(patterns: Iterable[str]) -> list[str]:
    """The files of each pattern as they are now, and the endpoints; one that matches nothing stays as it is.

    So a file that is gone is a source that can't be read, rather than nothing at all.
    """
    found: dict[str, None] = {}
    for pattern in patterns:
        paths = [] if "://" in pattern else sorted(glob(pattern, recursive=True))  # noqa: PTH207 - a whole pattern
        found.update(dict.fromkeys(paths or [pattern]))
    return list(found)


def read(source: str, password: bytes | None = None) -> Reading:
    """Read one file or endpoint; nothing is raised, as each source stands for itself."""
    try:
        data = _shown(source) if "://" in source else _held(source)
        return Reading(source, tuple(parsed(source, data, password)))
    except CertificateError as error:
        return Reading(source, error=error.reason)
    except (OSError, ValueError) as error:
        return Reading(source, error=str(error) or type(error).__name__)


def _held(source: str) -> bytes:
    path = Path(source)
    if path.stat().st_size > _MOST_BYTES:
        raise CertificateError(source, f"is larger than {_MOST_BYTES} bytes")
    return path.read_bytes()


def _shown(source: str) -> bytes:
    """The endpoint's own certificate; whether it is trusted is not asked, as its life is told either way."""
    parts = urlsplit(source)
    if parts.scheme != "tls" or not parts.hostname or not parts.port:
        raise CertificateError(source, "expected tls://host:port")
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((parts.hostname, parts.port), _PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname=parts.hostname) as secured,
    ):
        shown = secured.getpeercert(binary_form=True)
    if shown is None:
        raise CertificateError(source, "shows no certificate")
    return shown

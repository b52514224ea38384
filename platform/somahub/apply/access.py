"""Tenant and credentials as headers: secrets come from files or the environment, and are never shown."""

import base64
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from slo.errors import SLOError

TOKEN = "SLO_RULER_TOKEN"  # noqa: S105 - the name of a variable
GRAFANA_TOKEN = "SLO_GRAFANA_TOKEN"  # noqa: S105 - likewise
Credential = str | tuple[str, str] | None
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_SECRET = {"authorization", "cookie", "proxy-authorization"}


def headers(  # noqa: PLR0913, PLR0917 - one argument per option
    tenant: str,
    user: str,
    token_file: Path | None,
    given: Iterable[str],
    environment: Mapping[str, str],
    variable: str = TOKEN,
) -> dict[str, str]:
    """Headers of every request; ``given`` are NAME=VALUE, or NAME=@FILE for what is secret.

    Without a file, the token is that of the environment's ``variable``.
    """
    found = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not _NAME.fullmatch(name):
            raise SLOError(
                f"--header: expected NAME=VALUE or NAME=@FILE, got one that begins with {name[:20]!r}"
            )
        if name.lower() in _SECRET and not value.startswith("@"):
            raise SLOError(f"--header: {name} is a secret: give {name}=@FILE, or --token-file")
        text = _secret(Path(value[1:])) if value.startswith("@") else value
        found[name] = _line(f"--header: {name}", text)
    if tenant:
        found["X-Scope-OrgID"] = _line("--tenant", tenant)
    token = _secret(token_file) if token_file else environment.get(variable, "")
    if user and not token:
        raise SLOError(f"--user: its token is missing: give --token-file, or set {variable}")
    if token and user:
        found["Authorization"] = f"Basic {base64.b64encode(f'{user}:{token}'.encode()).decode()}"
    elif token:
        found["Authorization"] = f"Bearer {_line(variable, token)}"
    return found


def credential(user: str, token_file: Path | None, environment: Mapping[str, str]) -> Credential:
    """What Grafana takes: the token of a service account, or a user with a password; None for neither."""
    token = _secret(token_file) if token_file else environment.get(GRAFANA_TOKEN, "")
    if user and not token:
        raise SLOError(f"--user: its password is missing: give --token-file, or set {GRAFANA_TOKEN}")
    return (user, token) if user else _line(GRAFANA_TOKEN, token) or None


def plain_url(url: str, option: str = "--mimir") -> str:
    """A URL that may be shown: http or https, without a password in it."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise SLOError(f"{option}: {error}") from error
    if parts.username or parts.password:
        raise SLOError(f"{option}: no credentials in the URL: give --user and --token-file")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SLOError(f"{option}: expected a URL such as https://{option[2:]}.example.com, got {url!r}")
    return url


def _secret(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SLOError(f"{path}: can't be read as a secret: {type(error).__name__}") from error
    if not text:
        raise SLOError(f"{path}: is empty; expected a secret")
    return text


def _line(what: str, text: str) -> str:
    if not text.isprintable() or not text.isascii():
        raise SLOError(f"{what}: expected one line of plain characters")
    return text

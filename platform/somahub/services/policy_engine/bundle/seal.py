"""Sign a bundle, and verify one."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from joserfc import jws
from joserfc.errors import JoseError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from somahub.services.policy_engine.bundle.keys import Key, algorithm
from somahub.services.policy_engine.errors import BundleError

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
DATA = "data.json"


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, lt=2**53)
    files: dict[str, str]


class Bundle(NamedTuple):
    """A bundle whose signature and files are right; ``digest`` is the SHA-256 of its manifest."""

    version: int
    digest: str
    files: dict[str, str]
    modules: dict[str, str]
    data: dict[str, Any]


def seal(content: Mapping[str, bytes], version: int, key: Key) -> dict[str, bytes]:
    """Add a manifest and its signature to the policies and data."""
    own = {name: data for name, data in content.items() if name not in {MANIFEST, SIGNATURE}}
    files = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(own.items())}
    manifest = json.dumps({"version": version, "files": files}, indent=2).encode() + b"\n"
    name = algorithm(key)
    signed = jws.detach_content(jws.serialize_compact({"alg": name}, manifest, key, algorithms=[name]))
    return {**own, MANIFEST: manifest, SIGNATURE: signed.encode() + b"\n"}


def unseal(content: Mapping[str, bytes], key: Key) -> Bundle:
    """Check signature, then files, and return what is theirs; ``BundleError`` says what is wrong."""
    raw = content.get(MANIFEST)
    if raw is None:
        raise BundleError("invalid", f"expected a {MANIFEST}")
    if not content.get(SIGNATURE, b"").strip():
        raise BundleError("unsigned", f"expected a {SIGNATURE}")
    try:
        jws.deserialize_compact(content[SIGNATURE].strip(), key, algorithms=[algorithm(key)], payload=raw)
    except (JoseError, ValueError) as error:
        raise BundleError("tampered", f"{SIGNATURE} does not fit {MANIFEST} and the key") from error
    try:
        manifest = _Manifest.model_validate_json(raw)
    except ValidationError as error:
        raise BundleError("invalid", f"{MANIFEST}: {error}") from error
    _intact(content, manifest.files)
    try:
        modules = {n: content[n].decode() for n in sorted(manifest.files) if n.endswith(".rego")}
        data = json.loads(content.get(DATA, b"{}"))
    except ValueError as error:
        raise BundleError("invalid", f"expected UTF-8, and JSON in {DATA}: {error}") from error
    if not modules or not isinstance(data, dict):
        raise BundleError("invalid", f"expected one policy at least, and an object in {DATA}")
    return Bundle(manifest.version, hashlib.sha256(raw).hexdigest(), manifest.files, modules, data)


def _intact(content: Mapping[str, bytes], files: Mapping[str, str]) -> None:
    present = content.keys() - {MANIFEST, SIGNATURE}
    if unlisted := sorted(present - files.keys()):
        raise BundleError("tampered", f"not in the manifest: {', '.join(unlisted)}")
    for name, expected in files.items():
        if name not in content or hashlib.sha256(content[name]).hexdigest() != expected:
            raise BundleError("tampered", f"{name}: its SHA-256 is not the manifest's")

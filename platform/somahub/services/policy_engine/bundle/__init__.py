"""Constitution bundles: policies, data and a manifest, signed.

A bundle is a folder or a tar file of ``*.rego``, ``data.json``, ``manifest.json`` and ``manifest.sig``:
the version and the SHA-256 of each file, and a detached JWS (RFC 7515 appendix F) over the manifest's bytes.
"""

from somahub.services.policy_engine.bundle.content import pack, read, unpack, write
from somahub.services.policy_engine.bundle.keys import Key, generate, private_key, public_key, public_pem
from somahub.services.policy_engine.bundle.seal import Bundle, seal, unseal

__all__ = [
    "Bundle",
    "Key",
    "generate",
    "pack",
    "private_key",
    "public_key",
    "public_pem",
    "read",
    "seal",
    "unpack",
    "unseal",
    "write",
]

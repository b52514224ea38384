"""Keys of a bundle's signature: Ed25519 or P-256, as PEM files."""

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from somahub.services.policy_engine.errors import BundleError

Key = ECKey | OKPKey


def generate() -> tuple[bytes, bytes]:
    """A new Ed25519 key: its private and its public part."""
    key = OKPKey.generate_key("Ed25519")
    return key.as_pem(private=True), key.as_pem(private=False)


def private_key(pem: bytes) -> Key:
    """Read a private key."""
    key = public_key(pem)
    if not key.is_private:
        raise BundleError("invalid", "expected a private key, got a public one")
    return key


def public_key(pem: bytes) -> Key:
    """Read a public key."""
    for kind in (OKPKey, ECKey):
        try:
            key = kind.import_key(pem)
            algorithm(key)
        except (JoseError, ValueError, TypeError):
            continue
        return key
    raise BundleError("invalid", "expected a key of Ed25519 or P-256 as PEM")


def public_pem(pem: bytes) -> bytes:
    """The public part of a private key."""
    return private_key(pem).as_pem(private=False)


def algorithm(key: Key) -> str:
    """The one algorithm that goes with a key: a signature can't choose another (RFC 8725 section 3.1)."""
    return {"Ed25519": "Ed25519", "P-256": "ES256"}[str(key.curve_name)]

"""Certificates in bytes: PEM chains, DER, PKCS#12."""

from datetime import datetime
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from slo.errors import SLOError

_PEM = b"-----BEGIN CERTIFICATE-----"


class CertificateError(SLOError):
    """A source has no certificate that can be read."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class Certificate(NamedTuple):
    """Whose it is and when it is valid; ``name`` is the subject's, or the first that it stands for."""

    source: str
    name: str
    not_before: datetime
    not_after: datetime

    def left(self, now: datetime) -> float:
        """The fraction of its life that is left; below 0 once it has expired."""
        return (self.not_after - now) / (self.not_after - self.not_before)


def parsed(source: str, data: bytes, password: bytes | None = None) -> list[Certificate]:
    """All certificates in the bytes, in their order; of several with one name, the first to expire.

    Raises ``CertificateError`` where there is none. ``password`` opens a PKCS#12 container.
    """
    try:
        found = _found(data, password)
    except ValueError as error:
        raise CertificateError(source, f"is no certificate: {error}") from error
    if not found:
        raise CertificateError(source, "holds no certificate")
    first: dict[str, Certificate] = {}
    for one in found:
        name = _name(one)
        made = Certificate(source, name, one.not_valid_before_utc, one.not_valid_after_utc)
        first[name] = min(first.get(name, made), made, key=lambda certificate: certificate.not_after)
    return list(first.values())


def _found(data: bytes, password: bytes | None) -> list[x509.Certificate]:
    if _PEM in data:
        return x509.load_pem_x509_certificates(data)
    try:
        return [x509.load_der_x509_certificate(data)]
    except ValueError:
        container = pkcs12.load_pkcs12(data, password)
    own = [container.cert] if container.cert else []
    return [one.certificate for one in (*own, *container.additional_certs)]


def _name(certificate: x509.Certificate) -> str:
    """SPIFFE ids and many others have no common name."""
    for attribute in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME):
        return str(attribute.value)
    try:
        stands_for = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        stands_for = None
    for name in stands_for or ():
        return str(name.value)
    return f"serial {certificate.serial_number:x}"

"""When certificates expire: of files, and of what endpoints show."""

from collectors.certificates.certificate import Certificate, CertificateError, parsed
from collectors.certificates.reading import Reading, read, sources

__all__ = ["Certificate", "CertificateError", "Reading", "parsed", "read", "sources"]

"""Certificates in files and at endpoints, and what can't be read."""

from datetime import timedelta
from pathlib import Path

import pytest
from certificate import NOW, made, pem
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from live import free_port

from collectors.certificates import CertificateError, parsed, read, sources


def test_a_chain_is_read_whole_and_of_one_name_the_first_to_expire_counts() -> None:
    leaf, _ = made("shop", until=timedelta(days=3))
    other, _ = made("shop", until=timedelta(days=90))
    root, _ = made("root", until=timedelta(days=3650))
    found = parsed("chain.pem", pem(other) + pem(leaf) + pem(root))
    assert [(c.source, c.name, c.not_after - NOW) for c in found] == [
        ("chain.pem", "shop", timedelta(days=3)),
        ("chain.pem", "root", timedelta(days=3650)),
    ]


def test_an_identity_of_a_workload_is_judged_by_the_part_of_its_life_that_is_left() -> None:
    name = "spiffe://example.org/gateway"
    svid, _ = made(uri=name, since=timedelta(minutes=-45), until=timedelta(minutes=15))
    (found,) = parsed("svid.pem", pem(svid))
    assert found.name == name
    assert found.left(NOW) == pytest.approx(0.25)
    assert found.left(NOW + timedelta(hours=1)) < 0


def test_der_and_pkcs12_are_read_as_well() -> None:
    certificate, key = made("shop")
    other, _ = made()
    store = pkcs12.serialize_key_and_certificates(
        b"shop", key, certificate, [other], BestAvailableEncryption(b"secret")
    )
    assert [c.name for c in parsed("a.der", certificate.public_bytes(Encoding.DER))] == ["shop"]
    assert [c.name for c in parsed("a.p12", store, b"secret")] == ["shop", "serial abc"]
    with pytest.raises(CertificateError, match=r"^a\.p12: is no certificate: "):
        parsed("a.p12", store, b"wrong")


@pytest.mark.parametrize("text", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_an_error_of_its_source(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "broken.pem"
    path.write_bytes(text)
    found = read(str(path))
    assert found.source == str(path)
    assert not found.certificates
    assert found.error.startswith("is no certificate")


def test_a_file_that_is_gone_and_an_endpoint_that_does_not_answer_are_errors(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_bytes(pem(made("a")[0]))
    gone, nobody = str(tmp_path / "*.crt"), f"tls://127.0.0.1:{free_port()}"
    found = [read(source) for source in sources([str(tmp_path / "*.pem"), gone, nobody, "tls://nowhere"])]
    assert [bool(reading.certificates) for reading in found] == [True, False, False, False]
    assert [reading.error for reading in found[1:]] == [
        f"[Errno 2] No such file or directory: '{gone}'",
        "[Errno 111] Connection refused",
        "expected tls://host:port",
    ]

"""A review to its archive and to people, once: doing it again changes nothing and tells nobody twice.

Each version is kept below the beginning of its digest, so that a month that was reviewed again is there as it was. Who
was told of a period is noted beside them when the server took the mail: a delivery that was cut short goes on where it was.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ValidationError

from alerts.paging.tokens import secret
from slo.errors import SLOError
from slo.model import Platform
from slo.receivers import Email
from somahub.reviews.archive import Archive, ArchiveError
from somahub.reviews.forms import Form, rendered
from somahub.reviews.mail import mail, send
from somahub.reviews.model import Review

_MEDIA: dict[Form, str] = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
}
_NOTE = "delivered.json"
_VERSION = 12  # digits of the digest


class Delivered(BaseModel):
    """The note of a period: the digests of its versions, in order, and the one that each receiver was told of."""

    versions: list[str] = []
    told: dict[str, str] = {}


def mails(platform: Platform, names: Iterable[str]) -> list[Email]:
    """E-mail receivers of a spec by their names."""
    known = (
        {one.name: one for one in platform.oncall.receivers if isinstance(one, Email)}
        if platform.oncall
        else {}
    )
    for name in names:
        if name not in known:
            listed = ", ".join(sorted(known)) or "none"
            raise SLOError(f"--mail: {name} is no e-mail receiver of this spec, which has {listed}")
    return [known[name] for name in names]


def delivered(
    review: Review, archive: Archive, receivers: Iterable[Email], secrets: Path, *, again: bool
) -> Iterator[str]:
    """Keep all forms, and tell who was not told of the period yet; with ``again``, not of this version yet.

    Gives a line for each thing that it did.
    """
    if review.period.running:
        raise SLOError(f"{review.period.name} is still running: deliver it when it is over")
    if review.data.last is None:
        raise SLOError(f"{review.period.name}: the history knows nothing of it")
    place = f"{review.platform}/{review.period.name.replace(' ', '-')}"
    noted = _noted(archive, f"{place}/{_NOTE}")
    files: dict[Form, str] = {
        form: f"{place}/{review.digest[:_VERSION]}/slo-review.{form}" for form in _MEDIA
    }
    if review.digest in noted.versions:
        yield f"{place}: is kept already"
    else:
        for form, name in files.items():
            archive.write(name, rendered(review, form), _MEDIA[form])
            yield f"{name}: written"
        noted.versions.append(review.digest)
        _note(archive, f"{place}/{_NOTE}", noted)
    for receiver in receivers:
        known = noted.told.get(receiver.name)
        if known is not None and (not again or known == review.digest):
            yield f"{receiver.name}: was told already"
            continue
        told = mail(review, receiver, archive.read(files["pdf"]), files.values())
        send(told, receiver, secret(secrets / receiver.password_file) if receiver.password_file else "")
        noted.told[receiver.name] = review.digest
        _note(archive, f"{place}/{_NOTE}", noted)
        yield f"{receiver.name}: told"


def _noted(archive: Archive, name: str) -> Delivered:
    text = archive.read(name)
    try:
        return Delivered.model_validate_json(text) if text else Delivered()
    except ValidationError as error:
        raise ArchiveError(name, "is no note of a delivery") from error


def _note(archive: Archive, name: str, noted: Delivered) -> None:
    archive.write(name, noted.model_dump_json(indent=1).encode() + b"\n", _MEDIA["json"])

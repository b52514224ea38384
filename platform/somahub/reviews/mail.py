"""A review as a mail: the summary as text, the PDF with it."""

import smtplib
import ssl
from collections.abc import Iterable
from email.message import EmailMessage
from hashlib import sha256

from slo.errors import SLOError
from slo.receivers import Email
from somahub.reviews import words
from somahub.reviews.model import Review
from somahub.reviews.summary import summary

_TIMEOUT = 60


class MailError(SLOError):
    """The server didn't take a mail."""


def mail(review: Review, to: Email, pdf: bytes | None, places: Iterable[str]) -> EmailMessage:
    """What is sent; of a version, a receiver gets the same Message-ID each time, by which mail systems tell twins."""
    told = EmailMessage()
    title = words.title(review.period)
    missed = sum(row.adjusted.verdict == "missed" for row in review.rows)
    verdict = f"{missed} of {len(review.rows)} objectives missed" if missed else "no objective missed"
    told["From"], told["To"] = to.sender, to.to
    told["Subject"] = f"SLO review of {review.platform}, {title}: {verdict}"
    unique = sha256(f"{review.digest}\n{to.to}".encode()).hexdigest()[:32]
    told["Message-ID"] = f"<{unique}@{to.sender.rpartition('@')[2]}>"
    told["Auto-Submitted"] = "auto-generated"
    lines = [*summary(review), "", *places, f"SHA-256 {review.digest}"]
    told.set_content("\n".join(lines) + "\n")
    if pdf is not None:
        name = f"slo-review-{review.period.name}.pdf"
        told.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    return told


def send(told: EmailMessage, to: Email, password: str) -> None:
    """By the receiver's server; raises ``MailError`` unless it took it."""
    host, _, port = to.smarthost.rpartition(":")
    try:
        with smtplib.SMTP(host, int(port), timeout=_TIMEOUT) as server:
            server.ehlo()
            if to.require_tls or server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            if password:
                server.login(to.username, password)
            server.send_message(told)
    except (smtplib.SMTPException, OSError) as error:
        raise MailError(f"mail to {to.name}: {type(error).__name__}: {error}"[:300]) from error

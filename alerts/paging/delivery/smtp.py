"""E-mail by SMTP; its Message-ID is the same in every attempt, by which mail systems tell twins."""

import asyncio
from email.message import EmailMessage
from hashlib import sha256

import aiosmtplib

from alerts.paging.delivery.envelope import DeliveryError, Envelope, Post
from alerts.paging.incident import Occasion
from slo.receivers import Email


async def smtp(to: Email, envelope: Envelope, post: Post) -> str:
    """Send one; raises ``DeliveryError`` unless the server took it."""
    host, _, port = to.smarthost.rpartition(":")
    password = post.secret(to.password_file) if to.password_file else None
    try:
        await aiosmtplib.send(
            _mail(to, envelope),
            hostname=host,
            port=int(port),
            # Without the demand, it is used where the server has it.
            start_tls=True if to.require_tls else None,
            username=to.username if password else None,
            password=password,
        )
    except (aiosmtplib.SMTPException, OSError, asyncio.IncompleteReadError) as error:
        raise DeliveryError(f"{type(error).__name__}: {error}"[:200]) from error
    return ""


def _mail(to: Email, envelope: Envelope) -> EmailMessage:
    said = envelope.mail
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = to.sender, to.to, said.subject
    domain = to.sender.rpartition("@")[2]
    # Receivers' names and ids are short, but a line of a header has a limit.
    unique = sha256(envelope.dedup_key.encode()).hexdigest()[:32]
    mail["Message-ID"] = f"<{unique}@{domain}>"
    thread = f"<{envelope.incident.id}@{domain}>"
    mail["References"] = thread
    mail["X-Dedup-Key"] = envelope.dedup_key
    mail["Auto-Submitted"] = "auto-generated"
    if envelope.occasion in {Occasion.TRIGGERED, Occasion.ESCALATED}:
        mail["Importance"] = "high"
    mail.set_content(said.text)
    mail.add_alternative(said.html, subtype="html")
    return mail

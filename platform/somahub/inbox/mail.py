"""The mailbox: an SMTP server that takes every mail for everyone."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from somahub.inbox.kept import Kept, Message


class Mailbox:
    """Handler of aiosmtpd: a mail is kept before it is acknowledged, once for each recipient."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep one mail."""
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        for recipient in envelope.rcpt_tos:
            self._kept.add(
                Message(
                    number=0,
                    received=datetime.now(UTC),
                    kind="mail",
                    to=recipient,
                    # A long one begins on a line of its own.
                    title=mail.get("Subject", "").strip(),
                    text=_part(mail, "plain"),
                    html=_part(mail, "html"),
                    headers={name: str(value) for name, value in mail.items()},
                )
            )
        return "250 OK"


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    return str(body.get_content()) if body else ""

"""The inbox of a stack, by its two doors."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

import httpx
from live import free_port, process

# A mail has it on a line of its own.
LONG = "[P0] #1: Gateway API: the error budget of availability burns too fast, and has for long"


def test_mails_and_webhooks_are_kept_in_the_order_of_their_arrival_and_survive_a_kill(tmp_path: Path) -> None:
    settings = {"smtp_port": free_port(), "file": tmp_path / "inbox.jsonl"}
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = LONG, "slo@example.com", "ada@example.com"
    mail.set_content("Höher als erlaubt.")
    mail.add_alternative("<p>Höher als <b>erlaubt</b>.</p>", subtype="html")
    posted = {"text": "<script>", "blocks": []}

    with process("somahub.inbox", "INBOX", tmp_path, **settings) as (url, _):
        with smtplib.SMTP("127.0.0.1", settings["smtp_port"], timeout=10) as client:
            client.send_message(mail, to_addrs=["ada@example.com", "ben@example.com"])
        assert httpx.post(f"{url}/hook/slack", json=posted).text == '"ok"'
        ticket = {"attachments": [{"title": "[P2] Disk", "text": "*85 %*"}]}
        assert httpx.post(f"{url}/hook/tickets", json=ticket).text == '"ok"'
        assert httpx.post(f"{url}/hook/slack", content=b"{").status_code == 422
    with process("somahub.inbox", "INBOX", tmp_path, **settings) as (url, _):
        found = httpx.get(f"{url}/messages").json()
        assert [(m["kind"], m["to"], m["title"]) for m in found] == [
            ("mail", "ada@example.com", LONG),
            ("mail", "ben@example.com", LONG),
            ("webhook", "slack", "<script>"),
            ("webhook", "tickets", "[P2] Disk"),
        ]
        assert found[0]["text"].strip() == "Höher als erlaubt."
        assert "<b>erlaubt</b>" in httpx.get(f"{url}/messages/0/page").text
        assert found[2]["body"] == posted
        assert "<script>" not in httpx.get(url).text
        assert httpx.get(f"{url}/messages/4/page").status_code == 404

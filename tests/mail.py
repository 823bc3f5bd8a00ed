"""A mail server for tests, so that mail goes over a real SMTP socket."""

import re
from asyncio import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Letter:
    """One message as it came over the wire."""

    sender: str
    to: list[str]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The plain text, decoded."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    def link(self) -> str:
        """The only address in the text, without its host."""
        found = re.findall(r"https?://[^/\s]+(/\S*)", self.text)
        assert len(found) == 1, self.text
        return str(found[0])


@dataclass
class Mailbox:
    """Everything that was delivered, in order."""

    host: str = "127.0.0.1"
    port: int = 0
    letters: list[Letter] = field(default_factory=list)

    def only(self) -> Letter:
        """The one letter there is."""
        assert len(self.letters) == 1, [letter.subject for letter in self.letters]
        return self.letters[0]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # its name
        """Take a message in."""
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.letters.append(Letter(str(envelope.mail_from), [str(each) for each in envelope.rcpt_tos], message))
        return "250 OK"


class _Server(Controller):
    """On whichever port is free."""

    def _trigger_server(self) -> None:
        self.port = cast(Server, self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def delivered() -> Iterator[Mailbox]:
    """A mail server on a port of its own, and what it was given."""
    box = Mailbox()
    server = _Server(box, hostname=box.host, port=0)
    server.start()
    box.port = server.port
    try:
        yield box
    finally:
        server.stop()

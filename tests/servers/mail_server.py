"""A real mail server on loopback: takes mails, or keeps whoever brings one waiting."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.process import free_port, wait_until


@dataclass
class MailServer:
    """`mails` is what it has accepted. `is_asked` is set when somebody has brought a mail."""

    port: int = field(default_factory=free_port)
    mails: list[EmailMessage] = field(default_factory=list)
    is_asked: threading.Event = field(default_factory=threading.Event)
    # Whoever brings a mail waits for the answer until it is set.
    may_answer: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may_answer.set()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """The site's EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.stop()

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails to `address`."""
        return [mail for mail in self.mails if mail["To"] == address]

    def wait_for(self, address: str) -> EmailMessage:
        """Return the first mail to `address`, once it is there."""
        return wait_until(lambda: self.to(address), timeout=60, what=f"a mail to {address}")[0]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name.
        """Take a mail; whoever left before they were answered did not get it taken."""
        self.is_asked.set()
        await asyncio.to_thread(self.may_answer.wait, 60)
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@contextlib.contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a mail server."""
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.may_answer.set()
        server.stop()

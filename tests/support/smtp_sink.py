"""Mail servers for tests, on loopback: one that takes mail with a manner for each recipient, one that speaks a script."""
# ruff: noqa: N802, ARG002 - the hooks have the names and arguments that aiosmtpd calls

import asyncio
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Manner(StrEnum):
    """How the sink treats mail to an address."""

    OK = "ok"
    REFUSE = "refuse"  # 550 at RCPT
    CLOSING = "closing"  # 421 at RCPT
    LATER = "later"  # 451 at RCPT
    FULL = "full"  # 552 after the text
    BUSY_AFTER_TEXT = "busy_after_text"  # 451 after the text
    HANG_UP = "hang_up"  # takes the text, closes without an answer
    DRIP = "drip"  # answers the text one byte at a time, without an end
    SILENT = "silent"  # never answers RCPT


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as it came in; also one whose sender was not told so."""

    sender: str
    to: str
    raw: bytes
    is_encrypted: bool


@dataclass
class Sink:
    """What a running sink has seen, and how it behaves; changed while it runs."""

    port: int
    scheme: str = "smtp"
    options: str = "?starttls=no"
    login: str = ""
    manners: dict[str, Manner] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    rcpt_texts: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The mail URL of this sink."""
        return f"{self.scheme}://{self.login}127.0.0.1:{self.port}{self.options}"

    def to(self, address: str) -> list[Received]:
        """Return what came for an address."""
        return [mail for mail in self.received if mail.to == address]


class _Handler:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self._sink.connections += not session.ssl
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        match self._sink.manners.get(address):
            case Manner.REFUSE:
                return self._sink.rcpt_texts.get(address, "550 5.1.1 No such mailbox")
            case Manner.CLOSING:
                return "421 4.3.2 Service shutting down"
            case Manner.LATER:
                return "451 4.7.1 Greylisted, try again"
            case Manner.SILENT:
                await asyncio.sleep(3600)
            case _:
                pass
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        address = envelope.rcpt_tos[0]
        manner = self._sink.manners.get(address)
        if manner is Manner.FULL:
            return "552 5.2.2 Mailbox full"
        if manner is Manner.BUSY_AFTER_TEXT:
            return "451 4.3.0 Try again later"
        content = envelope.content
        assert isinstance(content, bytes)
        mail = Received(str(envelope.mail_from), address, content, session.ssl is not None)
        self._sink.received.append(mail)
        if manner is Manner.HANG_UP:
            _transport(server).abort()
            return "250 never seen"
        if manner is Manner.DRIP:
            await _drip(server)
        return "250 2.0.0 Ok: queued as 4B2F1"


async def _drip(server: SMTP) -> None:
    transport = _transport(server)
    while not transport.is_closing():
        transport.write(b"2")
        await asyncio.sleep(0.02)


def _transport(server: SMTP) -> asyncio.Transport:
    assert isinstance(server.transport, asyncio.Transport)
    return server.transport


@contextmanager
def sink(tls: ssl.SSLContext | None = None, user: tuple[str, str] | None = None) -> Iterator[Sink]:
    """Run a sink; with `tls` it offers STARTTLS, with `user` it wants this name and password."""
    running = Sink(_free_port(), options="?starttls=no" if tls is None else "?starttls=required")
    controller = Controller(
        _Handler(running),
        hostname="127.0.0.1",
        port=running.port,
        tls_context=tls,
        authenticator=_authenticator(user),
        auth_required=user is not None,
        auth_require_tls=tls is not None,
    )
    controller.start()
    try:
        yield running
    finally:
        controller.stop()


@contextmanager
def tls_sink(tls: ssl.SSLContext) -> Iterator[Sink]:
    """Run a sink that is encrypted from the first byte (`smtps://`)."""
    running = Sink(_free_port(), scheme="smtps", options="")
    controller = Controller(
        _Handler(running), hostname="127.0.0.1", port=running.port, ssl_context=tls
    )
    controller.start()
    try:
        yield running
    finally:
        controller.stop()


Answer = Callable[[bytes], bytes | None]


@contextmanager
def scripted(greeting: bytes, answer: Answer) -> Iterator[Sink]:
    """Run a server that says `greeting`, then `answer(line)` to each line; None hangs up."""
    running = Sink(0)

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            running.connections += 1
            self.wfile.write(greeting)
            try:
                while line := self.rfile.readline():
                    said = answer(line)
                    if said is None:
                        return
                    self.wfile.write(said)
            except OSError:
                return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        running.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield running
        finally:
            server.shutdown()
            thread.join()


def nobody() -> str:
    """Return a mail URL where nothing listens."""
    return f"smtp://127.0.0.1:{_free_port()}?starttls=no"


def _authenticator(user: tuple[str, str] | None):  # type: ignore[no-untyped-def]  # aiosmtpd wants its own untyped kind
    def judge(
        server: object, session: object, envelope: object, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(
            success=user == (data.login.decode(), data.password.decode()), handled=False
        )

    return judge


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

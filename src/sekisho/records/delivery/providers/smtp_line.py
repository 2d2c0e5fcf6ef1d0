"""One connection to a mail server; every wait on it ends at one deadline.

`smtplib` speaks EHLO, AUTH and reads answers; it waits anew for every byte, so a server that sends
one a second would hold it for ever (attack 128). Its reader is replaced by one with a deadline.
"""

import smtplib
import socket
import ssl
from datetime import timedelta

from sekisho.ground.clock import wait_clock
from sekisho.records.delivery.providers.smtp_url import Server
from sekisho.records.delivery.rules import Draft

_READY = 220
_OK = 250
_SEND_TEXT = 354
_LATE = "no full answer in time"


class Refusal(Exception):
    """The server said no in words: its code, its text, and to which command."""

    def __init__(self, code: int, said: bytes, command: str) -> None:
        """Remember the answer."""
        super().__init__(command)
        self.code = code
        self.said = said
        self.command = command


class NoEncryption(Exception):
    """The server offers no STARTTLS, and without it nothing is sent."""


class _Reader:
    """Reads lines until the deadline; in the place of smtplib's own file."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self.until = until
        self._socket = sock
        self._octets = b""

    def readline(self, limit: int) -> bytes:
        while b"\n" not in self._octets and len(self._octets) < limit:
            self._socket.settimeout(_left(self.until))
            try:
                more = self._socket.recv(8192)
            except TimeoutError:
                raise TimeoutError(_LATE) from None
            if not more:
                break
            self._octets += more
        end = self._octets.find(b"\n") + 1 or len(self._octets)
        end = min(end, limit)
        line, self._octets = self._octets[:end], self._octets[end:]
        return line

    def close(self) -> None:
        self._octets = b""


class Line:
    """A connection that is kept open between mails; a class because it holds the socket."""

    def __init__(
        self, server: Server, context: ssl.SSLContext, connect: timedelta, until: float
    ) -> None:
        """Connect, greet, encrypt and sign in, all before `until`."""
        self._server = server
        self._context = context
        self.used_at = wait_clock()
        within = min(connect.total_seconds(), _left(until))
        sock = socket.create_connection((server.host, server.port), timeout=within)
        self._client = smtplib.SMTP(local_hostname=server.helo or _own_name(sock))
        try:
            self._open(sock, until)
        except BaseException:
            sock.close()
            self._client.close()
            raise

    def envelope(self, draft: Draft, until: float) -> None:
        """Say from whom and to whom, and that the text comes; Refusal when the server declines."""
        self._until(until)
        commands = (
            (f"MAIL FROM:<{draft.sender}>", (_OK,)),
            (f"RCPT TO:<{draft.to}>", (_OK, 251)),
            ("DATA", (_SEND_TEXT,)),
        )
        if self._client.has_extn("pipelining"):
            self._together(commands)
            return
        for command, good in commands:
            self._say(command)
            self._expect(command, good)

    def text(self, draft: Draft, until: float) -> str:
        """Send the text and return what the server said to it; Refusal when it declines."""
        self._until(until)
        self._send(_stuffed(draft.raw) + b".\r\n")
        said = self._expect("text", (_OK,))
        self.used_at = wait_clock()
        return f"{_OK} {_first_line(said)}"

    def reset(self, until: float) -> None:
        """Forget a mail that was refused, so that the connection can be used again."""
        self._until(until)
        self._say("RSET")
        self._expect("RSET", (_OK,))
        self.used_at = wait_clock()

    def close(self) -> None:
        """Hang up, politely but without waiting for an answer."""
        sock = self._client.sock
        if sock is not None:
            try:
                sock.settimeout(0.1)
                sock.sendall(b"QUIT\r\n")
            except OSError:
                pass
        self._client.close()

    def _open(self, sock: socket.socket, until: float) -> None:
        if self._server.security == "tls":
            sock = self._encrypted(sock, until)
        self._take(sock, until)
        self._expect("greeting", (_READY,))
        self._hello()
        if self._server.security in {"required", "opportunistic"}:
            self._start_tls(until)
        if self._server.user is not None:
            try:
                self._client.login(self._server.user, self._server.password or "")
            except smtplib.SMTPAuthenticationError as error:
                raise Refusal(error.smtp_code, _octets(error.smtp_error), "AUTH") from None

    def _start_tls(self, until: float) -> None:
        if not self._client.has_extn("starttls"):
            if self._server.security == "required":
                raise NoEncryption
            return
        self._say("STARTTLS")
        self._expect("STARTTLS", (_READY,))
        # Threat: what was said before the encryption, features or injected answers, is forgotten.
        self._client.esmtp_features.clear()
        sock = self._client.sock
        if sock is None:
            raise ConnectionAbortedError("the connection was closed")
        self._take(self._encrypted(sock, until), until)
        self._hello()

    def _encrypted(self, sock: socket.socket, until: float) -> ssl.SSLSocket:
        sock.settimeout(_left(until))  # of the whole handshake: the ssl module counts it as one
        return self._context.wrap_socket(sock, server_hostname=self._server.host)

    def _take(self, sock: socket.socket, until: float) -> None:
        self._client.sock = sock
        self._reader = _Reader(sock, until)
        self._client.file = self._reader

    def _hello(self) -> None:
        code, said = self._client.ehlo()
        if code != _OK:
            raise Refusal(code, said, "EHLO")

    def _together(self, commands: tuple[tuple[str, tuple[int, ...]], ...]) -> None:
        """Say all at once (RFC 2920); every answer is read before the first refusal is raised."""
        self._send("".join(f"{command}\r\n" for command, _ in commands).encode())
        refused: Refusal | None = None
        for command, good in commands:
            try:
                self._expect(command, good)
            except Refusal as refusal:
                refused = refused or refusal
            else:
                if command == "DATA" and refused is not None:
                    self._send(b".\r\n")  # the server waits for a text that nobody gets
                    self._client.getreply()
        if refused is not None:
            raise refused

    def _say(self, command: str) -> None:
        self._send(f"{command}\r\n".encode("ascii"))

    def _send(self, octets: bytes) -> None:
        sock = self._client.sock
        if sock is None:
            raise ConnectionAbortedError("the connection was closed")
        sock.settimeout(_left(self._reader.until))
        sock.sendall(octets)

    def _expect(self, command: str, good: tuple[int, ...]) -> bytes:
        code, said = self._client.getreply()
        if code not in good:
            raise Refusal(code, said, command.partition(" ")[0])
        return said

    def _until(self, until: float) -> None:
        self._reader.until = until


def _stuffed(raw: bytes) -> bytes:
    """Double the dot that begins a line: alone it would end the text (RFC 5321 §4.5.2)."""
    stuffed = raw.replace(b"\n.", b"\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def _left(until: float) -> float:
    left = until - wait_clock()
    if left <= 0:
        raise TimeoutError(_LATE)
    return left


def _own_name(sock: socket.socket) -> str:
    """Return our name for EHLO: the full one, else an address literal (RFC 5321 §4.1.4)."""
    name = socket.gethostname()
    if "." in name:
        return name
    address: str = sock.getsockname()[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _first_line(said: bytes) -> str:
    return said.partition(b"\n")[0].decode("ascii", "replace")


def _octets(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode("utf-8", "replace")

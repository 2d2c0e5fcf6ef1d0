"""SMTP: one kept connection for each worker thread, verified TLS, and a deadline for every mail.

A connection that breaks after the text was sent leaves open whether the mail arrived: it is tried
again under the same Message-ID, which is the only case that can arrive twice (spec D2).
"""

import re
import smtplib
import ssl
import threading
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from sekisho.ground.clock import wait_clock
from sekisho.records.delivery.post_office import is_address
from sekisho.records.delivery.providers.smtp_line import Line, NoEncryption, Refusal
from sekisho.records.delivery.providers.smtp_url import Server, parse
from sekisho.records.delivery.rules import Accepted, Deferred, Draft, Rejected

_CLOSING = 421  # RFC 5321 §3.8: the server is about to hang up
_PERMANENT = 500
_LONGEST_CAUSE = 200  # signs
_LEAST_HIDDEN = 3  # signs of a local part that are looked for in what a server says
_ADDRESS = re.compile(r"[^\s<>()]+@[^\s<>()]+")
_NOT_SHOWN = re.compile(r"[^\x20-\x7e]+")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a mail server may take."""

    connect: timedelta = timedelta(seconds=10)
    mail: timedelta = timedelta(seconds=30)  # one mail with everything before it
    idle: timedelta = timedelta(seconds=30)  # an older connection is made anew
    rest: timedelta = timedelta(seconds=5)  # nobody calls a server again that just was not there


class SmtpProvider:
    """A mail server; a class because it holds the connections."""

    def __init__(self, server: Server, patience: Patience = Patience()) -> None:
        """Hold the address; a connection is made when a thread first sends."""
        self._server = server
        self._patience = patience
        self._threads = threading.local()
        self._lines: set[Line] = set()
        self._lock = threading.Lock()
        self._away: tuple[float, str] = (0.0, "")

    def send(self, draft: Draft) -> Accepted | Deferred | Rejected:
        """Hand one mail over before the deadline."""
        if not (is_address(draft.to) and is_address(draft.sender)):
            return Rejected("this address cannot be written to")
        resting_until, cause = self._away
        if wait_clock() < resting_until:
            return Deferred(cause)
        until = wait_clock() + self._patience.mail.total_seconds()
        kept = self._kept()
        if kept is not None:
            outcome = self._transact(kept, draft, until)
            if not isinstance(outcome, _Broken):
                return outcome
            if wait_clock() >= until:
                return Deferred(outcome.cause)
        line = self._open(until)
        outcome = line if isinstance(line, Deferred) else self._transact(line, draft, until)
        return Deferred(outcome.cause) if isinstance(outcome, _Broken) else outcome

    def check(self) -> str | None:
        """Connect as for sending, and return what went wrong, for `doctor`."""
        self._away = (0.0, "")
        line = self._open(wait_clock() + self._patience.mail.total_seconds())
        return line.cause if isinstance(line, Deferred) else None

    def close(self) -> None:
        """Hang up on all connections; for when no thread sends any more."""
        with self._lock:
            lines, self._lines = self._lines, set()
        for line in lines:
            line.close()

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._server.ca_file)

    def _kept(self) -> Line | None:
        line: Line | None = getattr(self._threads, "line", None)
        if line is None:
            return None
        if wait_clock() - line.used_at > self._patience.idle.total_seconds():
            self._drop(line)
            return None
        return line

    def _open(self, until: float) -> Line | Deferred:
        try:
            line = Line(self._server, self._context, self._patience.connect, until)
        except Refusal as refusal:
            cause = f"{refusal.command}: {refusal.code} {_first_line(refusal.said)}"
        except NoEncryption:
            cause = "the mail server offers no STARTTLS; set starttls=no for a server without it"
        except ssl.SSLError as error:
            cause = f"no encrypted connection: {_why(error)}"
        except (OSError, smtplib.SMTPException) as error:
            cause = f"no connection: {_why(error)}"
        else:
            self._threads.line = line
            with self._lock:
                self._lines.add(line)
            return line
        self._away = (wait_clock() + self._patience.rest.total_seconds(), cause)
        return Deferred(cause)

    def _drop(self, line: Line) -> None:
        self._threads.line = None
        with self._lock:
            self._lines.discard(line)
        line.close()

    def _transact(
        self, line: Line, draft: Draft, until: float
    ) -> "Accepted | Deferred | Rejected | _Broken":
        """Send on this line; broken before the text, the mail can safely go on another."""
        try:
            line.envelope(draft, until)
        except Refusal as refusal:
            return self._refused(line, refusal, draft, until)
        except (OSError, smtplib.SMTPException) as error:
            self._drop(line)
            return _Broken(f"no answer: {_why(error)}")
        try:
            return Accepted(_clean(line.text(draft, until), draft))
        except Refusal as refusal:
            return self._refused(line, refusal, draft, until)
        except (OSError, smtplib.SMTPException) as error:
            self._drop(line)
            return Deferred(f"no answer to the text, so it may have arrived: {_why(error)}")

    def _refused(
        self, line: Line, refusal: Refusal, draft: Draft, until: float
    ) -> "Deferred | Rejected | _Broken":
        cause = _clean(f"{refusal.code} {_first_line(refusal.said)}", draft)
        if refusal.code == _CLOSING:
            self._drop(line)
            return _Broken(cause) if refusal.command != "text" else Deferred(cause)
        try:
            line.reset(until)
        except (Refusal, OSError, smtplib.SMTPException):
            self._drop(line)
        # What is refused at MAIL is our sender or our login: the operator's to mend, not the end.
        if refusal.code < _PERMANENT or refusal.command == "MAIL":
            return Deferred(cause)
        return Rejected(cause)


@dataclass(frozen=True, slots=True)
class _Broken:
    """The connection broke before the text was sent."""

    cause: str


def provider(url: str) -> SmtpProvider:
    """Return the provider for `smtp://` and `smtps://`; ValueError says what is wrong."""
    return SmtpProvider(parse(url))


def _first_line(said: bytes) -> str:
    return _NOT_SHOWN.sub(" ", said.partition(b"\n")[0].decode("ascii", "replace"))


def _why(error: Exception) -> str:
    return _NOT_SHOWN.sub(" ", str(error))[:_LONGEST_CAUSE]


def _clean(said: str, draft: Draft) -> str:
    """Return what a server said without what must not be kept: addresses and codes (attack 027)."""
    said = _NOT_SHOWN.sub(" ", said)
    if draft.code:
        said = said.replace(draft.code, "…")
    said = _ADDRESS.sub("…", said)
    local = draft.to.rpartition("@")[0]
    if len(local) >= _LEAST_HIDDEN:
        said = re.sub(re.escape(local), "…", said, flags=re.IGNORECASE)
    return said[:_LONGEST_CAUSE]

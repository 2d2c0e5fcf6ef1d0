"""What a carrier knows of a number: when its SIM or its carrier changed, and whether it is VOIP.

Whoever took over a number by a new SIM gets its texts (attack 081). A look-up asks a service of the
operator's, off unless one is set, just before a code goes out: never while a request waits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from sekisho.records.delivery import signing
from sekisho.records.delivery.providers.gateway_url import parse
from sekisho.records.delivery.providers.http_line import Answer, HttpLine

TYPE = "number.lookup"
_WITHIN = timedelta(seconds=2)  # a code waits no longer for it
_OK = 200
_OPTIONS = frozenset({"secret"})


@dataclass(frozen=True, slots=True)
class Signals:
    """What was found out: when the number last changed hands or SIM, whether it is VOIP."""

    changed_at: datetime | None = None
    is_voip: bool = False


class Lookup(Protocol):
    """Whoever knows: a webhook of the operator's, or a test."""

    def look(self, number: str, now: datetime) -> Signals | None:
        """Return what is known of a number, None when there is no answer in time."""

    def close(self) -> None:
        """Let go of connections."""


class _Data(msgspec.Struct, frozen=True):
    to: str


class _Question(msgspec.Struct, frozen=True):
    type: str
    timestamp: str
    data: _Data


class _Told(msgspec.Struct):
    changed_at: datetime | None = None
    line: str | None = None


_read = msgspec.json.Decoder(_Told).decode


class WebhookLookup:
    """Asks by a signed webhook; a class because it holds the connections."""

    def __init__(self, url: str) -> None:
        """Read the URL; ValueError says what is wrong."""
        if url.partition("://")[0].lower() != "webhook":
            raise ValueError("write it as webhook://HOST/PATH?secret=whsec_…")
        where = parse(url, _OPTIONS)
        self._secret = signing.read_secret(where.options.get("secret", ""))
        self._line = HttpLine(where.base, where.ca_file)

    def look(self, number: str, now: datetime) -> Signals | None:
        """Ask, and wait two seconds at most."""
        stamp = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        body = msgspec.json.encode(_Question(TYPE, stamp, _Data(number)))
        headers = {
            "Content-Type": "application/json",
            **signing.sign(self._secret, f"look_{stamp}", now, body),
        }
        answer = self._line.post("", body, headers, _WITHIN)
        if not isinstance(answer, Answer) or answer.status != _OK:
            return None
        try:
            told = _read(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        changed_at = told.changed_at
        if changed_at is not None and changed_at.tzinfo is None:
            return None  # an instant without its zone may be hours off
        return Signals(changed_at, is_voip=told.line == "voip")

    def close(self) -> None:
        """Hang up."""
        self._line.close()

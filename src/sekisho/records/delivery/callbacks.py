"""What gateways tell later: callbacks in, verified reports out. Pure functions; no store, no clock.

Twilio's come to `…/<message id>`, which its signature covers; a webhook's names the message inside.
Nothing is believed before its signature is, and nothing of a person is kept of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import msgspec

from sekisho.ground import ids
from sekisho.records.delivery import signing
from sekisho.records.delivery.rules import Report

_Word = Literal["delivered", "bounced"]
MOST_FIELDS = 60
_LONGEST = 60  # signs of a cause
_ERROR = re.compile(r"[0-9]{1,6}")
_PERSONAL = re.compile(r"[^\x20-\x7e]+|[0-9+@][0-9 @.()+-]{4,}")  # no numbers, codes, addresses
_STATUSES: Mapping[str, _Word] = {
    "delivered": "delivered",
    "undelivered": "bounced",
    "failed": "bounced",
}
_CALLS: Mapping[str, _Word] = {
    "completed": "delivered",
    "busy": "bounced",
    "no-answer": "bounced",
    "failed": "bounced",
    "canceled": "bounced",
}


@dataclass(frozen=True, slots=True)
class CallbackKeys:
    """What callbacks may be signed with."""

    tokens: Sequence[str] = field(default=(), repr=False)
    secrets: Sequence[bytes] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Unsigned:
    """Nobody whom we know said this."""


class _Data(msgspec.Struct):
    id: str
    detail: str = ""


class _Payload(msgspec.Struct):
    type: Literal["message.delivered", "message.bounced"]
    data: _Data


_read = msgspec.json.Decoder(_Payload).decode


def from_twilio(
    tokens: Sequence[str], url: str, form: Sequence[tuple[str, str]], signature: str
) -> Report | Unsigned | None:
    """Read a status callback; None when it says nothing final.

    `url` is the one that Twilio was given, in the public origin, whatever a proxy made of it.
    """
    if len(form) > MOST_FIELDS:
        return Unsigned()
    # Threat: a stranger marks an owner's number as bouncing. (test_delivery_callbacks)
    if not any(signing.is_from_twilio(token, url, form, signature) for token in tokens):
        return Unsigned()
    fields = dict(form)
    status = fields.get("MessageStatus") or fields.get("CallStatus", "")
    word = (_STATUSES if "MessageStatus" in fields else _CALLS).get(status)
    message = ids.read("msg", url.partition("?")[0].rpartition("/")[2])
    if word is None or message is None:
        return None
    error = fields.get("ErrorCode", "")
    detail = f"{status}, error {error}" if _ERROR.fullmatch(error) else status
    return Report(message, word, detail)


def from_webhook(
    secrets: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: datetime
) -> Report | Unsigned | None:
    """Read `{"type": "message.bounced", "data": {"id": "msg_…", "detail": "…"}}`, signed.

    `headers` have lower-case names. None when it is of another shape, Unsigned also when too old.
    """
    if not any(signing.is_signed(secret, headers, body, now) for secret in secrets):
        return Unsigned()
    try:
        payload = _read(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    message = ids.read("msg", payload.data.id)
    if message is None:
        return None
    word: _Word = "delivered" if payload.type == "message.delivered" else "bounced"
    return Report(message, word, _PERSONAL.sub("…", payload.data.detail)[:_LONGEST])

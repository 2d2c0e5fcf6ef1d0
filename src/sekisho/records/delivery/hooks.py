"""Where gateways tell what became of a message (spec D4): each callback is verified, then noted.

Who has no key learns nothing: whatever he sends, to whichever message, is not found. Who has one
is thanked alike for a message that is there, one that is gone, and one that he told of before.
"""

from functools import partial
from urllib.parse import parse_qsl

from sekisho.ground.db import Database
from sekisho.records.delivery import actions, callbacks
from sekisho.records.delivery.callbacks import CallbackKeys, Unsigned
from sekisho.records.delivery.rules import Report
from sekisho.web.calls import Call
from sekisho.web.replies import Empty, Plain, Reply
from sekisho.web.routing import Route

_TWILIO = "/hooks/twilio/{message}"
_WEBHOOK = "/hooks/webhook"
_NOT_FOUND = Plain(b"not found\n", "text/plain; charset=utf-8", status=404)


def routes(db: Database, origin: str, keys: CallbackKeys) -> tuple[Route, ...]:
    """Return the ways in for gateways; `origin` is of the public URL, which Twilio signs."""
    return (
        Route("POST", _TWILIO, partial(from_twilio, db, origin, keys)),
        Route("POST", _WEBHOOK, partial(from_webhook, db, keys)),
    )


def from_twilio(db: Database, origin: str, keys: CallbackKeys, call: Call) -> Reply:
    """Take a status callback of Twilio, or of a gateway that speaks like it."""
    try:
        form = parse_qsl(
            call.body.decode(), keep_blank_values=True, max_num_fields=callbacks.MOST_FIELDS
        )
    except ValueError:
        return _NOT_FOUND
    signature = call.headers.get("x-twilio-signature", "")
    told = callbacks.from_twilio(keys.tokens, f"{origin}{call.path}", form, signature)
    return _note(db, told)


def from_webhook(db: Database, keys: CallbackKeys, call: Call) -> Reply:
    """Take a signed report of the operator's own gateway."""
    return _note(db, callbacks.from_webhook(keys.secrets, call.headers, call.body, call.now))


def _note(db: Database, told: Report | Unsigned | None) -> Reply:
    if isinstance(told, Unsigned):
        return _NOT_FOUND
    if told is not None:
        db.write("delivery.report", lambda work: actions.report(work, told))
    return Empty()

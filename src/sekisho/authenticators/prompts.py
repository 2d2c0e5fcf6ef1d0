"""What pages show of a kind that is being asked for, and how its answer is read from their form."""

import json

from sekisho.authenticators.rules import CODES, Given, Status
from sekisho.web.calls import Call

SENT = frozenset(CODES.values())
_FIELDS = ("password", "credential")


def given(call: Call) -> Given:
    """Return the answer in a form: a password, what a browser gave of a passkey, or else a code."""
    field = next((one for one in _FIELDS if one in call.form), "code")
    return Given(call.form.get(field, ""), field, trusts=call.form.get("trust") == "yes")


def context(kind: str, seen: Status) -> dict[str, object]:
    """Return what `web/method_parts.html` is given of the kind that was asked for; "" for none."""
    newest = seen.challenge
    return {
        "kind": kind,
        "passkey_options": json.dumps(seen.public_key) if seen.public_key else "",
        "is_answered": newest is not None and kind == "passkey" and newest.tries > 0,
    }

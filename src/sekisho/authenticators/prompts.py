"""What pages show of a kind that is being asked for, and how its answer is read from their form."""

import json

from sekisho.authenticators.rules import CODES, Given, Status
from sekisho.web.calls import Call

SENT = frozenset(CODES.values())
_FIELDS = ("password", "credential", "push")
_OFFERED_AS = {"security_key": "passkey", "push_6": "push"}  # proofs by another name than the way


def given(call: Call) -> Given:
    """Return the answer in a form; without a field of its own kind it is a code."""
    field = next((one for one in _FIELDS if one in call.form), "code")
    return Given(call.form.get(field, ""), field, trusts=call.form.get("trust") == "yes")


def ways(seen: Status) -> list[dict[str, object]]:
    """Return the ways on as pages show them: those used last in this browser first (screen 2)."""
    last = [_OFFERED_AS.get(one, one) for one in seen.last]
    ranks = {kind: last.index(kind) for kind in last}
    offered = sorted(seen.options, key=lambda one: ranks.get(one.kind, len(last)))
    return [{"id": one.id, "kind": one.kind, "hint": one.hint} for one in offered]


def context(kind: str, seen: Status, path: str) -> dict[str, object]:
    """Return what `web/method_parts.html` is given of the kind that was asked for; "" for none.

    `path` is where the proof's page is.
    """
    newest = seen.challenge
    return {
        "kind": kind,
        "passkey_options": json.dumps(seen.public_key) if seen.public_key else "",
        "approval": seen.approval,
        "approve_until": newest.ends_at if newest else None,
        "approve_again": next((one.id for one in seen.options if one.kind == kind), ""),
        "wait_path": f"{path}/push.json",
        "is_answered": newest is not None and kind == "passkey" and newest.tries > 0,
    }

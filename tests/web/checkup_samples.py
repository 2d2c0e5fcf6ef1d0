"""What the page of the check-up is shown with in tests; samples.py gathers it."""

from datetime import timedelta
from typing import Any

from sekisho.ground.refusal import Reason, Refused

_HOME = "/account/security"


def pages(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a context for each state of the page."""
    now = framed["now"]
    fine = {
        "hint": "ta*****@example.com",
        "health": "ok",
        "failing_since": None,
        "test_path": f"{_HOME}/contacts/ctc_0k8rz2m4v7q1c/test",
    }
    steps = [
        {"step": "contacts", "is_done": False, "where": ""},
        {"step": "reached", "is_done": True, "where": ""},
        {"step": "second_contact", "is_done": False, "where": f"{_HOME}/add"},
        {"step": "two_step", "is_done": False, "where": f"{_HOME}/methods"},
        {"step": "recovery_code", "is_done": False, "where": f"{_HOME}/methods/add/recovery_code"},
    ]
    first = {
        **framed,
        "path": f"{_HOME}/checkup",
        "contacts": [fine],
        "is_due": True,
        "due_at": now - timedelta(days=2),
        "can_try": False,
        "steps": steps,
        "answered": "",
        "refused": None,
        "try_action": f"{_HOME}/checkup/second-step",
        "security_path": _HOME,
    }
    stale = {**fine, "hint": "******89", "health": "stale"}
    failing = {**fine, "hint": "ta*****@example.net", "health": "failing", "failing_since": now}
    tried = {"step": "second_step", "is_done": False, "where": ""}
    all_done = [{**one, "is_done": True} for one in [*steps, tried]]
    often = Refused(Reason.TOO_MANY_REQUESTS, retry_at=now + timedelta(minutes=30))
    rested = {**first, "is_due": False, "due_at": now + timedelta(days=88)}
    return {
        "security_info/checkup.html#first": first,
        "security_info/checkup.html#failing": {**first, "contacts": [fine, stale, failing]},
        "security_info/checkup.html#two_step": {
            **first,
            "can_try": True,
            "steps": [*steps, tried],
        },
        "security_info/checkup.html#often": {**first, "can_try": True, "refused": often},
        "security_info/checkup.html#confirmed": {**rested, "answered": "confirmed"},
        "security_info/checkup.html#tried": {**rested, "steps": all_done, "answered": "tried"},
    }

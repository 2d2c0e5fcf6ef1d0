"""What the page of a test message is shown with in tests; samples.py gathers it."""

from datetime import timedelta
from typing import Any

from sekisho.ground.refusal import Reason, Refused

_PATH = "/account/security/contacts/ctc_0k8rz2m4v7q1c/test"


def pages(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a context for each state of the page."""
    now = framed["now"]
    first = {
        **framed,
        "path": _PATH,
        "hint": "ta*****@example.net",
        "is_phone": False,
        "steps": [],
        "failing_since": None,
        "has_arrived": False,
        "refused": None,
        "arrived_action": f"{_PATH}/arrived",
        "back_path": "/account/security",
    }
    queued = {"at": now - timedelta(seconds=20), "state": "queued"}
    states = {
        state: {**first, "steps": [queued, {"at": now, "state": state}]}
        for state in ("handed_over", "deferred", "delivered", "bounced", "dead")
    }
    too_soon = Refused(Reason.TOO_SOON, retry_at=now + timedelta(seconds=40))
    often = Refused(Reason.TOO_MANY_REQUESTS, retry_at=now + timedelta(hours=20))
    return {
        "contact_tests/test.html#first": first,
        "contact_tests/test.html#queued": {**first, "steps": [queued]},
        **{f"contact_tests/test.html#{state}": context for state, context in states.items()},
        "contact_tests/test.html#phone": {
            **states["bounced"],
            "hint": "******99",
            "is_phone": True,
        },
        "contact_tests/test.html#failing": {**states["dead"], "failing_since": now},
        "contact_tests/test.html#arrived": {**states["handed_over"], "has_arrived": True},
        "contact_tests/test.html#too_soon": {**states["handed_over"], "refused": too_soon},
        "contact_tests/test.html#often": {**states["handed_over"], "refused": often},
    }

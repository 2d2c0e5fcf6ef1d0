"""What the page of notices is shown with in tests; samples.py gathers it."""

from datetime import timedelta
from typing import Any

from sekisho.records.notices.rules import NOTICES


def pages(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a context for each state of the page."""
    path = "/account/security/notices"
    box = {"id": "code_flood-email", "kind": "code_flood", "by": "email", "is_on": True}
    first = {
        **framed,
        "path": path,
        "readers": [{"hint": "ta*****@example.com", "until": None}],
        "choices": [box],
        "always": [told.value for told, notice in NOTICES.items() if notice.is_critical],
        "is_saved": False,
    }
    removed = {"hint": "ta*****@example.net", "until": framed["now"] + timedelta(days=12)}
    by_phone = {**box, "id": "code_flood-sms", "by": "sms"}
    return {
        "notice_choices/choices.html#first": first,
        "notice_choices/choices.html#phone": {**first, "choices": [box, by_phone]},
        "notice_choices/choices.html#saved": {
            **first,
            "readers": [*first["readers"], removed],
            "choices": [{**box, "is_on": False}],
            "is_saved": True,
        },
    }

"""Trusted browsers: where the second step of a sign-in was proved lately, and is not asked again.

A browser that is trusted has proved nothing by that: it never skips a step-up, and a session that
leaned on it claims no more than what was proved (spec S2; NIST SP 800-63B-4 §5.1).
"""

from sekisho.records.trust.actions import (
    cookie,
    end,
    end_all,
    end_with_change,
    give,
    is_still,
    recognise,
    use,
)
from sekisho.records.trust.rules import Kept, Policy
from sekisho.records.trust.store import TABLES, end_others, of_account, sweep

__all__ = [
    "TABLES",
    "Kept",
    "Policy",
    "cookie",
    "end",
    "end_all",
    "end_others",
    "end_with_change",
    "give",
    "is_still",
    "of_account",
    "recognise",
    "sweep",
    "use",
]

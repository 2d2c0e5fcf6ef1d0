"""Limits: what guesses and messages an account may have, exactly and durably, in one book.

A *lane* is who asks: all strangers together, or one familiar browser (spec C6, C10, F2, F3).
Coarse limits by source stand before it and may be approximate (spec F1).
"""

from sekisho.records.limits.gate import (
    Counter,
    Gate,
    Passed,
    Port,
    open_gate,
    take_answer,
    take_request,
)
from sekisho.records.limits.lanes import STRANGER, Book
from sekisho.records.limits.rules import (
    Asking,
    Charge,
    Policy,
    Sending,
    ask,
    block,
    charge,
    lane_of,
    opened,
    reopen,
    settle,
    with_reserve,
)
from sekisho.records.limits.store import TABLES, book, forget, keep, reading, sweep

__all__ = [
    "STRANGER",
    "TABLES",
    "Asking",
    "Book",
    "Charge",
    "Counter",
    "Gate",
    "Passed",
    "Policy",
    "Port",
    "Sending",
    "ask",
    "block",
    "book",
    "charge",
    "forget",
    "keep",
    "lane_of",
    "open_gate",
    "opened",
    "reading",
    "reopen",
    "settle",
    "sweep",
    "take_answer",
    "take_request",
    "with_reserve",
]

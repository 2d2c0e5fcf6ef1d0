"""Flows: one attempt at a purpose, its newest challenge, and the charging of tries.

A flow that nobody asked a code for exists only as its ticket; its row comes with the first code.
"""

from sekisho.records.flows.actions import advance, begin, charge, grant, spend, wrong
from sekisho.records.flows.rules import (
    Asked,
    Challenge,
    Charged,
    Flow,
    Policy,
    Purpose,
    State,
    Ticket,
    ends_at,
    may_ask,
    state_of,
)
from sekisho.records.flows.store import COLUMNS, TABLES, WIDTH, find, refuse, shape, sweep
from sekisho.records.flows.tickets import open_ticket, option_id, option_of, seal_ticket

__all__ = [
    "COLUMNS",
    "TABLES",
    "WIDTH",
    "Asked",
    "Challenge",
    "Charged",
    "Flow",
    "Policy",
    "Purpose",
    "State",
    "Ticket",
    "advance",
    "begin",
    "charge",
    "ends_at",
    "find",
    "grant",
    "may_ask",
    "open_ticket",
    "option_id",
    "option_of",
    "refuse",
    "seal_ticket",
    "shape",
    "spend",
    "state_of",
    "sweep",
    "wrong",
]

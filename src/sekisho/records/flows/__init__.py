"""Flows: one attempt at a purpose, its newest challenge, and the charging of tries.

A flow that nobody asked a code for exists only as its ticket; its row comes with the first code.
"""

from sekisho.records.flows.actions import (
    advance,
    begin,
    charge,
    charge_once,
    grant,
    spend,
    void,
    wrong,
)
from sekisho.records.flows.rules import (
    NOBODY,
    Asked,
    Challenge,
    Charged,
    Flow,
    Policy,
    Purpose,
    State,
    Ticket,
    closed,
    ends_at,
    is_same,
    may_ask,
    state_of,
)
from sekisho.records.flows.store import COLUMNS, TABLES, WIDTH, find, refuse, shape, sweep
from sekisho.records.flows.tickets import open_ticket, option_id, option_of, seal_ticket

__all__ = [
    "COLUMNS",
    "NOBODY",
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
    "charge_once",
    "closed",
    "ends_at",
    "find",
    "grant",
    "is_same",
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
    "void",
    "wrong",
]

"""Accounts, and which contact of theirs is a sign-in name (spec L1: one e-mail address for now)."""

from sekisho.records.accounts.actions import create, draw
from sekisho.records.accounts.store import (
    TABLES,
    Account,
    find,
    hold,
    require,
    turn_two_step,
    void_codes,
)

__all__ = [
    "TABLES",
    "Account",
    "create",
    "draw",
    "find",
    "hold",
    "require",
    "turn_two_step",
    "void_codes",
]

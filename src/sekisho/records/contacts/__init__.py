"""Contacts: addresses of accounts, sealed, found by a blind index. (Phones come later.)

One that is a sign-in name belongs to one account; any other may be a contact of several.
"""

from sekisho.records.contacts.actions import add, address, blind, draft, propose, stand_in
from sekisho.records.contacts.rules import (
    PENDING,
    REMEMBERED,
    Found,
    Policy,
    State,
    may_add,
    may_remove,
)
from sekisho.records.contacts.store import (
    TABLES,
    drop,
    every,
    find,
    of_account,
    remove,
    sweep,
    verify,
)

__all__ = [
    "PENDING",
    "REMEMBERED",
    "TABLES",
    "Found",
    "Policy",
    "State",
    "add",
    "address",
    "blind",
    "draft",
    "drop",
    "every",
    "find",
    "may_add",
    "may_remove",
    "of_account",
    "propose",
    "remove",
    "stand_in",
    "sweep",
    "verify",
]

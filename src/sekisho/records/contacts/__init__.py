"""Contacts: addresses and phones of accounts, sealed, found by a blind index.

One that is a sign-in name belongs to one account; any other may be a contact of several.
"""

from sekisho.records.contacts.actions import (
    add,
    address,
    blind,
    draft,
    hint,
    identity,
    opened,
    propose,
    stand_in,
)
from sekisho.records.contacts.reaching import Way, confirmed, ways
from sekisho.records.contacts.rules import (
    CODE_KINDS,
    EMAIL,
    PENDING,
    PHONE,
    REMEMBERED,
    Found,
    Policy,
    State,
    channel_to,
    channels_to,
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
    verified,
    verify,
)

__all__ = [
    "CODE_KINDS",
    "EMAIL",
    "PENDING",
    "PHONE",
    "REMEMBERED",
    "TABLES",
    "Found",
    "Policy",
    "State",
    "Way",
    "add",
    "address",
    "blind",
    "channel_to",
    "channels_to",
    "confirmed",
    "draft",
    "drop",
    "every",
    "find",
    "hint",
    "identity",
    "may_add",
    "may_remove",
    "of_account",
    "opened",
    "propose",
    "remove",
    "stand_in",
    "sweep",
    "verified",
    "verify",
    "ways",
]

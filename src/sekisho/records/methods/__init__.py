"""Methods: what an account has registered to prove who it is, whatever the kind (spec M).

One row a method, from pending over active to removed; its kind knows what its secret means.
"""

from sekisho.records.methods.actions import (
    begin,
    charge,
    confirm,
    count,
    drop,
    owner_of,
    remove,
    rename,
    succeed,
    sweep,
)
from sekisho.records.methods.rules import (
    LONGEST_NAME,
    Full,
    Method,
    New,
    Policy,
    State,
    Tried,
    Used,
    is_open_to_strangers,
    may_add,
    may_try,
    read_name,
)
from sekisho.records.methods.store import (
    TABLES,
    advance,
    exchange,
    find,
    of_account,
    remove_kind,
    reopen,
    touch,
)

__all__ = [
    "LONGEST_NAME",
    "TABLES",
    "Full",
    "Method",
    "New",
    "Policy",
    "State",
    "Tried",
    "Used",
    "advance",
    "begin",
    "charge",
    "confirm",
    "count",
    "drop",
    "exchange",
    "find",
    "is_open_to_strangers",
    "may_add",
    "may_try",
    "of_account",
    "owner_of",
    "read_name",
    "remove",
    "remove_kind",
    "rename",
    "reopen",
    "succeed",
    "sweep",
    "touch",
]

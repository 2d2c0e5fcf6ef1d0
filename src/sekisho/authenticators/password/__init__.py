"""Passwords: chosen without rules of composition, refused when guessable, kept as Argon2id.

Hashing waits in a bounded pool, outside any transaction. The check of breaches is an option that
doors build (`breaches.py`), and all that is here works without it.
"""

from sekisho.authenticators.password.actions import STANDS_ALONE, HashLost, Held, hold, load, seal
from sekisho.authenticators.password.hashing import SALT_BYTES, pack, unpack
from sekisho.authenticators.password.kind import PASSWORD, Checked, change, desk_of, verify
from sekisho.authenticators.password.pool import Desk, Place, Pool
from sekisho.authenticators.password.rules import (
    LAST,
    Cost,
    Fault,
    Policy,
    Unfit,
    judge,
    own_words,
    read,
)
from sekisho.authenticators.password.strength import Step, Strength, estimate
from sekisho.authenticators.password.well_known import rank_bits

__all__ = [
    "LAST",
    "PASSWORD",
    "SALT_BYTES",
    "STANDS_ALONE",
    "Checked",
    "Cost",
    "Desk",
    "Fault",
    "HashLost",
    "Held",
    "Place",
    "Policy",
    "Pool",
    "Step",
    "Strength",
    "Unfit",
    "change",
    "desk_of",
    "estimate",
    "hold",
    "judge",
    "load",
    "own_words",
    "pack",
    "rank_bits",
    "read",
    "seal",
    "unpack",
    "verify",
]

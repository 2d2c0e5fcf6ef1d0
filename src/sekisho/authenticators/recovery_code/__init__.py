"""The recovery code: what lets the owner in when nothing else does (spec M7).

Drawn here, kept as a MAC, shown once; it works once, and a new one takes its place in the
transaction that passes its flow. Counting tries is `methods.charge`.
"""

from sekisho.authenticators.recovery_code.actions import (
    KIND,
    Made,
    begin,
    confirm,
    load,
    renew,
    right,
    standing,
)
from sekisho.authenticators.recovery_code.binding import Kept, verify
from sekisho.authenticators.recovery_code.kind import RECOVERY_CODE
from sekisho.authenticators.recovery_code.rules import Misread, read_code

__all__ = [
    "KIND",
    "RECOVERY_CODE",
    "Kept",
    "Made",
    "Misread",
    "begin",
    "confirm",
    "load",
    "read_code",
    "renew",
    "right",
    "standing",
    "verify",
]

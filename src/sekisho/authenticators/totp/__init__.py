"""Codes of an authenticator app without a network: TOTP (spec M3, RFC 6238).

The seed is drawn here, sealed in the store and shown once; a step is accepted once; the phone's
clock may be a step off, and what is known of it is kept. Counting tries is `methods.charge`.
"""

from sekisho.authenticators.totp.actions import (
    KIND,
    Begun,
    Person,
    SeedLost,
    begin,
    clock_ahead,
    conclude,
    confirm,
    load,
)
from sekisho.authenticators.totp.kind import TOLERANCE, TOTP
from sekisho.authenticators.totp.qr import draw
from sekisho.authenticators.totp.rules import (
    Algorithm,
    Enrolled,
    Judged,
    Marks,
    Policy,
    Right,
    clock_off,
    verify,
)

__all__ = [
    "KIND",
    "TOLERANCE",
    "TOTP",
    "Algorithm",
    "Begun",
    "Enrolled",
    "Judged",
    "Marks",
    "Person",
    "Policy",
    "Right",
    "SeedLost",
    "begin",
    "clock_ahead",
    "clock_off",
    "conclude",
    "confirm",
    "draw",
    "load",
    "verify",
]

"""Signing in: a name, a code, a session. A name without an account walks the same road (spec C11).

Where sign-up is open, proving an unknown address makes its account.
"""

from sekisho.journeys.sign_in.actions import begin, options, status
from sekisho.journeys.sign_in.answering import answer
from sekisho.journeys.sign_in.asking import Ask, ask
from sekisho.journeys.sign_in.rules import Asked, Begun, Option, Policy, SignedIn, Status

__all__ = [
    "Ask",
    "Asked",
    "Begun",
    "Option",
    "Policy",
    "SignedIn",
    "Status",
    "answer",
    "ask",
    "begin",
    "options",
    "status",
]

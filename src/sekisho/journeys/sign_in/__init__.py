"""Signing in: a name, a code, a session. A name without an account walks the same road (spec C11).

Where sign-up is open, proving an unknown address makes its account.
"""

from sekisho.journeys.sign_in.actions import begin, status
from sekisho.journeys.sign_in.answering import answer
from sekisho.journeys.sign_in.asking import ask
from sekisho.journeys.sign_in.road import road
from sekisho.journeys.sign_in.rules import Policy, SignedIn

__all__ = ["Policy", "SignedIn", "answer", "ask", "begin", "road", "status"]

"""Push: a phone of the owner's says who asks, and approves with the number typed on it (spec M4).

A flow asks, looks and concludes (`ask`, `look`, `conclude`); the phone, which holds a key of its
own, decides (`decide`) by its page and the API. Its first decision confirms that it was bound.
"""

from sekisho.authenticators.push.actions import (
    Approved,
    Put,
    Reached,
    Seen,
    Wanted,
    approved,
    ask,
    conclude,
    end_all,
    forget,
    look,
    subscribe,
    sweep,
    told_of,
)
from sekisho.authenticators.push.deciding import Said, Shown, decide, phone_of, waiting
from sekisho.authenticators.push.enrolling import Begun, Enrolment, Paired, begin, pair
from sekisho.authenticators.push.enrolling import look as enrolment
from sekisho.authenticators.push.kind import PUSH
from sekisho.authenticators.push.rules import (
    APP,
    KIND,
    Decision,
    Details,
    Phone,
    Policy,
    Reach,
    State,
    proved_as,
)
from sekisho.authenticators.push.rules import Ask as Question
from sekisho.authenticators.push.store import TABLES

__all__ = [
    "APP",
    "KIND",
    "PUSH",
    "TABLES",
    "Approved",
    "Begun",
    "Decision",
    "Details",
    "Enrolment",
    "Paired",
    "Phone",
    "Policy",
    "Put",
    "Question",
    "Reach",
    "Reached",
    "Said",
    "Seen",
    "Shown",
    "State",
    "Wanted",
    "approved",
    "ask",
    "begin",
    "conclude",
    "decide",
    "end_all",
    "enrolment",
    "forget",
    "look",
    "pair",
    "phone_of",
    "proved_as",
    "subscribe",
    "sweep",
    "told_of",
    "waiting",
]

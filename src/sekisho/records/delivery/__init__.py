"""Messages to people: posted with the work that asks for them, sent by the worker, kept as a list.

`post` writes to the outbox only, so no page waits for a mail server. Who sends lies in
`sending.py` and `mailroom.py`, which doors give a `PostOffice`; nothing here knows SMTP or letters.
"""

from sekisho.records.delivery import reached
from sekisho.records.delivery.actions import parked, post, recent, report, seen, supersede, sweep
from sekisho.records.delivery.rules import Letter, Policy, Report, State
from sekisho.records.delivery.store import Moment, Sent

__all__ = [
    "Letter",
    "Moment",
    "Policy",
    "Report",
    "Sent",
    "State",
    "parked",
    "post",
    "reached",
    "recent",
    "report",
    "seen",
    "supersede",
    "sweep",
]

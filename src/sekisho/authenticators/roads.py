"""Roads: what a flow of each purpose does when it is begun, looked at, asked and answered.

Journeys give theirs to the door, which hands them all to the one face of flows (flow_api.py).
"""

from collections.abc import Callable
from dataclasses import dataclass

from sekisho.authenticators.rules import Ask, Asked, Begun, Given, More, Passed, Start, Status
from sekisho.ground.refusal import Refused
from sekisho.ground.visitor import Visitor
from sekisho.records import flows


@dataclass(frozen=True, slots=True)
class Road:
    """The four steps of one purpose; `needs_session` says that only a signed-in person begins."""

    purpose: flows.Purpose
    needs_session: bool
    begin: Callable[[Visitor, Start], Begun | Refused]
    look: Callable[[Visitor, flows.Ticket], Status]
    ask: Callable[[Visitor, flows.Ticket, Ask], Asked | Refused]
    answer: Callable[[Visitor, flows.Ticket, Given], Passed | More | Refused]

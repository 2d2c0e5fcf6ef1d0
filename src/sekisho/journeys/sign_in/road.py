"""The road of signing in, for the one face of flows."""

from sekisho.authenticators import (
    Ask,
    Asked,
    Begun,
    Given,
    More,
    Passed,
    Road,
    Start,
    Status,
)
from sekisho.ground.db import Database
from sekisho.ground.refusal import Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.sign_in import actions, answering, asking
from sekisho.journeys.sign_in.rules import Policy, SignedIn
from sekisho.records import flows, limits, sessions


def road(db: Database, policy: Policy, gate: limits.Gate) -> Road:
    """Return the four steps of a sign-in."""

    def begin(visitor: Visitor, start: Start) -> Begun | Refused:
        return actions.begin(db, policy, visitor, start.name)

    def look(visitor: Visitor, ticket: flows.Ticket) -> Status:
        return actions.status(db, policy, visitor, ticket)

    def ask(visitor: Visitor, ticket: flows.Ticket, request: Ask) -> Asked | Refused:
        return asking.ask(db, policy, gate, visitor, ticket, request)

    def answer(visitor: Visitor, ticket: flows.Ticket, given: Given) -> Passed | More | Refused:
        outcome = answering.answer(db, policy, gate, visitor, ticket, given)
        if not isinstance(outcome, SignedIn):
            return outcome
        session = outcome.started.session
        ends_at = sessions.ends_at(session, policy.sessions)
        made, given_trust = outcome.recovery_code, outcome.trust
        return Passed(session.account, outcome.started, ends_at, made, given_trust)

    return Road(
        flows.Purpose.SIGN_IN, needs_session=False, begin=begin, look=look, ask=ask, answer=answer
    )

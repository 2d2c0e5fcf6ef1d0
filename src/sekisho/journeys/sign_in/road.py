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
from sekisho.journeys.sign_in.rules import Policy, Proved, SignedIn
from sekisho.records import flows, limits, sessions


def road(
    db: Database,
    policy: Policy,
    gate: limits.Gate,
    purpose: flows.Purpose = flows.Purpose.SIGN_IN,
) -> Road:
    """Return the four steps of a sign-in, or of a flow that ends in a new password."""

    def begin(visitor: Visitor, start: Start) -> Begun | Refused:
        return actions.begin(db, policy, visitor, start.name, purpose)

    def look(visitor: Visitor, ticket: flows.Ticket) -> Status:
        return actions.status(db, policy, visitor, ticket)

    def ask(visitor: Visitor, ticket: flows.Ticket, request: Ask) -> Asked | Refused:
        return asking.ask(db, policy, gate, visitor, ticket, request)

    def answer(visitor: Visitor, ticket: flows.Ticket, given: Given) -> Passed | More | Refused:
        outcome = answering.answer(db, policy, gate, visitor, ticket, given)
        if isinstance(outcome, Proved):
            return Passed(outcome.account, recovery_code=outcome.recovery_code)
        if not isinstance(outcome, SignedIn):
            return outcome
        session = outcome.started.session
        ends_at = sessions.ends_at(session, policy.sessions)
        made, given_trust = outcome.recovery_code, outcome.trust
        return Passed(session.account, outcome.started, ends_at, made, given_trust)

    return Road(purpose, needs_session=False, begin=begin, look=look, ask=ask, answer=answer)

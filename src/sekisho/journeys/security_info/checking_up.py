"""The verbs of a check-up: look, say that the contacts are right, that the second step works."""

from sekisho.authenticators import registered
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.security_info import rules, two_step
from sekisho.journeys.security_info.rules import Policy
from sekisho.records import accounts, activity, checkups, methods, proofs
from sekisho.records.activity import Event, Kind
from sekisho.records.checkups import Checkup
from sekisho.records.sessions import Session


def look(db: Database, policy: Policy, session: Session) -> Checkup:
    """Return how the account stands."""
    return db.read(lambda work: checkups.look(work, session.account, policy.checkups))


def confirm_contacts(db: Database, visitor: Visitor, session: Session) -> None:
    """Keep the owner's word that the contacts are still right; it changes none of them."""

    def confirm(work: Work) -> None:
        checkups.confirm_contacts(work, session.account)
        activity.record(work, Event(Kind.CONTACTS_CONFIRMED, session.account, visitor))

    db.write("checkups.contacts", confirm)


def confirm_second_step(db: Database, visitor: Visitor, session: Session) -> Refused | None:
    """Keep that the second step works; spends the proof that it gave just now."""
    return db.write("checkups.second_step", lambda work: _confirm(work, visitor, session))


def _confirm(work: Work, visitor: Visitor, session: Session) -> Refused | None:
    owner = accounts.find(work, session.account)
    held = registered.usable(methods.of_account(work, session.account))
    if owner is None or not (owner.two_step or two_step.may_second(held)):
        return Refused(Reason.NOT_FOUND)
    proof = proofs.demand(work, session.account, session.id, rules.TRY_TWO_STEP, {})
    if isinstance(proof, Refused):
        return proof
    proofs.spend(work, proof)
    checkups.confirm_second_step(work, session.account)
    activity.record(work, Event(Kind.SECOND_STEP_TRIED, session.account, visitor))
    return None

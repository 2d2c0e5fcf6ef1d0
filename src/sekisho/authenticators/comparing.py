"""One answer, charged: compared with what it was charged for, a sent code or a registered kind."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from sekisho.authenticators import password, proving, recovery_code, registered
from sekisho.authenticators.password import Place
from sekisho.authenticators.registered import Outcome, Paid
from sekisho.authenticators.rules import Given, Means, Verdict
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.records import flows, notices
from sekisho.records.activity import Kind
from sekisho.records.notices import Told

Proof = flows.Charged | Paid


class Right(msgspec.Struct, frozen=True):
    """A right answer: what it proves, and for a registered kind what was found."""

    kind: str
    outcome: Outcome | None = None


@contextmanager
def placed(db: Database, means: Means, given: Given) -> Iterator[Place | Refused | None]:
    """Hold the place in the pool that a password needs before it is charged.

    Where the line is full nothing is counted (attack 086). Other answers need none.
    """
    if given.field != "password":
        yield None
        return
    with password.desk_of(means).pool.place(db.clock.now()) as place:
        yield place


def misfit(flow: flows.Flow, given: Given) -> Refused | None:
    """Refuse an answer in another field than the newest challenge takes: nothing is charged."""
    field = registered.field_of(flow.challenge.kind)
    if given.field == field:
        return None
    return Refused(Reason.INVALID_INPUT, pointer=f"/{field}", detail="this is what is wanted")


def compare(
    db: Database, means: Means, origin: str, proof: Proof, given: Given, place: Place | None
) -> Right | Verdict:
    """Compare with nothing open; a hash is computed in the pool."""
    if not isinstance(proof, Paid):
        verdict = proving.compare(db.keys, proof.flow, given)
        return Right(proof.flow.challenge.kind) if verdict is Verdict.RIGHT else verdict
    trial = registered.trial_of(db.aside(), means, proof, origin, db.clock.now())
    if place is not None and proof.kind == password.PASSWORD.name:
        outcome = place.run(lambda: registered.compare(trial, proof, given))
    else:
        outcome = registered.compare(trial, proof, given)
    if outcome.verdict is Verdict.RIGHT:
        return Right(registered.proves(proof, outcome), outcome)
    return outcome.verdict


def use_up(work: Work, proof: Proof, right: Right, visitor: Visitor) -> str | Refused | None:
    """Use a right answer up, of what is registered: of any number of them one commits this.

    Returns the recovery code that takes the place of the one that was used, for its owner's eyes;
    every contact is told of that (NIST SP 800-63B-4 §4.2.1.1). Reads first, so that the caller may
    keep after it.
    """
    if right.outcome is None or not isinstance(proof, Paid):
        return None
    found = right.outcome.candidate
    is_recovery = proof.kind == recovery_code.KIND
    told_of_it = notices.addressees(work, found.account) if found and is_recovery else []
    made = registered.use_up(work, proof, right.outcome)
    if not isinstance(made, Refused):
        notices.tell_all(work, Told.RECOVERY_CODE_USED, told_of_it, visitor)
    return made


def told(proof: Proof, verdict: Verdict, given: Given) -> tuple[Kind, Refused]:
    """Return the event and the refusal of an answer that was not right; its charge stays."""
    if isinstance(proof, Paid):
        return registered.told(proof, verdict, given)
    return proving.told(proof, verdict, given)


def charged(proof: Proof) -> flows.Charged:
    """Return the charge."""
    return proof.charged if isinstance(proof, Paid) else proof

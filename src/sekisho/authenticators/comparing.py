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
from sekisho.records import accounts, flows, limits, notices
from sekisho.records.activity import Kind
from sekisho.records.methods import Method
from sekisho.records.notices import Told

Proof = flows.Charged | Paid


class Day(msgspec.Struct, frozen=True):
    """The book of what an owner hears of once a day: no kind is charged there."""

    payer: int
    version: int
    book: limits.Book


class Right(msgspec.Struct, frozen=True):
    """A right answer: what it proves, and for a registered kind what was found."""

    kind: str
    outcome: Outcome | None = None


def today(work: Work, account: int, what: str) -> Day:
    """Gather whether an owner heard of something today."""
    payer = registered.payer_of(work.keys, account, what)
    return Day(payer, *limits.reading(work, payer))


def is_once(work: Work, day: Day, lane: int) -> bool:
    """Say whether this is the first time today, in this lane, and keep that it was told."""
    told = limits.block(day.book, lane, work.now)
    if told is not None:
        limits.keep(work, day.payer, day.version, told)
    return told is not None


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
        return Right(outcome.compared.proves or proof.kind, outcome)
    return outcome.verdict


def go_on(work: Work, account: int, proof: Proof, right: Right, visitor: Visitor) -> Refused | None:
    """Use up a right answer that is not the last one. Reads first.

    A recovery code stays as it is, since it may have come from somebody else; its owner hears of
    it, once a day.
    """
    is_code = right.kind == recovery_code.KIND
    owners = notices.addressees(work, account) if is_code else []
    day = today(work, account, Told.RECOVERY_CODE_TYPED.value) if is_code else None
    used = _use_up(work, proof, right)
    if used is None and day is not None and is_once(work, day, charged(proof).flow.lane):
        notices.tell_all(work, Told.RECOVERY_CODE_TYPED, owners, visitor)
    return used


def _use_up(work: Work, proof: Proof, right: Right) -> Refused | None:
    """Use up what is registered: of any number of right answers one commits this."""
    if right.outcome is None or not isinstance(proof, Paid):
        return None
    return registered.use_up(work, proof, right.outcome)


def pass_by(
    work: Work, account: int, proof: Proof, right: Right, visitor: Visitor
) -> str | Refused | None:
    """Use up the answer that passes a flow, and the recovery code among its proofs (spec M7).

    Returns the code that takes its place, for its owner's eyes; every contact is told of it (NIST
    SP 800-63B-4 §4.2.1.1). Until then it stays: who stops half-way loses nothing, and who holds
    nothing else learns nothing. Reads first.

    # Threat: 036, two flows that hold one code: the first that passes voids the other
    # (test_a_recovery_code_half_used_twice_passes_once).
    """
    code = _recovery_code(work, account, proof, right)
    if code is None or isinstance(code, Refused):
        return code or _use_up(work, proof, right)
    owners = notices.addressees(work, account)
    used = _use_up(work, proof, right)
    if used is not None:
        return used
    made = recovery_code.renew(work, code)
    accounts.void_codes(work, account)
    notices.tell_all(work, Told.RECOVERY_CODE_USED, owners, visitor)
    return made.code


def _recovery_code(work: Work, account: int, proof: Proof, right: Right) -> Method | Refused | None:
    """Return the recovery code among a flow's proofs, as it stands; None where there is none."""
    flow = charged(proof).flow
    if recovery_code.KIND in flow.proved:
        return recovery_code.standing(work, account)
    found = right.outcome.candidate if right.outcome else None
    if found is None or not isinstance(found.held, recovery_code.Kept):
        return None
    return recovery_code.right(work, found.held, Verdict.RIGHT)


def told(proof: Proof, verdict: Verdict, given: Given) -> tuple[Kind, Refused]:
    """Return the event and the refusal of an answer that was not right; its charge stays."""
    if isinstance(proof, Paid):
        return registered.told(proof, verdict, given)
    return proving.told(proof, verdict, given)


def charged(proof: Proof) -> flows.Charged:
    """Return the charge."""
    return proof.charged if isinstance(proof, Paid) else proof

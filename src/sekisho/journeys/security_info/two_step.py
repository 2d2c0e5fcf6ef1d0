"""Two-step verification of the signed-in person, turned on and off (spec M10)."""

from enum import StrEnum

from sekisho.authenticators import counting, password, recovery_code, registered
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.security_info import passwords, rules
from sekisho.journeys.security_info.rules import Policy
from sekisho.records import accounts, activity, methods, notices, proofs, sessions, trust
from sekisho.records.activity import Event, Kind
from sekisho.records.methods import Method, State
from sekisho.records.notices import Told
from sekisho.records.sessions import Session


class Step(StrEnum):
    """A step on the way to turning it on; each stands on what the account has, not on a memory."""

    WAY = "way"
    TRY = "try"
    SPARE = "spare"
    ON = "on"


def turn(
    db: Database, policy: Policy, visitor: Visitor, session: Session, *, is_on: bool
) -> int | Refused:
    """Turn two-step verification on or off; return how many other sessions that ended (M10)."""
    return db.write(
        "two_step.turn", lambda work: _turn(work, policy, visitor, session, is_on=is_on)
    )


def _turn(
    work: Work, policy: Policy, visitor: Visitor, session: Session, *, is_on: bool
) -> int | Refused:
    account = session.account
    accounts.hold(work, account)
    owner = accounts.find(work, account)
    if owner is None or owner.two_step is is_on:
        return Refused(Reason.ALREADY_THERE, kind="two_step_on" if is_on else "two_step_off")
    held = methods.of_account(work, account)
    refused = may_turn(held, is_on=is_on)
    if refused is not None:
        return refused
    act = rules.TWO_STEP_ON if is_on else rules.TWO_STEP_OFF
    proof = proofs.demand(work, account, session.id, act, {})
    if isinstance(proof, Refused):
        return proof
    told = notices.addressees(work, account)
    idle = int(policy.sessions.idle.total_seconds() * 1_000_000)
    weak = [
        one.id
        for one in sessions.of_account(work, account, idle)
        if one.id != session.id and is_on and counting.is_wanted(one.methods, two_step=True)
    ]
    accounts.turn_two_step(work, account, is_on=is_on)
    trust.end_all(work, account)
    proofs.spend(work, proof)
    kind = Kind.TWO_STEP_ON if is_on else Kind.TWO_STEP_OFF
    activity.record(work, Event(kind, account, visitor))
    notices.tell_all(work, Told.TWO_STEP_ON if is_on else Told.TWO_STEP_OFF, told, visitor)
    for one in weak:
        sessions.end(work, account, one)
    return len(weak)


def may_turn(held: list[Method], *, is_on: bool) -> Refused | None:
    """Say why it stays as it is, or None.

    Off is refused where a password would stand alone that is too short for that (spec M6).
    """
    if is_on:
        return None if can_turn_on(held) else Refused(Reason.NOTHING_TO_PROVE)
    is_short = any(
        one.kind == passwords.KIND
        and one.state is State.ACTIVE
        and one.public != password.STANDS_ALONE
        for one in held
    )
    return Refused(Reason.PASSWORD_SHORT) if is_short else None


def can_turn_on(held: list[Method]) -> bool:
    """Say whether two-step verification could be turned on: a daily way, and a spare for it.

    Beside a code by mail an app, a password or a passkey is the second proof; a passkey alone is
    two, but lost it leaves nothing, so that it wants a spare like the others.
    """
    usable = registered.usable(held)
    return may_second(usable) and _has_spare(usable)


def steps(held: list[Method]) -> tuple[tuple[Step, bool], ...]:
    """Return the steps in their order, and whether each is done (screen 20).

    Another daily way is a spare too, but the recovery code is asked for first: it is lost last.
    """
    usable = registered.usable(held)
    daily = [one for one in usable if one.kind != recovery_code.KIND]
    return (
        (Step.WAY, bool(daily)),
        (Step.TRY, any(one.last_used_at is not None for one in daily)),
        (Step.SPARE, len(daily) < len(usable)),
        (Step.ON, False),
    )


def may_second(held: list[Method]) -> bool:
    """Say whether one of these can be a second proof every day."""
    return any(one.kind != recovery_code.KIND for one in held)


def _has_spare(held: list[Method]) -> bool:
    """Say whether a lost phone has a road: a recovery code, or another method."""
    daily = [one for one in held if one.kind != recovery_code.KIND]
    return len(daily) > 1 or len(daily) < len(held)

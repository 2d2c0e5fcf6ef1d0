"""Methods of the signed-in person: enrolled, confirmed, removed; two-step verification on and off.

Each change spends a proof, is an event and tells every contact (spec P8, M10).
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from sekisho.authenticators import Verdict, read_code, recovery_code, second, totp
from sekisho.ground import ids
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.showing import shown
from sekisho.ground.visitor import Visitor
from sekisho.journeys.security_info import rules
from sekisho.journeys.security_info.rules import Policy
from sekisho.records import accounts, activity, contacts, methods, notices, proofs, sessions, trust
from sekisho.records.activity import Event, Kind
from sekisho.records.methods import Full, Method, State
from sekisho.records.notices import Told
from sekisho.records.sessions import Session

_WAITS = methods.Policy()
_TOTP = totp.Policy()


class Enrolling(msgspec.Struct, frozen=True):
    """A method that waits for its first code; what is secret of it is shown this once."""

    method: int
    kind: str
    ends_at: datetime
    secret: str = ""
    uri: str = ""
    code: str = ""

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "secret", "uri", "code")


class Listed(msgspec.Struct, frozen=True):
    """What an account can prove, and whether it has to prove two things."""

    methods: list[Method]
    two_step: bool


def listed(work: Work, session: Session) -> Listed:
    """Return the account's methods, oldest first, and whether two-step verification is on."""
    held = methods.of_account(work, session.account)
    owner = accounts.find(work, session.account)
    active = [one for one in held if one.state is State.ACTIVE]
    return Listed(active, owner is not None and owner.two_step)


def begin(
    db: Database, policy: Policy, session: Session, parameters: Mapping[str, str]
) -> Enrolling | Refused:
    """Begin to enrol a method; spends a proof. It counts once its code was given back (035)."""
    return db.write("methods.begin", lambda work: _begin(work, policy, session, parameters))


def confirm(
    db: Database, visitor: Visitor, session: Session, method: int, typed: str | None
) -> Method | Refused:
    """Make a method count, by its first code; the try is charged before it is compared."""
    if not db.clock.is_steady():
        return Refused(Reason.UNAVAILABLE)
    tried = db.write(
        "methods.charge", lambda work: methods.charge(work, session.account, method, _WAITS)
    )
    if isinstance(tried, Refused):
        return tried
    if typed is None:
        return Refused(Reason.INVALID_INPUT, pointer="/code", detail="one text value is wanted")
    now = db.clock.now()
    return db.write(
        "methods.confirm", lambda work: _confirm(work, visitor, session, method, (typed, now))
    )


def remove(db: Database, visitor: Visitor, session: Session, method: int) -> Method | Refused:
    """Remove a method; spends a proof, except for one that was never confirmed."""
    return db.write("methods.remove", lambda work: _remove(work, visitor, session, method))


def turn_two_step(
    db: Database, policy: Policy, visitor: Visitor, session: Session, *, is_on: bool
) -> int | Refused:
    """Turn two-step verification on or off; return how many other sessions that ended (M10)."""
    return db.write(
        "two_step.turn", lambda work: _turn(work, policy, visitor, session, is_on=is_on)
    )


def _begin(
    work: Work, policy: Policy, session: Session, parameters: Mapping[str, str]
) -> Enrolling | Refused:
    proof = proofs.demand(work, session.account, session.id, rules.ADD_METHOD, parameters)
    if isinstance(proof, Refused):
        return proof
    primary = _name_of(work, session)
    if parameters["kind"] == recovery_code.KIND:
        made = recovery_code.begin(work, session.account)
        if isinstance(made, Full):
            return Refused(Reason.TOO_MANY_METHODS)
        proofs.spend(work, proof)
        return Enrolling(made.method, recovery_code.KIND, made.at + _WAITS.pending, code=made.code)
    name = methods.read_name(parameters["name"]) or ""
    person = totp.Person(policy.service_name, primary)
    begun = totp.begin(work, session.account, name, person, _TOTP, _WAITS)
    if isinstance(begun, Full):
        return Refused(Reason.TOO_MANY_METHODS)
    proofs.spend(work, proof)
    return Enrolling(begun.method, totp.KIND, begun.ends_at, begun.secret, begun.uri)


def _confirm(
    work: Work, visitor: Visitor, session: Session, method: int, given: tuple[str, datetime]
) -> Method | Refused:
    account = session.account
    found = methods.find(work, account, method)
    told = notices.addressees(work, account)
    if found is None:
        return Refused(Reason.NOT_FOUND)
    typed, now = given
    confirmed: Method | Refused | Full
    if found.kind == totp.KIND:
        held = totp.load(work, account, method)
        if held is None:
            return Refused(Reason.NOT_FOUND)
        judged = totp.verify(held, read_code(typed, held.marks.digits), now, totp.TOLERANCE)
        if judged is Verdict.EARLIER:
            return Refused(Reason.CODE_USED)
        confirmed = totp.confirm(work, held, judged, _TOTP, _WAITS)
    else:
        confirmed = recovery_code.confirm(work, account, method, typed, _WAITS)
    match confirmed:
        case Refused():
            return confirmed
        case Full():
            return Refused(Reason.TOO_MANY_METHODS)
        case _:
            trust.end_all(work, account)
            activity.record(work, Event(Kind.METHOD_ADDED, account, visitor, reasons=(found.kind,)))
            notices.tell_all(work, Told.METHOD_ADDED, told, visitor, kind=found.kind)
            return confirmed


def _remove(work: Work, visitor: Visitor, session: Session, method: int) -> Method | Refused:
    account = session.account
    held = methods.of_account(work, account)
    named = next((one for one in held if one.id == method), None)
    if named is None:
        return Refused(Reason.NOT_FOUND)
    if named.state is State.PENDING:
        return methods.remove(work, account, method)
    owner = accounts.find(work, account)
    others = [one for one in second.usable(held) if one.id != method]
    if owner is not None and owner.two_step and not _may_second(others):
        return Refused(Reason.STILL_NEEDED)
    shown_id = ids.show("mtd", method)
    proof = proofs.demand(work, account, session.id, rules.REMOVE_METHOD, {"id": shown_id})
    if isinstance(proof, Refused):
        return proof
    told = notices.addressees(work, account)
    removed = methods.remove(work, account, method)
    trust.end_all(work, account)
    proofs.spend(work, proof)
    activity.record(work, Event(Kind.METHOD_REMOVED, account, visitor, reasons=(named.kind,)))
    notices.tell_all(work, Told.METHOD_REMOVED, told, visitor, kind=named.kind)
    return removed


def _turn(
    work: Work, policy: Policy, visitor: Visitor, session: Session, *, is_on: bool
) -> int | Refused:
    account = session.account
    owner = accounts.find(work, account)
    if owner is None or owner.two_step is is_on:
        return Refused(Reason.ALREADY_THERE)
    held = second.usable(methods.of_account(work, account))
    if is_on and not can_turn_on(held):
        return Refused(Reason.NOTHING_TO_PROVE)
    act = rules.TWO_STEP_ON if is_on else rules.TWO_STEP_OFF
    proof = proofs.demand(work, account, session.id, act, {})
    if isinstance(proof, Refused):
        return proof
    told = notices.addressees(work, account)
    idle = int(policy.sessions.idle.total_seconds() * 1_000_000)
    weak = [
        one.id
        for one in sessions.of_account(work, account, idle)
        if one.id != session.id and is_on and second.is_wanted(one.methods, two_step=True)
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


def can_turn_on(held: list[Method]) -> bool:
    """Say whether two-step verification could be turned on: a daily way, and a spare for it."""
    return _may_second(held) and _has_spare(held)


def _may_second(held: list[Method]) -> bool:
    """Say whether one of these can be a second proof every day."""
    return any(one.kind != recovery_code.KIND for one in held)


def _has_spare(held: list[Method]) -> bool:
    """Say whether a lost phone has a road: a recovery code, or another method."""
    daily = [one for one in held if one.kind != recovery_code.KIND]
    return len(daily) > 1 or len(daily) < len(held)


def _name_of(work: Work, session: Session) -> str:
    """Return how the app names the account: its sign-in name."""
    found = contacts.of_account(work, session.account)
    named = next((one for one in found if one.is_name), None)
    return contacts.address(work.keys, named.id, named.sealed).text if named else ""

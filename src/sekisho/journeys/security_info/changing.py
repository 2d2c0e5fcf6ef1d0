"""Methods of the signed-in person: given another name, and removed."""

from collections.abc import Sequence

from sekisho.authenticators import CODE_KIND, passkey, registered
from sekisho.ground import ids
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.security_info import naming, passkeys, passwords, rules, two_step
from sekisho.journeys.security_info.rules import Policy
from sekisho.records import (
    accounts,
    activity,
    contacts,
    methods,
    notices,
    proofs,
    sessions,
    trust,
)
from sekisho.records.activity import Event, Kind
from sekisho.records.methods import Method, State
from sekisho.records.notices import Told
from sekisho.records.sessions import Session


def rename(
    db: Database, visitor: Visitor, session: Session, method: int, typed: str
) -> Method | Refused:
    """Give a method another name: the session will do, since it opens and closes nothing."""
    return db.write("methods.rename", lambda work: _rename(work, visitor, session, method, typed))


def remove(
    db: Database, policy: Policy, visitor: Visitor, session: Session, method: int
) -> Method | Refused:
    """Remove a method; spends a proof, except for one that was never confirmed."""
    return db.write("methods.remove", lambda work: _remove(work, policy, visitor, session, method))


def may_remove(work: Work, account: int, named: Method) -> Refused | None:
    """Say why an account cannot do without a method (spec P5, M8, M10), or None."""
    held = methods.of_account(work, account)
    owner = accounts.find(work, account)
    others = [one for one in held if one.id != named.id and one.state is State.ACTIVE]
    if owner is not None and owner.two_step and not two_step.may_second(registered.usable(others)):
        return Refused(Reason.STILL_NEEDED)
    if named.kind == passwords.KIND:
        return rules.may_drop_password(_ways(work, account, others))
    return None


def _ways(work: Work, account: int, others: Sequence[Method]) -> list[str]:
    by_mail = [CODE_KIND] if contacts.of_account(work, account) else []
    return [*by_mail, *(one.kind for one in others)]


def _rename(
    work: Work, visitor: Visitor, session: Session, method: int, typed: str
) -> Method | Refused:
    account = session.account
    found = methods.find(work, account, method)
    if found is None or found.state is not State.ACTIVE:
        return Refused(Reason.NOT_FOUND)
    name = methods.read_name(typed)
    if found.kind not in rules.NAMED or name is None:
        detail = "1 to 60 signs" if found.kind in rules.NAMED else "this kind has no name"
        return Refused(Reason.INVALID_INPUT, pointer="/name", detail=detail)
    renamed = methods.rename(work, account, method, naming.free_name(work, account, method, name))
    event = Event(Kind.METHOD_RENAMED, account, visitor, reasons=(found.kind,))
    activity.record(work, event)
    return renamed


def _remove(
    work: Work, policy: Policy, visitor: Visitor, session: Session, method: int
) -> Method | Refused:
    account = session.account
    accounts.hold(work, account)
    named = methods.find(work, account, method)
    if named is None:
        return Refused(Reason.NOT_FOUND)
    if named.state is State.PENDING:
        return methods.remove(work, account, method)
    refused = may_remove(work, account, named)
    if refused is not None:
        return refused
    bound = {"id": ids.show("mtd", method)}
    proof = proofs.demand(work, account, session.id, rules.REMOVE_METHOD, bound)
    if isinstance(proof, Refused):
        return proof
    told = notices.addressees(work, account)
    if named.kind == passkeys.KIND:
        passkey.remove(work, account, method)
    else:
        methods.remove(work, account, method)
    trust.end_with_change(work, account)
    proofs.spend(work, proof)
    activity.record(work, Event(Kind.METHOD_REMOVED, account, visitor, reasons=(named.kind,)))
    notices.tell_all(work, Told.METHOD_REMOVED, told, visitor, kind=named.kind)
    if named.kind == passwords.KIND:  # Threat: 063, as when it is changed
        sessions.end_all(work, account, session.id, policy.sessions)
    return named

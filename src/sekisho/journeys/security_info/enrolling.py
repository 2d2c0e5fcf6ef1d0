"""Methods of the signed-in person: enrolled and confirmed, each kind by what it wants.

Each change spends a proof, is an event and tells every contact (spec P8).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from sekisho.authenticators import Verdict, passkey, read_code, recovery_code, totp
from sekisho.ground import words
from sekisho.ground.db import Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.security_info import naming, passkeys, passwords, pushes, rules
from sekisho.journeys.security_info.means import Means
from sekisho.journeys.security_info.rules import Enrolling, Given, Policy
from sekisho.records import accounts, activity, methods, notices, proofs, trust
from sekisho.records.activity import Event, Kind
from sekisho.records.methods import Full, Method, State, Tried
from sekisho.records.notices import Told
from sekisho.records.sessions import Session

_WAITS = methods.Policy()
_TOTP = totp.Policy()
# Of the others "code". Push is confirmed on the phone: nothing that comes here is its field.
_WORDED = (Reason.CODE_WRONG, Reason.CODE_USED, Reason.FLOW_EXPIRED, Reason.TOO_MANY_TRIES)
_CALLED = (totp.KIND, pushes.KIND)  # by their kind, where nobody gave them a name
_FIELDS = {passkeys.KIND: "credential", passwords.KIND: "password", pushes.KIND: "phone"}


class Listed(msgspec.Struct, frozen=True):
    """What an account can prove, and whether it has to prove two things.

    `passkeys` are what only WebAuthn knows of those methods, by their numbers.
    """

    methods: list[Method]
    two_step: bool
    passkeys: dict[int, passkey.Passkey] = {}


def listed(work: Work, session: Session) -> Listed:
    """Return the account's methods, oldest first, and whether two-step verification is on."""
    held = methods.of_account(work, session.account)
    owner = accounts.find(work, session.account)
    active = [one for one in held if one.state is State.ACTIVE]
    known = {one.method: one for one in passkey.held(work, session.account)}
    return Listed(active, owner is not None and owner.two_step, known)


def begin(
    means: Means, visitor: Visitor, session: Session, parameters: Mapping[str, str]
) -> Enrolling | Refused:
    """Begin to enrol a method; spends a proof. It counts once it has proved something (035)."""
    policy = means.policy
    return means.db.write(
        "methods.begin", lambda work: _begin(work, policy, visitor, session, parameters)
    )


def confirm(
    means: Means, visitor: Visitor, session: Session, method: int, given: Given
) -> Method | Refused:
    """Make a method count, by its first proof; a try is charged before it is compared."""
    outcome = _confirm_any(means, visitor, session, method, given)
    if isinstance(outcome, Method) or outcome.reason not in _WORDED:
        return outcome
    found = means.db.read(lambda work: methods.find(work, session.account, method))
    return replace(outcome, kind=f"enrol_{found.kind}" if found else "enrol")


def _confirm_any(
    means: Means, visitor: Visitor, session: Session, method: int, given: Given
) -> Method | Refused:
    if not means.db.clock.is_steady():
        return Refused(Reason.UNAVAILABLE)
    found = means.db.read(lambda work: methods.find(work, session.account, method))
    if found is None:
        return Refused(Reason.NOT_FOUND)
    wanted = _FIELDS.get(found.kind, "code")
    if given.field != wanted:
        detail = f"the {wanted} is missing"
        return Refused(Reason.INVALID_INPUT, pointer=f"/{wanted}", detail=detail)
    match found.kind:
        case passkeys.KIND:
            return passkeys.confirm(means, visitor, found, given)
        case passwords.KIND:
            return passwords.confirm(means, visitor, session, found, given)
        case _:
            return _confirm_code(means, visitor, session, method, given.text)


def _begin(
    work: Work, policy: Policy, visitor: Visitor, session: Session, parameters: Mapping[str, str]
) -> Enrolling | Refused:
    proof = proofs.demand(work, session.account, session.id, rules.ADD_METHOD, parameters)
    if isinstance(proof, Refused):
        return proof
    kind, name = parameters["kind"], parameters["name"]
    if kind in _CALLED and not name:
        usual = words.text(visitor.language, f"method.called_{kind}")
        name = naming.free_name(work, session.account, 0, usual)
    match kind:
        case passkeys.KIND:
            begun = passkeys.begin(work, policy, visitor, session, parameters["name"])
        case passwords.KIND:
            begun = passwords.begin(work, policy, session)
        case pushes.KIND:
            begun = pushes.begin(work, policy, visitor, session, name)
        case recovery_code.KIND:
            begun = _begin_recovery_code(work, session)
        case _:
            begun = _begin_app(work, policy, session, name)
    if isinstance(begun, Enrolling):
        proofs.spend(work, proof)
    return begun


def _begin_recovery_code(work: Work, session: Session) -> Enrolling | Refused:
    made = recovery_code.begin(work, session.account)
    if isinstance(made, Full):
        return Refused(Reason.TOO_MANY_METHODS)
    return Enrolling(made.method, recovery_code.KIND, made.at + _WAITS.pending, code=made.code)


def _begin_app(work: Work, policy: Policy, session: Session, typed: str) -> Enrolling | Refused:
    name = methods.read_name(typed) or ""
    person = totp.Person(policy.service_name, naming.sign_in_name(work, session.account))
    begun = totp.begin(work, session.account, name, person, _TOTP, _WAITS)
    if isinstance(begun, Full):
        return Refused(Reason.TOO_MANY_METHODS)
    return Enrolling(begun.method, totp.KIND, begun.ends_at, begun.secret, begun.uri)


def _confirm_code(
    means: Means, visitor: Visitor, session: Session, method: int, typed: str | None
) -> Method | Refused:
    db = means.db
    tried = db.write("methods.charge", lambda work: _charge(work, session.account, method))
    if isinstance(tried, Refused):
        return tried
    if typed is None:
        return Refused(Reason.INVALID_INPUT, pointer="/code", detail="one text value is wanted")
    now = db.clock.now()
    return db.write(
        "methods.confirm", lambda work: _confirm(work, visitor, session, method, (typed, now))
    )


def _charge(work: Work, account: int, method: int) -> Tried | Refused:
    """Charge a try at a method that waits for its first proof.

    # Threat: 033, a session that told codes of an app in use apart here, without any budget
    # (test_a_method_in_use_is_not_compared_by_confirming_it_again).
    """
    found = methods.find(work, account, method)
    if found is None:
        return Refused(Reason.NOT_FOUND)
    if found.state is not State.PENDING:
        return Refused(Reason.CODE_USED)
    return methods.count(work, found, _WAITS)


def _confirm_app(
    work: Work, account: int, method: int, given: tuple[str, datetime]
) -> Method | Refused | Full:
    held = totp.load(work, account, method)
    if held is None:
        return Refused(Reason.NOT_FOUND)
    typed, now = read_code(given[0], held.marks.digits), given[1]
    judged = totp.verify(held, typed, now, totp.TOLERANCE)
    if judged is Verdict.EARLIER:
        return Refused(Reason.CODE_USED)
    if judged is Verdict.WRONG and typed is not None:
        return _wrong(totp.clock_off(held, typed, now))
    return totp.confirm(work, held, judged, _TOTP, _WAITS)


def _wrong(ahead: timedelta | None) -> Refused:
    """Say that a code was wrong, and where its phone's clock is why, by how much that is off.

    # Threat: 033: said of an app that opens nothing yet, to whom its key was shown. Of one in use
    # it would tell an old code from a wrong one (test_whose_phone_shows_another_time_hears_so…).
    """
    if ahead is None:
        return Refused(Reason.CODE_WRONG)
    flaw = "clock_ahead" if ahead > timedelta(0) else "clock_behind"
    detail = f"the phone's clock seems to be {ahead.total_seconds():+.0f} seconds off"
    return Refused(Reason.CODE_WRONG, pointer="/code", detail=detail, flaw=flaw, clock_ahead=ahead)


def _confirm(
    work: Work, visitor: Visitor, session: Session, method: int, given: tuple[str, datetime]
) -> Method | Refused:
    account = session.account
    accounts.hold(work, account)
    found = methods.find(work, account, method)
    told = notices.addressees(work, account)
    if found is None:
        return Refused(Reason.NOT_FOUND)
    confirmed: Method | Refused | Full
    if found.kind == totp.KIND:
        confirmed = _confirm_app(work, account, method, given)
    else:
        confirmed = recovery_code.confirm(work, account, method, given[0], _WAITS)
    match confirmed:
        case Refused():
            return confirmed
        case Full():
            return Refused(Reason.TOO_MANY_METHODS)
        case _:
            trust.end_with_change(work, account)
            activity.record(work, Event(Kind.METHOD_ADDED, account, visitor, reasons=(found.kind,)))
            notices.tell_all(work, Told.METHOD_ADDED, told, visitor, kind=found.kind)
            return confirmed

"""The password of the signed-in person: chosen, judged, kept; a new one replaces the old (M6).

What the list and the rules refuse costs no try. What costs a hash does, since "one of the last
five" would else say which one the present password is.
"""

from datetime import datetime

import msgspec

from sekisho.authenticators import password
from sekisho.authenticators.password import Desk, Fault, Place, Unfit
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.showing import shown
from sekisho.ground.visitor import Visitor
from sekisho.journeys.security_info import naming
from sekisho.journeys.security_info.means import Means
from sekisho.journeys.security_info.rules import Enrolling, Given, Policy
from sekisho.records import accounts, activity, contacts, methods, notices, sessions, trust
from sekisho.records.activity import Event, Kind
from sekisho.records.methods import Full, Method, New, State, Used
from sekisho.records.notices import Told
from sekisho.records.sessions import Session

KIND = "password"
_MOST = 2  # while a new one waits to be chosen; then it takes the old one's place
_WAITS = methods.Policy()


class Choosing(msgspec.Struct, frozen=True):
    """What the page of a password that waits shows."""

    bounds: tuple[int, int]
    ends_at: datetime
    had_one: bool
    name: str
    own_texts: list[str]

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "name", "own_texts")


def choosing(means: Means, session: Session, method: int) -> Choosing | None:
    """Return what is shown of a password that waits to be chosen."""

    def gather(work: Work) -> Choosing | None:
        account = session.account
        held = [one for one in methods.of_account(work, account) if one.kind == KIND]
        waiting = next((one for one in held if one.id == method), None)
        if waiting is None or waiting.state is not State.PENDING:
            return None
        return Choosing(
            bounds=bounds_of(work, means.policy, account),
            ends_at=waiting.created_at + _WAITS.pending,
            had_one=any(one.state is State.ACTIVE for one in held),
            name=naming.sign_in_name(work, account),
            own_texts=own_texts(work, means.policy, account),
        )

    return means.db.read(gather)


def begin(work: Work, policy: Policy, session: Session) -> Enrolling | Refused:
    """Begin to choose a password; the present one counts until then."""
    bounds = bounds_of(work, policy, session.account)
    new = New(KIND, "", b"", None)
    begun = methods.begin(work, session.account, work.new_id(), new, _MOST)
    if isinstance(begun, Full):
        return Refused(Reason.TOO_MANY_METHODS)
    return Enrolling(begun.id, KIND, work.now + _WAITS.pending, bounds=bounds)


def confirm(
    means: Means, visitor: Visitor, session: Session, found: Method, given: Given
) -> Method | Refused:
    """Choose a password: judged, hashed in the pool with nothing open, then kept."""
    db, policy = means.db, means.policy
    if given.text is None:
        detail = "one text value is wanted"
        return Refused(Reason.INVALID_INPUT, pointer="/password", detail=detail)
    refused = methods.may_try(found, _WAITS, db.clock.now())
    if refused is not None or found.state is not State.PENDING:
        return refused or Refused(Reason.NOT_FOUND)
    made = hashed(means, found, given.text)
    if isinstance(made, Refused):
        return made
    owner = (session.account, session.id)
    return db.write("passwords.keep", lambda work: keep(work, policy, visitor, owner, made))


def hashed(
    means: Means, waiting: Method, typed: str
) -> tuple[int, tuple[str, ...], bytes | None] | Refused:
    """Judge a password for a method that waits, and hash it in the pool with nothing open."""
    db, policy = means.db, means.policy
    judged = _judged(db, policy, waiting.account, typed)
    if isinstance(judged, Refused):
        return judged
    fit, bounds = judged
    with means.passwords.pool.place(db.clock.now()) as place:
        if isinstance(place, Refused):
            return place
        history = _hashed(db, means.passwords, place, waiting, (fit, bounds))
    if isinstance(history, Refused):
        return history
    stands = password.STANDS_ALONE if len(fit) >= policy.passwords.shortest_alone else None
    return waiting.id, history, stands


def own_texts(work: Work, policy: Policy, account: int) -> list[str]:
    """Return what whoever guesses knows too: the account's addresses, the service's name."""
    found = contacts.of_account(work, account)
    addresses = [contacts.address(work.keys, one.id, one.sealed).text for one in found]
    return [*addresses, policy.service_name]


def _judged(
    db: Database, policy: Policy, account: int, typed: str
) -> tuple[str, tuple[int, int]] | Refused:
    texts, (shortest, longest) = db.read(
        lambda work: (own_texts(work, policy, account), bounds_of(work, policy, account))
    )
    own = password.own_words(texts)
    judged = password.judge(typed, shortest, policy.passwords, own, password.rank_bits)
    bounds = (shortest, longest)
    return _unfit(judged.fault, bounds) if isinstance(judged, Unfit) else (judged, bounds)


def _hashed(
    db: Database, desk: Desk, place: Place, waiting: Method, chosen: tuple[str, tuple[int, int]]
) -> tuple[str, ...] | Refused:
    """Charge a try, then compare with the last ones and hash."""
    fit, bounds = chosen
    before = db.write("passwords.charge", lambda work: _charge(work, waiting))
    if isinstance(before, Refused):
        return before
    if desk.is_breached is not None:
        with db.store.turns.aside():
            is_breached = desk.is_breached(fit)
        if is_breached:
            return _unfit(Fault.BREACHED, bounds)
    salt = db.chance.octets(password.SALT_BYTES)
    changed = place.run(lambda: password.change(db.keys, fit, before, desk.policy, salt))
    return _unfit(changed.fault, bounds) if isinstance(changed, Unfit) else changed


def _charge(work: Work, seen: Method) -> tuple[str, ...] | Refused:
    """Count a try at a password that waits, and return the hashes of the present one."""
    held = [one for one in methods.of_account(work, seen.account) if one.kind == KIND]
    waiting = next((one for one in held if one.id == seen.id), None)
    if waiting is None or waiting.state is not State.PENDING:
        return Refused(Reason.NOT_FOUND)
    before = _present(work, held)
    counted = methods.count(work, waiting, _WAITS)
    return counted if isinstance(counted, Refused) else before


def keep(
    work: Work,
    policy: Policy,
    visitor: Visitor,
    owner: tuple[int, int],
    kept: tuple[int, tuple[str, ...], bytes | None],
) -> Method | Refused:
    """Keep a password that was hashed.

    Args: `owner` is the account and its session that goes on (0: none does); `kept` is the method,
    its history, and whether it may stand alone.
    """
    (account, session), (method, history, stands) = owner, kept
    accounts.hold(work, account)
    told = notices.addressees(work, account)
    held = methods.of_account(work, account)
    bounds = bounds_of(work, policy, account)
    if stands is None and bounds[0] == policy.passwords.shortest_alone:
        return _unfit(Fault.TOO_SHORT, bounds)  # two-step verification was turned off meanwhile
    had_one = any(one.kind == KIND and one.state is State.ACTIVE for one in held)
    used = Used(0, stands, sealed=password.seal(work, account, method, history))
    new = methods.succeed(work, account, method, used, _WAITS)
    if isinstance(new, Refused):
        return Refused(Reason.NOT_FOUND) if new.reason is Reason.CODE_USED else new
    trust.end_with_change(work, account)
    if not had_one:
        activity.record(work, Event(Kind.METHOD_ADDED, account, visitor, reasons=(KIND,)))
        notices.tell_all(work, Told.METHOD_ADDED, told, visitor, kind=KIND)
        return new
    activity.record(work, Event(Kind.PASSWORD_CHANGED, account, visitor))
    notices.tell_all(work, Told.PASSWORD_CHANGED, told, visitor)
    # Threat: 063, who knew the old one stays signed in (test_a_new_password_ends_other_sessions).
    sessions.end_all(work, account, session, policy.sessions)
    return new


def _present(work: Work, held: list[Method]) -> tuple[str, ...]:
    active = next((one for one in held if one.state is State.ACTIVE), None)
    return password.load(work, active.account, active.id) if active else ()


def bounds_of(work: Work, policy: Policy, account: int) -> tuple[int, int]:
    """Return how short and how long one may be: longer where it is the only proof."""
    owner = accounts.find(work, account)
    chosen = policy.passwords
    has_second = owner is not None and owner.two_step
    return (chosen.shortest if has_second else chosen.shortest_alone, chosen.longest)


def _unfit(fault: Fault, bounds: tuple[int, int]) -> Refused:
    return Refused(
        Reason.PASSWORD_UNFIT,
        pointer="/password",
        detail=f"{fault.value}; {bounds[0]} to {bounds[1]} characters",
        flaw=fault.value,
        bounds=bounds,
    )

"""Passkeys of the signed-in person: begun with a challenge, added when the answer is right (M5).

The challenge lies under seal with whoever asked (decision 0017), bound to its pending method. It
is spent, and a try counted, in one committed work before anything of the answer is judged.
"""

from dataclasses import replace
from datetime import datetime

from sekisho.authenticators import passkey
from sekisho.authenticators.passkey import Challenge, Flaw, Made, NewAnswer, Party, Spent
from sekisho.ground import words
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.security_info import naming
from sekisho.journeys.security_info.means import Means
from sekisho.journeys.security_info.rules import Enrolling, Given, Policy
from sekisho.records import accounts, activity, methods, notices, trust
from sekisho.records.activity import Event, Kind
from sekisho.records.methods import Full, Method, New, State
from sekisho.records.notices import Told
from sekisho.records.sessions import Session

KIND = "passkey"
_ADDING = 0  # what its challenge is for, beside the purposes of flows; its flow is the method
_WAITS = methods.Policy()


def begin(
    work: Work, policy: Policy, visitor: Visitor, session: Session, name: str
) -> Enrolling | Refused:
    """Begin a passkey; without a name it will be called after its product."""
    party = policy.parties.at(visitor.service_origin)
    if party is None:
        return Refused(Reason.PASSKEYS_NOT_HERE)
    held = passkey.held(work, session.account)
    owner = owner_of(work, session.account)
    new = New(KIND, methods.read_name(name) or "", b"", None)
    begun = methods.begin(work, session.account, work.new_id(), new, policy.passkeys.most)
    if isinstance(begun, Full):
        return Refused(Reason.TOO_MANY_METHODS)
    return _asked(work, policy, party, begun, (owner, held))


def ask_again(
    db: Database, policy: Policy, visitor: Visitor, session: Session, method: int
) -> Enrolling | Refused:
    """Draw a new challenge for a passkey that still waits; nothing is written for it."""
    party = policy.parties.at(visitor.service_origin)
    if party is None:
        return Refused(Reason.PASSKEYS_NOT_HERE)

    def draw(work: Work) -> Enrolling | Refused:
        found = methods.find(work, session.account, method)
        if found is None or found.kind != KIND or found.state is not State.PENDING:
            return Refused(Reason.NOT_FOUND)
        refused = methods.may_try(found, _WAITS, work.now)
        if refused is not None:
            return _worded(refused)
        held = passkey.held(work, session.account)
        return _asked(work, policy, party, found, (owner_of(work, session.account), held))

    return db.read(draw)


def confirm(means: Means, visitor: Visitor, found: Method, given: Given) -> Method | Refused:
    """Add the passkey that an answer shows: spent, judged with nothing open, then kept."""
    db, policy = means.db, means.policy
    party = policy.parties.at(visitor.service_origin)
    if party is None:
        return Refused(Reason.PASSKEYS_NOT_HERE)
    answer = passkey.read_new(given.text) if given.text else None
    if answer is None:
        detail = "what `navigator.credentials.create` gave, as JSON"
        return Refused(Reason.INVALID_INPUT, pointer="/credential", detail=detail)
    challenge = passkey.unseal(db.keys, given.state, found.id, _ADDING)
    if challenge is None or challenge.account != found.account:
        return Refused(Reason.PASSKEY_WRONG)
    spent = db.write("passkeys.spend", lambda work: _spend(work, found, challenge))
    if isinstance(spent, Refused):
        return spent
    made = _judged(party, spent, answer, db.clock.now())
    if isinstance(made, Refused):
        return made
    return db.write("passkeys.add", lambda work: _add(work, policy, visitor, found, made))


def owner_of(work: Work, account: int) -> passkey.Owner:
    """Return how password managers call the account: by its sign-in name."""
    return passkey.Owner(passkey.handle_of(work.keys, account), naming.sign_in_name(work, account))


def signals(
    db: Database, policy: Policy, visitor: Visitor, session: Session
) -> tuple[tuple[str, dict[str, object]], ...]:
    """Return what password managers are told after a change: which passkeys count, whose."""
    party = policy.parties.at(visitor.service_origin)
    if party is None:
        return ()

    def gather(work: Work) -> tuple[passkey.Owner, list[passkey.Passkey]]:
        return owner_of(work, session.account), passkey.held(work, session.account)

    owner, held = db.read(gather)
    return (
        ("signalAllAcceptedCredentials", passkey.all_accepted(party, owner, held)),
        ("signalCurrentUserDetails", passkey.owner_details(party, owner)),
    )


def _asked(
    work: Work,
    policy: Policy,
    party: Party,
    pending: Method,
    whose: tuple[passkey.Owner, list[passkey.Passkey]],
) -> Enrolling:
    challenge = passkey.draw_new(work, pending.id, _ADDING, pending.account, policy.passkeys)
    owner, held = whose
    return Enrolling(
        pending.id,
        KIND,
        min(challenge.ends_at, pending.created_at + _WAITS.pending),
        public_key=passkey.creation_options(party, challenge, owner, held, policy.passkeys),
        state=passkey.seal(work, challenge),
    )


def _spend(work: Work, seen: Method, challenge: Challenge) -> Spent | Refused:
    """Use the challenge up and count a try, together.

    # Threat: 052, one answer judged many times (test_of_many_answers_at_once_one_adds_a_passkey).
    """
    found = methods.find(work, seen.account, seen.id)
    if found is None:
        return Refused(Reason.NOT_FOUND)
    if found.state is not State.PENDING:
        return Refused(Reason.PASSKEY_USED)
    spent = passkey.spend(work, challenge)
    if spent is None:
        return Refused(Reason.PASSKEY_USED)
    counted = methods.count(work, found, _WAITS)
    return _worded(counted) if isinstance(counted, Refused) else spent


def _judged(party: Party, spent: Spent, answer: NewAnswer, now: datetime) -> Made | Refused:
    made = passkey.judge_new(party, spent, answer, now)
    if isinstance(made, Made):
        return made
    return Refused(Reason.PASSKEY_EXPIRED if made is Flaw.OVER else Reason.PASSKEY_WRONG)


def _add(
    work: Work, policy: Policy, visitor: Visitor, pending: Method, made: Made
) -> Method | Refused:
    account = pending.account
    accounts.hold(work, account)
    told = notices.addressees(work, account)
    first = words.text(visitor.language, "passkeys.first_name")
    name = pending.name or passkey.provider_of(made.aaguid) or first
    named = replace(made, name=naming.free_name(work, account, pending.id, name))
    added = passkey.add(work, account, pending.id, named, policy.passkeys, _WAITS)
    match added:
        case Flaw():
            return Refused(Reason.PASSKEY_TAKEN)
        case Refused():
            return _worded(added)
        case Full():
            return Refused(Reason.TOO_MANY_METHODS)
        case passkey.Passkey():
            pass
    trust.end_with_change(work, account)
    activity.record(work, Event(Kind.METHOD_ADDED, account, visitor, reasons=(KIND,)))
    notices.tell_all(work, Told.METHOD_ADDED, told, visitor, kind=KIND)
    return replace(pending, name=named.name or name, state=State.ACTIVE, confirmed_at=work.now)


def _worded(refused: Refused) -> Refused:
    """Return a refusal of methods as passkeys say it."""
    match refused.reason:
        case Reason.CODE_USED:
            return Refused(Reason.PASSKEY_USED)
        case Reason.FLOW_EXPIRED:
            return Refused(Reason.PASSKEY_EXPIRED)
        case _:
            return refused

"""What a right answer opens: the next step where more is wanted, else a session (spec M10)."""

import msgspec
from msgspec.structs import replace

from sekisho.authenticators import More, comparing, counting, registered
from sekisho.authenticators.comparing import Proof, Right
from sekisho.ground.addresses import EmailAddress
from sekisho.ground.db import Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.sign_in import actions, rules, store, telling, ways
from sekisho.journeys.sign_in.rules import Policy, Proved, SignedIn
from sekisho.journeys.sign_in.store import Gathered, Owner
from sekisho.records import (
    accounts,
    activity,
    contacts,
    flows,
    limits,
    notices,
    proofs,
    sessions,
    trust,
)
from sekisho.records.activity import Event, Kind
from sekisho.records.notices import Told
from sekisho.risk import Facts, judge

_BY_PHONE = ("sms_code", "voice_code")
_NO_BOOK = (0, limits.book(None))
_BY_TRUST = ("trusted_browser",)  # why no second step was asked


class Paid(msgspec.Struct, frozen=True):
    """A paid try with what was gathered for it; true of the store only until the next commit.

    `payer` is whose events tell of it, and whose book was charged for a sent code. `visitor` is
    without a device token that this account knows under another secret: a new one takes its place.
    `trusted` stands in the place of a second step; `trusts` asks that the browser be trusted.
    """

    proof: Proof
    owner: Owner | None
    payer: int
    visitor: Visitor
    is_familiar: bool
    trusted: trust.Kept | None = None
    trusts: bool = False

    @property
    def charged(self) -> flows.Charged:
        """Return the charge."""
        return comparing.charged(self.proof)


class _Now(msgspec.Struct, frozen=True):
    """Who passes, and the book that is settled; `payer` is 0 where none counted the try."""

    owner: Owner | None
    books: tuple[int, limits.Book]
    payer: int
    is_familiar: bool
    kept: trust.Kept | None = None  # the trust that stands in the place of a second step
    newcomer: EmailAddress | None = None
    visitor: Visitor | None = None  # in the place of who asked, where his token gives way


def gather(work: Work, ticket: flows.Ticket, device: int) -> Gathered | None:
    """Gather what answering must know of a flow and its name."""
    blind = store.blind(work.keys, rules.read_name(ticket.name))
    return store.answering(work, blind=blind, flow=ticket.flow, device=device)


def conclude(
    work: Work, policy: Policy, ticket: flows.Ticket, paid: Paid, right: Right
) -> SignedIn | Proved | More | Refused:
    """Conclude a right answer; of any number of them one commits this (spec C3)."""
    now = _by_now(work, ticket, paid, right)
    if isinstance(now, Refused):
        return now
    charged, owner = paid.charged, now.owner
    newcomer = _newcomer(policy, ticket, paid, right)
    is_owners = owner is not None and (charged.flow.account is not None or _named(right))
    is_decoy = charged.flow.challenge.method == flows.NOBODY
    if is_decoy or not (is_owners or newcomer):
        return _refuse_decoy(work, paid)

    proved = (*charged.flow.proved, right.kind)
    kept = _kept(work, paid)
    if owner is not None and not kept and _is_more_wanted(work, paid, proved, owner, right):
        return _more(work, policy, ticket, paid, right, now)
    if ticket.is_reset:
        return _may_set(work, ticket, paid, right, now)
    settled = replace(now, kept=kept, newcomer=newcomer)
    return _open(work, policy, ticket, paid, right, settled)


def _open(
    work: Work,
    policy: Policy,
    ticket: flows.Ticket,
    paid: Paid,
    right: Right,
    now: _Now,
) -> SignedIn | Refused:
    """Spend what was proved, begin the session, and tell the owner."""
    kept, newcomer, owner = now.kept, now.newcomer, now.owner
    _require(work, owner)
    charged, proved = paid.charged, (*paid.charged.flow.proved, right.kind)
    reasons = judge(Facts(is_familiar=now.is_familiar, is_new_account=owner is None)).reasons
    told = telling.everybody(work, owner, ticket) if reasons and owner is not None else []
    account = owner.account if owner else accounts.draw(work)
    made = comparing.pass_by(work, account, paid.proof, right, paid.visitor)
    if isinstance(made, Refused):
        return made
    settled = flows.spend(work, charged, now.books, now.payer)
    if owner is None and newcomer is not None:
        limits.keep(work, account, 0, settled)  # a new account resets no count (spec C6)
        _make_account(work, account, newcomer, ticket, paid.visitor)
    visitor = now.visitor or paid.visitor
    started = sessions.begin(work, account, proved, visitor, policy.sessions)

    seen, label = (*reasons, *(_BY_TRUST if kept else ())), charged.flow.challenge.label or None
    activity.record(work, Event(Kind.SIGNED_IN, account, paid.visitor, label, seen))
    notices.tell_all(work, Told.NEW_SIGN_IN, told, paid.visitor)
    token = _trust(work, policy, paid, started, kept)
    return SignedIn(started, is_new_account=owner is None, recovery_code=made, trust=token)


def _kept(work: Work, paid: Paid) -> trust.Kept | None:
    """Return the trust that stands in the place of a second step, if nobody used it meanwhile."""
    return paid.trusted if paid.trusted and trust.is_still(work, paid.trusted) else None


def _trust(
    work: Work, policy: Policy, paid: Paid, started: sessions.Started, kept: trust.Kept | None
) -> str:
    """Return the browser's next token: of a trust that was used, or is given now (spec S2)."""
    if kept is not None:
        return trust.use(work, kept)
    if not paid.trusts or paid.owner is None or not paid.owner.two_step:
        return ""
    account, device = started.session.account, started.device_token
    return trust.give(work, account, device, paid.visitor, policy.trust)


def _is_more_wanted(
    work: Work, paid: Paid, proved: tuple[str, ...], owner: Owner, right: Right
) -> bool:
    """Say whether more is to be proved; a password too short to stand alone is half.

    # Threat: 081, so is a code to a phone whose card or company changed lately.
    """
    is_half = right.outcome is not None and right.outcome.compared.is_half
    contact = paid.charged.flow.challenge.method
    if right.kind in _BY_PHONE and contact:
        held = contacts.every(work, owner.account)
        is_half = any(one.id == contact and contacts.is_doubted(one, work.now) for one in held)
    return counting.is_wanted(proved, two_step=owner.two_step or is_half)


def _may_set(
    work: Work, ticket: flows.Ticket, paid: Paid, right: Right, now: _Now
) -> Proved | Refused:
    """Let a new password be set, once, by who holds this flow; nobody is signed in (spec V5)."""
    owner = now.owner
    if owner is None:
        return _refuse_decoy(work, paid)
    _require(work, owner)
    made = comparing.pass_by(work, owner.account, paid.proof, right, paid.visitor)
    if isinstance(made, Refused):
        return made
    flows.spend(work, paid.charged, now.books, now.payer)
    bound = proofs.digest(work.keys, owner.account, proofs.RESET, {})
    proofs.earn(work, ticket.flow, ticket.flow, bound)
    label = paid.charged.flow.challenge.label or None
    event = Event(Kind.STEPPED_UP, owner.account, paid.visitor, label, (proofs.RESET,))
    activity.record(work, event)
    return Proved(owner.account, made)


def _require(work: Work, owner: Owner | None) -> None:
    """Open only what was judged by the owner's choices as they are at that moment."""
    if owner is not None:
        two_step, voided_at = owner.two_step, owner.voided_at
        accounts.require(work, owner.account, two_step=two_step, voided_at=voided_at)


def _more(
    work: Work, policy: Policy, ticket: flows.Ticket, paid: Paid, right: Right, now: _Now
) -> More | Refused:
    """Keep a first proof and return the ways on."""
    flow, account = paid.charged.flow, now.owner.account if now.owner else 0
    on = actions.of_account(work, policy, ticket, account, (*flow.proved, right.kind))
    used = comparing.go_on(work, account, paid.proof, right, paid.visitor)
    if used is not None:
        return used
    owned = replace(paid.charged, flow=replace(flow, account=account))
    flows.advance(work, owned, now.books, now.payer, right.kind)
    label = flow.challenge.label or None
    activity.record(work, Event(Kind.FIRST_PROOF, account, paid.visitor, label))
    return More(ways.options(on))


def _by_now(work: Work, ticket: flows.Ticket, paid: Paid, right: Right) -> _Now | Refused:
    """Return owner and book as the charge left them, or anew where others changed them."""
    charged, proof = paid.charged, paid.proof
    owner, payer, is_familiar = paid.owner, paid.payer, paid.is_familiar
    books = (charged.book_version, charged.book)
    if work.is_again:
        found = gather(work, ticket, device=0)
        if found is None or found.flow is None:
            return Refused(Reason.FLOW_UNKNOWN)
        if not flows.is_same(found.flow, charged.flow):
            return Refused(Reason.CODE_USED)
        if found.void is not None:
            return found.void
        owner, books, payer = found.owner, found.books, found.payer(found.flow)
    if isinstance(proof, registered.Paid):
        payer = proof.payer
        books = limits.reading(work, payer) if payer else _NO_BOOK
    if charged.flow.is_nameless and charged.flow.account is None:
        return _by_answer(work, paid, right)
    return _Now(owner, books, payer, is_familiar=is_familiar)


def _by_answer(work: Work, paid: Paid, right: Right) -> _Now | Refused:
    """Return the owner of the passkey that said whose it is."""
    candidate = right.outcome.candidate if right.outcome else None
    held = sessions.device_of(paid.visitor.device)
    found = (
        store.owning(work, account=candidate.account, device=held.id if held else 0)
        if candidate
        else None
    )
    if found is None:
        return Refused(Reason.CODE_WRONG, kind=right.kind)
    is_familiar = sessions.recognised(work.keys, held, found.device_mac) is not None
    # As for a name: a token under another secret, such as a removed one's, gives way to a new one.
    is_void = found.device_mac is not None and not is_familiar
    visitor = replace(paid.visitor, device="") if is_void else None
    return _Now(found.owner, _NO_BOOK, 0, is_familiar=is_familiar, visitor=visitor)


def _named(right: Right) -> bool:
    """Say whether the answer itself named whose it is."""
    return right.outcome is not None and right.outcome.candidate is not None


def _newcomer(
    policy: Policy, ticket: flows.Ticket, paid: Paid, right: Right
) -> EmailAddress | None:
    """Return the address that may make an account; where sign-up is closed there is none.

    Only the code that went to what was typed proves it.
    """
    is_typed = right.outcome is None and not paid.charged.flow.challenge.method
    name = rules.read_name(ticket.name) if is_typed and not ticket.is_reset else None
    email = name.email if name else None
    return email if rules.may_sign_up(policy, email) else None


def _make_account(
    work: Work, account: int, email: EmailAddress, ticket: flows.Ticket, visitor: Visitor
) -> None:
    contact = contacts.add(work, account, email)
    accounts.create(work, account, contact, ticket.language, ticket.zone)
    activity.record(work, Event(Kind.ACCOUNT_CREATED, account, visitor))


def _refuse_decoy(work: Work, paid: Paid) -> Refused:
    """Refuse a code that was never sent: whoever hit it by chance has proved nothing."""
    label = paid.charged.flow.challenge.label
    activity.record(work, Event(Kind.CODE_WRONG, paid.payer, paid.visitor, label))
    return flows.wrong(paid.charged, is_earlier=False)

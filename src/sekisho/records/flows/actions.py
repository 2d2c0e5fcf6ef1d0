"""What happens in a flow: it begins, is granted a code, charged for a try, passed."""

from msgspec.structs import replace

from sekisho.ground.clock import micros
from sekisho.ground.db import Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.records import limits
from sekisho.records.flows import rules, store
from sekisho.records.flows.rules import Asked, Charged, Flow, Policy, Purpose, State, Ticket

_LEFT_SHOWN = 3  # API.md: `left` when 3 or fewer


def begin(work: Work, purpose: Purpose, name: str, language: str, zone: str) -> Ticket:
    """Begin a flow; nothing is kept until a code is asked for."""
    return Ticket(work.new_id(), purpose, work.now, language, zone, name)


def grant(work: Work, ticket: Ticket, flow: Flow | None, asked: Asked) -> Flow:
    """Keep a code that was granted as the flow's newest challenge (spec C4)."""
    granted = rules.next_flow(ticket, flow, asked)
    if flow is None:
        store.keep_first(work, granted)
    else:
        store.keep_again(work, granted)
    return granted


def charge(
    work: Work,
    flow: Flow,
    books: tuple[int, limits.Book],
    policy: Policy,
    budgets: limits.Policy,
    *,
    payer: int,
) -> Charged | Refused:
    """Charge one try before anything is compared (spec C6); a refusal compares nothing.

    Args: `books` are the version and the book of `payer`, read with the flow.
    """
    version, book = books
    paid = limits.charge(book, flow.lane, flow.challenge.digits, budgets, work.now)
    is_paid = isinstance(paid, limits.Charge)
    refused = rules.may_answer(flow, policy, budgets.tries, work.now, has_budget=is_paid)
    if isinstance(paid, Refused):
        return _until_free(refused or paid, paid, flow, budgets)
    if refused is not None:
        return refused

    store.keep_charge(work, flow)
    limits.keep(work, payer, version, paid.book)

    tries = flow.challenge.tries + 1
    spent = replace(flow, version=flow.version + 1, challenge=replace(flow.challenge, tries=tries))
    left = min(budgets.tries - tries, paid.left)
    return Charged(spent, paid.book, version + 1, paid.at, left)


def charge_once(work: Work, flow: Flow, policy: Policy) -> Charged | Refused:
    """Charge the one answer that a challenge takes whose answer nobody can guess (attack 052).

    No book counts it: it is a passkey's, and its challenge is used up with this commit.
    """
    refused = rules.may_answer(flow, policy, 1, work.now, has_budget=True)
    if refused is not None:
        is_used = refused.reason is Reason.TOO_MANY_TRIES
        return Refused(Reason.CODE_USED) if is_used else refused
    store.keep_charge(work, flow)
    spent = replace(flow, version=flow.version + 1, challenge=replace(flow.challenge, tries=1))
    return Charged(spent, limits.book(None), 0, 0, 0)


def spend(work: Work, paid: Charged, books: tuple[int, limits.Book], payer: int) -> limits.Book:
    """Spend the code: of any number of right answers one commits this (spec C3).

    The right answer's own charge goes back; `books` of `payer` are as the charge left them, or
    newer.
    """
    store.keep_pass(work, paid.flow)
    return _settle(work, paid, books, payer)


def advance(
    work: Work, paid: Charged, books: tuple[int, limits.Book], payer: int, kind: str
) -> limits.Book:
    """Spend a first right answer without passing: more is to be proved (spec M10).

    From here on the flow is its account's, also where a passkey said whose it is.
    """
    store.keep_proved(work, paid.flow, kind)
    return _settle(work, paid, books, payer)


def void(flow: Flow, voided_at: int) -> Refused | None:
    """Refuse what was sent, or half proved, before a change of security info (spec V5).

    Args: `voided_at` is when the account's changed last, in microseconds. What passed may have
    changed something itself: it is over, and told as that.
    """
    if flow.state is State.PASSED:
        return None
    if flow.proved and micros(flow.opened_at) < voided_at:
        return Refused(Reason.FLOW_EXPIRED)
    return Refused(Reason.CODE_EXPIRED) if micros(flow.challenge.sent_at) < voided_at else None


def wrong(paid: Charged, *, is_earlier: bool) -> Refused:
    """Return what a wrong or an earlier answer is told; its charge stays."""
    left = paid.left if paid.left <= _LEFT_SHOWN else None
    newest = paid.flow.challenge
    if is_earlier:
        return Refused(Reason.CODE_EARLIER, left=left, label=newest.label, sent_at=newest.sent_at)
    return Refused(Reason.CODE_WRONG, left=left, label=newest.label)


def _settle(work: Work, paid: Charged, books: tuple[int, limits.Book], payer: int) -> limits.Book:
    """Give the right answer's charge back, where a book counted it: `payer` 0 is nobody."""
    version, book = books
    if not payer:
        return book
    settled = limits.settle(book, paid.flow.lane, paid.at, paid.flow.challenge.sent_at)
    limits.keep(work, payer, version, settled)
    return settled


def _until_free(refused: Refused, spent: Refused, flow: Flow, budgets: limits.Policy) -> Refused:
    """Return a refusal that says when there are tries again, where no new code brings any.

    A stranger's next sent code is a long one, with tries of its own (spec C6).
    """
    newest = flow.challenge
    is_short = bool(newest.label) and newest.digits < budgets.long_digits
    may_grow = flow.lane == limits.STRANGER and is_short
    if refused.retry_at is None or spent.retry_at is None or may_grow:
        return refused
    return replace(refused, retry_at=max(refused.retry_at, spent.retry_at))

"""What an owner hears of a sign-in: who is written to, and of tries that were not compared."""

from dataclasses import replace

from sekisho.authenticators import comparing
from sekisho.ground.db import Work
from sekisho.ground.visitor import Visitor
from sekisho.journeys.sign_in.rules import Policy
from sekisho.journeys.sign_in.store import Gathered, Owner
from sekisho.records import activity, contacts, flows, limits, notices
from sekisho.records.activity import Event, Kind
from sekisho.records.notices import Addressee, Told

_FAILED = Told.SECOND_STEP_FAILED.value


def addressee(work: Work, owner: Owner | None, ticket: flows.Ticket, subject: int) -> Addressee:
    """Return who is written to; for a name without an account nobody, by the same work (C11)."""
    if owner is None:
        return Addressee(subject, "", ticket.language, ticket.zone, is_decoy=True)
    return Addressee(
        account=owner.account,
        to=contacts.address(work.keys, owner.contact, owner.sealed).text,
        language=owner.language or ticket.language,
        zone=owner.zone or ticket.zone,
    )


def everybody(work: Work, owner: Owner, ticket: flows.Ticket) -> list[Addressee]:
    """Return every address of an owner, for what only a right proof sets off (spec N1, 071)."""
    first = addressee(work, owner, ticket, owner.account)
    if not owner.has_more:
        return [first]
    found = notices.addressees(work, owner.account)
    return [replace(one, language=first.language, zone=first.zone) for one in found]


def once_a_day(work: Work, account: int, lane: int) -> bool:
    """Say whether a second proof that failed is told today, and keep that it was."""
    return comparing.is_once(work, comparing.today(work, account, _FAILED), lane)


def tell_blocked(
    work: Work, policy: Policy, visitor: Visitor, found: Gathered, ticket: flows.Ticket
) -> None:
    """Record tries that were not compared; the owner hears of a spent budget once a day (001)."""
    flow = found.flow
    if flow is None:
        return
    version, book = found.books
    is_budget = flow.challenge.tries < policy.limits.tries
    told = limits.block(book, flow.lane, work.now) if is_budget else None
    payer, label = found.payer(flow), flow.challenge.label
    if told is not None:
        limits.keep(work, payer, version, told)
    activity.record(work, Event(Kind.TRIES_REFUSED, payer, visitor, label))
    if told is not None:
        who = addressee(work, found.owner, ticket, payer)
        notices.tell(work, Told.GUESSES_BLOCKED, who, visitor)

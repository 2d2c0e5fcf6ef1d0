"""What a step-up knows of its account, and the ways on: codes to contacts, then methods."""

import msgspec
from msgspec.structs import replace

from sekisho.authenticators import CODES, Asker, Gathered, Option, lanes, registered
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.ground.visitor import Visitor
from sekisho.journeys.security_info import rules
from sekisho.journeys.security_info.rules import Policy
from sekisho.records import accounts, contacts, flows, limits, methods, notices, sessions
from sekisho.records.methods import Method
from sekisho.records.notices import Told


class Found(msgspec.Struct, frozen=True):
    """What a step-up must know, read in one work."""

    contacts: tuple[contacts.Way, ...]
    methods: list[Method]
    paying: Gathered
    owner: accounts.Account | None

    @property
    def proved(self) -> tuple[str, ...]:
        """Return the kinds that were proved in this flow so far."""
        return self.paying.flow.proved if self.paying.flow else ()

    @property
    def two_step(self) -> bool:
        """Say whether two proofs are wanted."""
        return self.owner is not None and self.owner.two_step

    @property
    def voided_at(self) -> int:
        """Return when security info changed last, in microseconds (spec V5)."""
        return self.owner.voided_at if self.owner else 0


def gather(work: Work, policy: Policy, visitor: Visitor, ticket: flows.Ticket) -> Found:
    """Gather what a step-up must know, for whoever holds its ticket."""
    device = sessions.familiar_device(work, ticket.account, visitor)
    # Who is signed in is no stranger: without a browser that the account knows, the session is one.
    own = device or ticket.session
    book = lanes.opened(work, ticket.account, own, limits.reading(work, ticket.account))
    lane = limits.lane_of(book[1], own)
    owner = accounts.find(work, ticket.account)
    # Threat: 081, a phone whose card or company changed lately proves nothing for a change.
    held = contacts.every(work, ticket.account)
    trusted = [one for one in held if not contacts.is_doubted(one, work.now)]
    found = Found(
        contacts=contacts.ways(work.keys, trusted, policy.contacts),
        methods=methods.of_account(work, ticket.account),
        paying=Gathered(ticket.account, book, flows.find(work, ticket.flow), lane),
        owner=owner,
    )
    daily = [one for one in by_methods(found, ()) if one.kind in rules.DAILY]
    if ticket.act != rules.TRY_TWO_STEP or found.two_step or not daily:
        return found
    return replace(found, contacts=(), methods=daily)  # not by mail again: what would be second


def to_contacts(found: Found, proved: tuple[str, ...] | None = None) -> tuple[contacts.Way, ...]:
    """Return the contacts that a code may go to: none once a code was given back."""
    done = found.proved if proved is None else proved
    return () if set(done) & set(CODES.values()) else found.contacts


def by_methods(found: Found, proved: tuple[str, ...] | None = None) -> list[Method]:
    """Return the methods that prove something that was not proved yet."""
    return registered.usable(found.methods, found.proved if proved is None else proved)


def options(
    keys: Keys, ticket: flows.Ticket, found: Found, proved: tuple[str, ...] | None = None
) -> tuple[Option, ...]:
    """Return the ways on: codes to contacts, then methods; never one kind twice."""
    by_code = (
        Option(flows.option_of(ticket.flow, contacts.number_of(one), keys), one.kind, one.hint)
        for one in to_contacts(found, proved)
    )
    return (*by_code, *registered.options(keys, ticket.flow, by_methods(found, proved)))


def tell_blocked(work: Work, asker: Asker, found: Found) -> None:
    """Tell the owner that strangers' guesses ran out, since nobody else will today (001)."""
    owner, ticket = found.owner, asker.ticket
    who = notices.Addressee(
        account=ticket.account,
        to=found.contacts[0].to,  # the oldest: the sign-in name
        language=(owner.language if owner else None) or ticket.language,
        zone=(owner.zone if owner else None) or ticket.zone,
    )
    notices.tell(work, Told.GUESSES_BLOCKED, who, asker.visitor)

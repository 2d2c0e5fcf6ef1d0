"""Telling an owner: a letter and its event, in the transaction of what it tells of."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sekisho.ground.clock import micros
from sekisho.ground.db import Work
from sekisho.ground.visitor import Visitor
from sekisho.records import accounts, activity, contacts, delivery
from sekisho.records.activity import Event, Kind
from sekisho.records.notices import rules, store
from sekisho.records.notices.rules import Choice, Told


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is told: the account, its address, language and zone.

    `is_decoy` walks the same road for a name without an account and sends nothing (spec C11).
    """

    account: int
    to: str = field(repr=False)
    language: str
    zone: str
    is_decoy: bool = False


def addressees(work: Work, account: int, but: int = 0) -> list[Addressee]:
    """Gather an account's addresses, lately removed ones too, less one (spec N1, attack 071).

    No phone: every account has an address (its sign-in name), and a notice is long for a text.
    """
    owner = accounts.find(work, account)
    return [
        Addressee(
            account=account,
            to=contacts.address(work.keys, one.id, one.sealed).text,
            language=(owner.language if owner else None) or "en",
            zone=(owner.zone if owner else None) or "UTC",
        )
        for one in contacts.every(work, account)
        if one.state is not contacts.State.PENDING and one.id != but and one.kind == contacts.EMAIL
    ]


def choices(work: Work, account: int) -> tuple[Choice, ...]:
    """Return every kind of notice, and whether this account is sent it (spec N2)."""
    return rules.choices(store.off(work, account))


def is_sent(work: Work, account: int, told: Told, channel: str) -> bool:
    """Say whether the owner wants a notice by this channel; who is told EVERY one needs not ask."""
    return rules.is_sent(told, channel, store.off(work, account))


def choose(work: Work, account: int, choice: Choice, *, is_on: bool) -> None:
    """Turn a kind on or off; `may_turn_off` was asked before."""
    store.turn(work, account, choice.told.value, choice.channel, is_on=is_on)


def tell_all(
    work: Work,
    told: Told,
    all_of_them: Iterable[Addressee],
    visitor: Visitor,
    **facts: str,
) -> None:
    """Tell every contact that was gathered; one event a notice."""
    for addressee in all_of_them:
        tell(work, told, addressee, visitor, **facts)


def tell(work: Work, told: Told, addressee: Addressee, visitor: Visitor, **more: str) -> None:
    """Tell the owner what a visitor did or tried; it is an event too."""
    language = addressee.language
    facts: dict[str, str | int] = {
        "device": visitor.device_text(language),
        "place": visitor.place(language),
        "asked_at": micros(work.now),
        **more,
    }
    delivery.post(
        work,
        delivery.Letter(
            kind=told.value,
            to=addressee.to,
            language=language,
            zone=addressee.zone,
            account=addressee.account,
            ends_at=None,
            label=None,
            code=None,
            facts=facts,
            is_decoy=addressee.is_decoy,
        ),
    )
    reasons = (told.value, *((activity.NOBODY,) if addressee.is_decoy else ()))
    activity.record(work, Event(Kind.NOTICE_SENT, addressee.account, visitor, reasons=reasons))

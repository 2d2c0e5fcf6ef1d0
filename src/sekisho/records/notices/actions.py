"""Telling an owner: a letter and its event, in the transaction of what it tells of."""

from dataclasses import dataclass, field

from sekisho.ground.clock import micros
from sekisho.ground.db import Work
from sekisho.ground.visitor import Visitor
from sekisho.records import activity, delivery
from sekisho.records.activity import Event, Kind
from sekisho.records.notices.rules import Told


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


def tell(work: Work, told: Told, addressee: Addressee, visitor: Visitor) -> None:
    """Tell the owner what a visitor did or tried; it is an event too."""
    language = addressee.language
    facts: dict[str, str | int] = {
        "device": visitor.device_text(language),
        "place": visitor.place(language),
        "asked_at": micros(work.now),
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
    activity.record(
        work, Event(Kind.NOTICE_SENT, addressee.account, visitor, reasons=(told.value,))
    )

"""The verbs of notice choices: look at them, change them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.records import activity, contacts, notices
from sekisho.records.activity import Event, Kind
from sekisho.records.contacts import State
from sekisho.records.notices import Choice
from sekisho.records.sessions import Session


@dataclass(frozen=True, slots=True)
class Reader:
    """A contact that is told; one that was removed lately, until when."""

    hint: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """Every kind of notice by the channels that the account has, and who reads them."""

    choices: tuple[Choice, ...]
    readers: tuple[Reader, ...]


def look(work: Work, session: Session) -> Overview:
    """Return what an account is told, and at which addresses."""
    found = contacts.every(work, session.account)
    readers = tuple(
        Reader(
            hint=contacts.hint(work.keys, one),
            until=one.removed_at + contacts.REMEMBERED if one.removed_at else None,
        )
        for one in found
        if one.state is not State.PENDING and one.kind == contacts.EMAIL
    )
    has_phone = any(one.kind == contacts.PHONE for one in found)
    choices = tuple(
        one
        for one in notices.choices(work, session.account)
        if has_phone or one.channel == contacts.EMAIL
    )
    return Overview(choices, readers)


def every(work: Work, session: Session) -> tuple[Choice, ...]:
    """Return every kind of notice by each channel of it."""
    return notices.choices(work, session.account)


def choose(
    db: Database, visitor: Visitor, session: Session, wanted: Mapping[tuple[str, str], bool]
) -> tuple[Choice, ...] | Refused:
    """Turn kinds of notices on or off, by channel; what is not named stays as it is.

    A critical kind stays on: asking for it to be off is refused, and nothing is changed.
    """
    for (kind, channel), is_on in wanted.items():
        if not notices.is_kind(kind, channel):
            return Refused(Reason.INVALID_INPUT, pointer="/data", detail="no such kind of notice")
        if not is_on and not notices.may_turn_off(kind, channel):
            return Refused(Reason.INVALID_INPUT, pointer="/data", detail="critical: it stays on")
    return db.write("notices.choose", lambda work: _choose(work, visitor, session, wanted))


def _choose(
    work: Work, visitor: Visitor, session: Session, wanted: Mapping[tuple[str, str], bool]
) -> tuple[Choice, ...]:
    before = notices.choices(work, session.account)

    changed = {
        one: wanted[one.told.value, one.channel]
        for one in before
        if wanted.get((one.told.value, one.channel), one.is_on) is not one.is_on
    }

    for one, is_on in changed.items():
        notices.choose(work, session.account, one, is_on=is_on)
    if changed:
        activity.record(work, Event(Kind.NOTICES_CHOSEN, session.account, visitor))
    return tuple(
        Choice(one.told, one.channel, one.is_critical, changed.get(one, one.is_on))
        for one in before
    )

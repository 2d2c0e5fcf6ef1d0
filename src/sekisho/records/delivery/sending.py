"""Sending: claim what is due, hand it over outside any transaction, note what became of it.

At least once: a worker that dies between the claim and the note leaves a lease that ends (spec D2).
What is superseded or has ended meanwhile is not sent (attack 028). `mailroom.py` does this with
several hands at once.
"""

from base64 import b32encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog
from jinja2 import TemplateError

from sekisho.ground import ids
from sekisho.ground.db import Database, Work
from sekisho.records.delivery import reached, rules, sealing, store
from sekisho.records.delivery.channels import CHANNELS, Addressed
from sekisho.records.delivery.letters import Contents
from sekisho.records.delivery.post_office import PostOffice
from sekisho.records.delivery.rules import (
    Accepted,
    Claimed,
    Deferred,
    Draft,
    Dropped,
    Late,
    Outcome,
    Policy,
    Rejected,
)

Result = tuple[Claimed, Outcome]

_FRESH_MICROSECONDS = 250_000  # a claim this young is not read again before its hand-over
_TOKEN_BYTES = 10
# A decoy for a name that is no address is written all the same, and goes nowhere (spec C11).
_NOBODY = "nobody@decoy.invalid"
_NO_PHONE = "+999000000000"  # of no country
_PHONES = ("sms", "voice")
_log = structlog.get_logger("sekisho.delivery")


def rooms(room: int) -> Mapping[str, int]:
    """Return the same room for every channel."""
    return dict.fromkeys(CHANNELS, room)


def send_due(db: Database, office: PostOffice) -> int:
    """Send one batch of what is due, one after the other; return how many were looked at."""
    claimed = exchange(db, [], rooms(office.policy.batch), office.policy)
    results = []
    for message in claimed:
        outcome = hand_over(db, office, message)
        if outcome is not None:
            results.append((message, outcome))
    exchange(db, results, {}, office.policy)
    return len(claimed)


def exchange(
    db: Database, results: Sequence[Result], room: Mapping[str, int], policy: Policy
) -> list[Claimed]:
    """Note results and claim, in each channel up to its `room`, what is due: in one transaction.

    By channel, so that a backlog of one, whose gateway is slow, is not before the others' mail.
    """
    free = {channel: most for channel, most in room.items() if most > 0}
    if not results and not db.read(lambda work: store.is_due(work, free)):
        return []
    claimed = db.write("delivery.exchange", lambda work: _exchange(work, results, free, policy))
    for message, outcome in results:
        _tell(message, outcome)
    return claimed


def hand_over(db: Database, office: PostOffice, message: Claimed) -> Outcome | None:
    """Write a claimed message and hand it over; None when the claim no longer holds."""
    now = db.clock.now()
    if rules.is_late(message, now):
        return Late()
    is_fresh = (now - message.claimed_at).total_seconds() * 1_000_000 < _FRESH_MICROSECONDS
    if not is_fresh and not db.read(lambda work: store.is_claimed(work, message)):
        return None
    content = sealing.unseal(message.sealed, message.id, db.keys)
    if content is None:
        return Rejected("sealed under another root key", is_ours=True)
    draft = _write(_addressed(db, message, content, now), office)
    if isinstance(draft, Deferred):
        return draft
    if content.is_decoy:
        return Dropped()
    if office.before is not None and draft.channel in _PHONES and draft.code is not None:
        _look_before(office.before, draft)
    return _send(draft, office)


def _write(message: Addressed, office: PostOffice) -> Draft | Deferred:
    try:
        return CHANNELS[message.channel](message, office)
    except TemplateError as error:
        return Deferred(f"the letter cannot be written: {error}")
    except Exception as error:  # noqa: BLE001 - a letter may fail in any way, and waits for its mending
        return Deferred(f"the letter cannot be written: {type(error).__name__}")


def _look_before(look: Callable[[str], None], draft: Draft) -> None:
    """Let somebody look at the number; a look-up that fails holds back no code."""
    try:
        look(draft.to)
    except Exception as error:  # noqa: BLE001 - whatever it was, the code goes
        _log.warning("no look-up of a number", message=draft.id, error=type(error).__name__)


def _send(draft: Draft, office: PostOffice) -> Outcome:
    provider = office.providers.get(draft.channel)
    if provider is None:
        return Deferred(f"nothing is set up to send by {draft.channel}")
    return provider.send(draft)


def _exchange(
    work: Work, results: Sequence[Result], free: Mapping[str, int], policy: Policy
) -> list[Claimed]:
    _note(work, results, policy)
    lease_end = work.now + policy.lease
    claimed = [
        message
        for channel, most in free.items()
        for message in store.claim(work, channel, most, lease_end)
    ]
    late = [message for message in claimed if rules.is_late(message, work.now)]
    _note(work, [(message, Late()) for message in late], policy)
    return [message for message in claimed if message not in late]


def _note(work: Work, results: Sequence[Result], policy: Policy) -> None:
    after = [
        (message, rules.judge(message, outcome, work.now, jitter, policy))
        for message, outcome in results
        for jitter in (work.chance.below(rules.JITTER_STEPS),)
    ]
    store.note(work, after)
    for message, outcome in results:
        if isinstance(outcome, Rejected) and message.address and not outcome.is_ours:
            reached.refused(work, message.address, message.id)
    went = [message.address for message, outcome in results if isinstance(outcome, Accepted)]
    reached.accepted(work, [address for address in went if address])


def _addressed(
    db: Database, message: Claimed, content: sealing.Content, now: datetime
) -> Addressed:
    # The token makes Message-IDs that nobody can guess. It is drawn from the key and the id, so a
    # second try has the same one, and a mail can be known again when its content is long erased.
    nobody = _NO_PHONE if message.channel in _PHONES else _NOBODY
    token = db.keys.mac("message-id/v1", message.id.to_bytes(8, "big"))[:_TOKEN_BYTES]
    return Addressed(
        id=ids.show("msg", message.id),
        kind=message.kind,
        channel=message.channel,
        token=b32encode(token).decode().lower(),
        to=content.to or nobody if content.is_decoy else content.to,
        contents=Contents(
            language=content.language,
            zone=content.zone,
            created_at=message.created_at,
            ends_at=message.ends_at,
            label=message.label,
            code=content.code,
            facts=content.facts,
        ),
        now=now,
    )


def _tell(message: Claimed, outcome: Outcome) -> None:
    match outcome:
        case Accepted() | Dropped():
            return
        case Deferred(cause) | Rejected(cause):
            _log.warning(
                "message not handed over",
                message=ids.show("msg", message.id),
                kind=message.kind,
                attempt=message.attempts,
                is_final=isinstance(outcome, Rejected),
                cause=cause,
            )
        case _:
            return

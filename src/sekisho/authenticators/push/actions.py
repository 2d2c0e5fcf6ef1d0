"""The verbs of push that flows call: ask the phones, look, use an approval up, end the phones.

What a phone says is `deciding.py`, how it comes to an account `enrolling.py`.
"""

from datetime import datetime

import msgspec

from sekisho.authenticators.push import binding, resting, rules, store
from sekisho.authenticators.push.resting import Held
from sekisho.authenticators.push.rules import (
    NONCE_BYTES,
    Ask,
    Details,
    Phone,
    Policy,
    Reach,
    State,
)
from sekisho.ground import chance as chances
from sekisho.ground import ids
from sekisho.ground.db import Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.showing import shown
from sekisho.ground.visitor import Visitor
from sekisho.records import activity, delivery, limits, methods, notices
from sekisho.records.activity import Event, Kind
from sekisho.records.notices import Addressee, Told

_KEPT = 2 * resting.DAY  # an ask; its limits look back a day
LETTER = "push_ask"


class Wanted(msgspec.Struct, frozen=True):
    """What a flow asks the phones for.

    `account` may be the stand-in of an unknown name (`is_known` false): the same work is done and
    nobody is asked (spec C11). `name` is whose account the phone shows, `to` where the message goes
    in the list of messages. `is_open` says that a limit may be told to who asks: he has proved
    something already. `method` 0 asks every phone.
    """

    account: int
    flow: int
    purpose: int
    lane: int
    visitor: Visitor
    name: str
    to: str
    language: str
    zone: str
    act: str = ""
    method: int = 0
    is_known: bool = True
    is_open: bool = True

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "name", "to")


class Put(msgspec.Struct, frozen=True):
    """An ask that stands: its id is to be the id of the flow's newest challenge."""

    id: int
    digits: int
    number: str
    ends_at: datetime
    resend_at: datetime
    message: int

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "number")


class Seen(msgspec.Struct, frozen=True):
    """An ask as who waits for it sees it: the number to type on the phone, and how it stands."""

    state: State
    number: str
    ends_at: datetime
    is_over: bool

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "number")


class Approved(msgspec.Struct, frozen=True):
    """An approval that was used up: by which phone, and what a session may say was proved."""

    method: int
    proved: str


class Reached(msgspec.Struct, frozen=True):
    """A phone that can be told of an ask; `sealed` is what `forget` wants back."""

    method: int
    reach: Reach
    sealed: bytes


def ask(work: Work, wanted: Wanted, policy: Policy) -> Put | Refused:
    """Ask the phones of an account, or act as if: what is silent looks the same (attack 046)."""
    earlier = store.earlier(work, wanted.account)
    asked = [one for one in store.phones(work, wanted.account) if wanted.method in (0, one.method)]
    is_stranger = wanted.lane == limits.STRANGER
    judged = resting.judge(earlier, wanted.flow, policy, work.now, is_stranger=is_stranger)
    if isinstance(judged, Held):
        return _hold(work, wanted, policy, judged, asked)

    store.close(work, judged.closes)
    put = _put(work, wanted, policy, is_held=False, is_decoy=not asked, counts=True)
    for one in judged.closes:
        if one.message:
            delivery.supersede(work, one.message)
    _tell(work, Kind.PUSH_ASKED, wanted, asked)
    return put


def look(work: Work, challenge: int) -> Seen | None:
    """Return the ask of a flow's challenge, for who waits for it."""
    found = store.ask(work, challenge)
    details = binding.details_of(work.keys, found) if found else None
    if found is None or details is None:
        return None
    is_over = found.state is not State.APPROVED and (
        found.state is not State.WAITING or work.now >= found.ends_at
    )
    return Seen(found.state, details.number, found.ends_at, is_over)


def approved(work: Work, flow: int, challenge: int) -> Ask | Refused:
    """Return the approval that a flow can go on by.

    # Threat: 050, a phone that was removed after it approved (test_an_approval_of_a_phone_that…).
    """
    found = store.ask(work, challenge)
    refused = rules.may_use(found, flow, work.now)
    if found is None or refused is not None:
        return refused or Refused(Reason.NOT_FOUND)
    phone = store.phone(work, found.decided_by)
    if phone is None or not phone.is_active or phone.account != found.account:
        return Refused(Reason.CODE_USED)
    return found


def conclude(work: Work, flow: int, challenge: int) -> Approved | Refused:
    """Use an approval up: of any number of flows and calls that try one commits this."""
    found = approved(work, flow, challenge)
    if isinstance(found, Refused):
        return found
    store.use(work, found)
    methods.touch(work, found.decided_by)
    return Approved(found.decided_by, rules.proved_as(found.digits))


def end_all(work: Work, account: int, but: int = 0) -> int:
    """End an account's phones, perhaps but one, and all they were asked (S1, 107); return how many.

    A phone that was ended is to be bound anew; its key opens nothing from this moment on.
    """
    ended = methods.remove_kind(work, account, rules.KIND, but)
    store.cancel_all(work, account)
    return ended


def told_of(work: Work, challenge: int) -> list[Reached]:
    """Return where an ask that still stands is to be told: the phones that can be reached."""
    found = store.ask(work, challenge)
    if found is None or found.state is not State.WAITING or not found.is_live:
        return []
    reached = (
        (one, binding.reach_of(work.keys, one))
        for one in store.phones(work, found.account)
        if rules.is_for(found, one)
    )
    return [
        Reached(one.method, reach, one.subscription)
        for one, reach in reached
        if reach is not None and one.subscription is not None
    ]


def subscribe(work: Work, phone: Phone, reach: Reach | None) -> None:
    """Keep where a phone is reached, or that it looks by itself."""
    store.subscribe(
        work, phone.method, binding.seal_reach(work, phone.account, phone.method, reach)
    )


def forget(work: Work, method: int, sealed: bytes) -> None:
    """Forget where a phone was reached: its push service says that this is over."""
    store.unsubscribe(work, method, sealed)


def sweep(work: Work) -> int:
    """Delete asks of before, and phones whose method is gone; return how many."""
    return store.sweep(work, work.now - _KEPT)


def _hold(
    work: Work, wanted: Wanted, policy: Policy, held: Held, asked: list[Phone]
) -> Put | Refused:
    """Keep the phones quiet; the owner is told once a day, the asker where he may know."""
    told = _addressees(work, wanted, is_decoy=not asked) if held.is_told else []
    if wanted.is_open and not held.is_told:
        return Refused(Reason.TOO_MANY_REQUESTS, retry_at=held.until)
    put = _put(work, wanted, policy, is_held=True, is_decoy=True, counts=held.is_told)
    _tell(work, Kind.PUSH_HELD_BACK, wanted, asked)
    notices.tell_all(work, Told.PUSH_BLOCKED, told, wanted.visitor)
    if wanted.is_open:
        return Refused(Reason.TOO_MANY_REQUESTS, retry_at=held.until)
    return put


def _tell(work: Work, kind: Kind, wanted: Wanted, asked: list[Phone]) -> None:
    """Record what became of it; where there is no phone the owner is not told of one."""
    reasons = () if asked else (activity.NOBODY,)
    activity.record(work, Event(kind, wanted.account, wanted.visitor, reasons=reasons))


def _addressees(work: Work, wanted: Wanted, *, is_decoy: bool) -> list[Addressee]:
    if wanted.is_known and not is_decoy:
        return notices.addressees(work, wanted.account)
    return [Addressee(wanted.account, "", wanted.language, wanted.zone, is_decoy=True)]


def _put(
    work: Work, wanted: Wanted, policy: Policy, *, is_held: bool, is_decoy: bool, counts: bool
) -> Put:
    number, visitor = work.new_id(), wanted.visitor
    drawn = chances.digits(work.chance, policy.digits)
    details = Details(drawn, wanted.name, visitor.device_mark, visitor.country, wanted.act)
    ends_at = work.now + policy.lives
    message = _post(work, wanted, number, ends_at, is_decoy=is_decoy)
    new = Ask(
        id=number,
        account=wanted.account,
        flow=wanted.flow,
        purpose=wanted.purpose,
        method=wanted.method,
        lane=wanted.lane,
        state=State.WAITING,
        is_held=is_held,
        digits=policy.digits,
        tries=0,
        nonce=work.chance.octets(NONCE_BYTES),
        sealed=binding.seal_details(work, number, details),
        ends_at=ends_at,
        decided_at=None,
        decided_by=0,
        is_reported=False,
        message=message,
    )
    store.add(work, new, counts=counts)
    return Put(number, policy.digits, drawn, ends_at, work.now + policy.pause, message)


def _post(work: Work, wanted: Wanted, ask: int, ends_at: datetime, *, is_decoy: bool) -> int:
    """Post the message that wakes the phones; it says that somebody asks, and never the number."""
    letter = delivery.Letter(
        kind=LETTER,
        to=wanted.to,
        language=wanted.language,
        zone=wanted.zone,
        account=wanted.account,
        ends_at=ends_at,
        facts={"ask": ids.show("chl", ask)},
        is_decoy=is_decoy,
        channel="push",
    )
    return delivery.post(work, letter)

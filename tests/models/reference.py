"""What signing in must do, written from SPEC rows C1 to C11, F3, S1, A1 and from API.md alone.

A second opinion: it shares no line with the product and keeps whole histories where the product
keeps books. Time is in seconds since the beginning. Each act returns what its caller must see.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.models.kinds import Contact, Method, enough

MINUTE, HOUR, DAY = 60, 3600, 86400
LONG_DIGITS = 8
CODE_LIFE = {
    "sign_in": 5 * MINUTE,
    "step_up": 10 * MINUTE,
    "verify_contact": 10 * MINUTE,
    "reset_password": 10 * MINUTE,
}
SIGNING = ("sign_in", "reset_password")  # by a name, without a session
IDLE, MOST = 30 * MINUTE, 60 * MINUTE
SESSION_IDLE, SESSION_MOST, SESSION_TOUCH = DAY, 30 * DAY, 5 * MINUTE
EVENTS_SHOWN = 30 * DAY
DEVICES_KEPT = 400 * DAY
BOOKS_KEPT = 91 * DAY  # since anything was written in one
REMEMBERED = 30 * DAY
SHOWN_LEFT = 3
STRANGERS = ""
NOBODY = "nobody"
CODES = ("", "")  # the book of codes; of each kind of method there is one for each account
TRUST_LIFE = 30 * DAY


@dataclass(frozen=True)
class Numbers:
    """The numbers of C6, C10 and F3."""

    tries: int = 5
    stranger: tuple[tuple[int, int], ...] = ((HOUR, 10), (DAY, 20), (90 * DAY, 100))
    stranger_long: tuple[tuple[int, int], ...] = ((DAY, 200),)
    familiar: tuple[tuple[int, int], ...] = ((HOUR, 20), (DAY, 50))
    familiar_in_a_row: int = 100
    pauses: tuple[int, ...] = (30, 60, 120, 300)
    flow: int = 5
    contact: tuple[tuple[int, int], ...] = ((10 * MINUTE, 5), (DAY, 50))
    reserve: tuple[int, int] = (2, 12)  # beside them, for codes that are not for signing in
    flood_first_hour: int = 5
    flood_day: int = 10


Letters = tuple[tuple[str, str, bool], ...]  # to whom, for what, whether it carries a code


@dataclass(frozen=True)
class Seen:
    """What an act's caller sees, and which letters leave."""

    outcome: str
    left: int | None = None
    retry_at: int | None = None
    letters: Letters = ()


@dataclass
class Lane:
    """All that one lane of a name ever did."""

    asked: list[int] = field(default_factory=list)  # since the last right answer
    sent: list[int] = field(default_factory=list)
    unproved: list[int] = field(default_factory=list)
    short: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    in_a_row: int = 0
    is_closed: bool = False
    digest: int | None = None
    told: int | None = None


@dataclass
class Trust:
    """A browser that skips the second step: by its newest token alone, and only where it is."""

    token: str
    device: str
    ends_at: int

    def is_of(self, token: str) -> bool:
        """Whether this is a token of it, of today or of before: they begin alike."""
        return token[:17] == self.token[:17]


@dataclass
class Person:
    """A name: what was done under it counts whether an account has it or not (C6, C11)."""

    name: str
    is_mailbox: bool
    account: str = ""
    lanes: dict[str, Lane] = field(default_factory=dict)
    devices: dict[str, int] = field(default_factory=dict)  # and when they last signed in
    events: list[tuple[int, str]] = field(default_factory=list)
    methods: list[Method] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    two_step: bool = False
    tries: dict[tuple[str, str], dict[str, Lane]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)  # browsers that the owner removed
    written: dict[tuple[str, str], int] = field(default_factory=dict)  # when, by book
    told: dict[tuple[str, str], int] = field(default_factory=dict)  # of failed second proofs
    changed_at: int = -1  # security info; what was asked for before opens nothing
    trusts: dict[str, Trust] = field(default_factory=dict)  # by browser
    asks: dict[str, list[Any]] = field(default_factory=dict)  # of phones, by account

    def lane(self, device: str) -> Lane:
        return self.lanes.setdefault(device, Lane())

    def is_closed(self, lane: Lane, key: str) -> bool:
        """Whether a lane is out of use: until its browser has signed in since."""
        return lane.is_closed and self.devices.get(key, -1) <= lane.short[-1]

    def open_again(self, lane: Lane, key: str) -> None:
        if lane.is_closed and not self.is_closed(lane, key):
            lane.in_a_row, lane.is_closed = 0, False


@dataclass
class Code:
    """The newest challenge of a flow; its kind is empty once it has proved something."""

    digits: int
    sent_at: int
    resend_at: int
    ends_at: int
    kind: str = "email_code"
    tries: int = 0
    method: Method | None = None  # the one that was chosen
    to: str = ""  # the address that it went to, "" for nobody
    ask: Any = None  # of the phones


@dataclass
class Flow:
    """One flow: whose book pays, in which lane, what became of it.

    `owner` is who reads its events; a sign-in without a name has none before its answer.
    """

    person: Person
    opened_at: int
    stepped_at: int
    state: str = "open"
    lane: str = STRANGERS
    asked: int = 0
    code: Code | None = None
    purpose: str = "sign_in"
    owner: Person | None = None
    account: str = ""  # the name's when it was asked last
    proved: tuple[str, ...] = ()  # while more is wanted
    whole: tuple[str, ...] = ()  # once it is passed
    act: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    session: str = ""
    is_nameless: bool = False  # a passkey says whose it is
    is_swept: bool = False
    is_anybodys: bool = False  # nobody said so before this answer
    trust: Any = None  # what stood in the place of a second step

    def __post_init__(self) -> None:
        self.owner = self.owner or self.person

    def end(self) -> int:
        return min(self.stepped_at + IDLE, self.opened_at + MOST)

    @property
    def void(self) -> str:
        """What it is told if security info changed since it was asked for, or half proved (V5)."""
        if self.code is None or self.purpose == "verify_contact" or not self.person.account:
            return ""
        if self.state == "passed":
            return ""
        if self.is_anybodys and not self.proved:
            return ""  # no name led to it, and no account holds it: a passkey said whose it was
        if self.proved and self.opened_at < self.person.changed_at:
            return "flow_expired"
        return "code_expired" if self.code.sent_at < self.person.changed_at else ""


@dataclass
class Session:
    """A session of an account."""

    person: Person
    began_at: int
    used_at: int
    methods: tuple[str, ...] = ()
    browser: str = ""
    is_ended: bool = False

    def is_live(self, now: int) -> bool:
        ends_at = min(self.used_at + SESSION_IDLE, self.began_at + SESSION_MOST)
        return not self.is_ended and now < ends_at


def within(times: list[int], now: int, window: int) -> list[int]:
    return [at for at in times if now - at < window]


def room(times: list[int], now: int, windows: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    """How many more fit into all windows now, and from when on one does."""
    left = min(most - len(within(times, now, window)) for window, most in windows)
    free = [
        within(times, now, window)[-most] + window
        for window, most in windows
        if len(within(times, now, window)) >= most
    ]
    return left, max(free, default=now)


class Reference:
    """The service as the specification tells it."""

    def __init__(self, numbers: Numbers, *, is_open: bool) -> None:
        self.numbers = numbers
        self.is_open = is_open
        self.now = 0
        self.people: dict[str, Person] = {}
        self.flows: list[Flow] = []
        self.sessions: dict[str, Session] = {}
        # session, act, parameters, when: what step-ups left and no act has spent
        self.proofs: list[tuple[str, str, tuple[tuple[str, str], ...], int]] = []
        self.boxes: list[Person] = []  # contacts that wait are counted under their own names
        self.carried: tuple[str, ...] = ()  # tokens of trust that came with the answer
        self.wishes = False  # that this browser be trusted

    def begin(self, person: Person) -> Flow:
        flow = Flow(person, self.now, self.now)
        self.flows.append(flow)
        return flow

    def state(self, flow: Flow) -> str:
        is_over = flow.state == "open" and self.now >= flow.end()
        return "expired" if is_over else flow.state

    def ask(self, flow: Flow, device: str, to: str = "", by: str = "email_code") -> Seen:
        """Ask for a code; `to` is the address that it goes to, "" for the name's own."""
        key = self.key(flow, device)
        if flow.purpose == "verify_contact" and flow.person.is_closed(flow.person.lane(key), key):
            return Seen("flow_expired")  # until it is added anew, which takes a proof
        refused = self.may_ask(flow)
        if refused is not None:
            return refused
        sending = "code"
        if key == STRANGERS:
            sending = self._flood(flow, flow.person.lane(key))
        else:
            lanes = [lane for name, lane in flow.person.lanes.items() if name != STRANGERS]
            sent = sorted(at for lane in lanes for at in lane.sent)
            left, free_at = room(sent, self.now, self.most_sent(flow))
            if left <= 0:
                return Seen("too_many_requests", retry_at=free_at)
        self._grant(flow, key, sending)
        flow.code.to, flow.code.kind = to, by
        kind = "code_asked" if sending == "code" else "code_held_back"
        flow.owner.events.append((self.now, kind))
        is_grown = flow.code.digits >= LONG_DIGITS
        told = self._tell_blocked(flow) if is_grown else ()
        return Seen("asked", letters=(*self._letters(flow, sending, to), *told))

    def wrong(self, flow: Flow) -> int:
        """How many tries at the newest code were wrong: a right one takes its charge back."""
        return flow.code.tries - (flow.state == "passed")

    def most_sent(self, flow: Flow) -> tuple[tuple[int, int], ...]:
        """How many codes go to one contact: some are kept for what is not signing in."""
        beside = (0, 0) if flow.purpose == "sign_in" else self.numbers.reserve
        return tuple(
            (window, most + more)
            for (window, most), more in zip(self.numbers.contact, beside, strict=True)
        )

    def may_ask(self, flow: Flow) -> Seen | None:
        match self.state(flow):
            case "expired":
                return Seen("flow_expired")
            case "passed" | "refused":
                return Seen("code_used")
        if flow.asked >= self.numbers.flow:
            return Seen("too_many_requests", retry_at=flow.end())
        if flow.code is not None and self.now < flow.code.resend_at:
            return Seen("too_soon", retry_at=flow.code.resend_at)
        return None

    def key(self, flow: Flow, device: str) -> str:
        """Return the lane that asks: a known browser's, else strangers'."""
        person = flow.person
        if flow.purpose == "verify_contact":
            return flow.owner.account
        known = device if device in person.devices else flow.session
        return STRANGERS if person.is_closed(person.lane(known), known) else known

    def _grant(self, flow: Flow, key: str, sending: str) -> None:
        lane, now, numbers = flow.person.lane(key), self.now, self.numbers
        flow.person.open_again(lane, key)
        if lane.asked and now - lane.asked[-1] >= HOUR:
            lane.asked.clear()
        pause = numbers.pauses[min(len(lane.asked), len(numbers.pauses) - 1)]
        lane.asked.append(now)
        flow.person.written[CODES] = now
        if sending == "code":
            lane.sent.append(now)
            if key == STRANGERS:
                lane.unproved.append(now)
        if sending == "digest":
            lane.digest = now
        is_long = key == STRANGERS and room(lane.short, now, numbers.stranger)[0] <= 0
        ends_at = now + CODE_LIFE[flow.purpose]
        flow.code = Code(LONG_DIGITS if is_long else 6, now, now + pause, ends_at)
        self.step(flow, key)

    def step(self, flow: Flow, key: str) -> None:
        """Keep that a flow asked."""
        flow.lane, flow.stepped_at, flow.asked = key, self.now, flow.asked + 1
        flow.account = flow.person.account

    def _flood(self, flow: Flow, lane: Lane) -> str:
        """F3: five in the first hour, then one an hour, ten a day, then a digest a day."""
        recent = within(lane.unproved, self.now, DAY)
        if len(recent) >= self.numbers.flood_day:
            is_told = lane.digest is not None and self.now - lane.digest < DAY
            return "nothing" if is_told else "digest"
        if len(within(lane.sent, self.now, DAY)) >= self.most_sent(flow)[1][1]:
            return "nothing"
        if not recent:
            return "code"
        if self.now - recent[0] < HOUR:
            return "code" if len(recent) < self.numbers.flood_first_hour else "nothing"
        return "code" if self.now - recent[-1] >= HOUR else "nothing"

    def _letters(self, flow: Flow, sending: str, to: str) -> Letters:
        person = flow.person
        if flow.purpose in SIGNING:
            may_sign_up = self.is_open and flow.purpose == "sign_in"
            is_reached = person.account or (may_sign_up and person.is_mailbox)
            if not is_reached or to == NOBODY:
                return ()
        to = to or person.name
        if sending == "nothing":
            return ()
        return ((to, flow.purpose, True),) if sending == "code" else ((to, "code_flood", False),)

    def answer(self, flow: Flow, verdict: str, device: str) -> Seen:
        """Answer: `verdict` is right, wrong, earlier or unreadable, were it compared."""
        now, code = self.now, flow.code
        if code is None or self.state(flow) == "expired":
            return Seen("not_found" if self.state(flow) != "expired" else "flow_expired")
        lane = flow.person.lane(flow.lane)
        flow.person.open_again(lane, flow.lane)
        left, free_at = self._budget(lane, flow.lane, code.digits)
        if self.wrong(flow) >= self.numbers.tries or left <= 0:
            return self._refuse(flow, code, free_at if left <= 0 else now)
        if flow.state != "open" or now >= code.ends_at:
            return Seen("code_used" if flow.state != "open" else "code_expired")
        flow.person.written[CODES] = now
        self.charge(lane, flow, code)
        if verdict == "right":
            return self._pass(flow, lane, code, device)
        flow.owner.events.append((now, f"code_{verdict}"))
        shown = self.shown(code, left - 1)
        is_told = flow.proved and code.tries == (3 if device in flow.person.devices else 1)
        letters = self.tell_once_a_day(flow) if is_told else ()
        told = "invalid_input" if verdict == "unreadable" else f"code_{verdict}"
        return Seen(told, left=shown, letters=letters)

    def tell_once_a_day(self, flow: Flow) -> Letters:
        """A right first proof and a failed second one that nobody counts by itself (M10, 085)."""
        person = flow.person
        told_at = person.told.get((person.account, flow.lane), -DAY)
        if flow.purpose not in SIGNING or self.now - told_at < DAY:
            return ()
        person.told[person.account, flow.lane] = self.now
        return self.everyone(person, "second_step_failed")

    def shown(self, code: Code, left: int) -> int | None:
        """Return how many tries the answer is told that are left."""
        left = min(self.numbers.tries - code.tries, left)
        return left if left <= SHOWN_LEFT else None

    def _refuse(self, flow: Flow, code: Code, free_at: int) -> Seen:
        """Nothing is compared; a stranger's next code is a long one, with tries of its own."""
        may_grow = flow.lane == STRANGERS and 0 < code.digits < LONG_DIGITS  # 0: it was not sent
        retry_at = max(code.resend_at, self.now + 1, self.now if may_grow else free_at)
        told: Letters = ()
        if flow.purpose in SIGNING:
            flow.owner.events.append((self.now, "tries_refused"))
            told = self._tell_blocked(flow) if code.tries < self.numbers.tries else ()
        return Seen("too_many_tries", retry_at=retry_at, letters=told)

    def _budget(self, lane: Lane, key: str, digits: int) -> tuple[int, int]:
        if key != STRANGERS:
            left, free_at = room(lane.short, self.now, self.numbers.familiar)
            return (0, self.now) if lane.is_closed else (left, free_at)  # no hour opens it
        if digits >= LONG_DIGITS:
            return room(lane.long, self.now, self.numbers.stranger_long)
        return room(lane.short, self.now, self.numbers.stranger)

    def charge(self, lane: Lane, flow: Flow, code: Code) -> None:
        is_long = flow.lane == STRANGERS and code.digits >= LONG_DIGITS
        (lane.long if is_long else lane.short).append(self.now)
        code.tries += 1
        flow.stepped_at = self.now
        if flow.lane != STRANGERS:
            lane.in_a_row += 1
            lane.is_closed = lane.in_a_row >= self.numbers.familiar_in_a_row

    def _pass(self, flow: Flow, lane: Lane, code: Code, device: str) -> Seen:
        is_long = flow.lane == STRANGERS and code.digits >= LONG_DIGITS
        (lane.long if is_long else lane.short).pop()
        lane.asked.clear()
        lane.in_a_row, lane.is_closed = 0, False
        if code.sent_at in lane.unproved:
            lane.unproved.remove(code.sent_at)
        return self.conclude(flow, code.kind, device)

    def conclude(self, flow: Flow, kind: str, device: str) -> Seen:
        """A right answer was given: is it enough, and what does it open?"""
        person, proved = flow.person, (*flow.proved, kind)
        is_half = person.two_step and not enough(proved)
        trust, told = self._trust(flow, device) if is_half else (None, ())
        if is_half and trust is None:
            code = flow.code
            flow.proved, code.kind, code.ends_at, code.resend_at = proved, "", self.now, self.now
            flow.is_anybodys = False
            if flow.purpose in SIGNING:
                person.events.append((self.now, "first_proof"))
            typed = self._tell_typed(flow) if kind == "recovery_code" else ()
            return Seen("more", letters=(*told, *typed))
        flow.state, flow.whole, flow.trust = "passed", proved, trust
        used = self._use_recovery_code(person) if "recovery_code" in proved else ()
        if flow.purpose == "sign_in":
            seen = self._sign_in(person, device)
            return Seen("passed", letters=(*told, *used, *seen.letters))
        if flow.purpose in ("step_up", "reset_password"):
            self.proofs.append((flow.session, flow.act, flow.parameters, self.now))
            person.events.append((self.now, "stepped_up"))
        return Seen("passed", letters=used)

    def _tell_typed(self, flow: Flow) -> Letters:
        """A recovery code is used up with its flow: until then its owner hears of it once a day."""
        person, book = flow.person, (flow.person.account, f"recovery code {flow.lane}")
        if self.now - person.told.get(book, -DAY) < DAY:
            return ()
        person.told[book] = self.now
        return self.everyone(person, "recovery_code_typed")

    def _use_recovery_code(self, person: Person) -> Letters:
        """With it goes what was asked for before (V5); it counts no wrong answers any more."""
        person.changed_at = self.now
        for method in person.methods:
            if method.kind == "recovery_code" and method.state == "active":
                method.tries = 0
        return self.everyone(person, "recovery_code_used")

    def _trust(self, flow: Flow, device: str) -> tuple[Trust | None, Letters]:
        """The trust that stands in the place of a second step; an old token ends it (S2, 108)."""
        person = flow.person
        if flow.purpose != "sign_in" or flow.is_anybodys:
            return None, ()
        for token in self.carried:
            found = next((one for one in person.trusts.values() if one.is_of(token)), None)
            if found is None or self.now >= found.ends_at:
                continue
            if found.token != token:
                del person.trusts[found.device]
                person.events.append((self.now, "trust_ended"))
                return None, self.everyone(person, "trust_ended")
            if found.device == device and device in person.devices:
                return found, ()
        return None, ()

    def _sign_in(self, person: Person, device: str) -> Seen:
        is_new, is_familiar = not person.account, device in person.devices
        if is_new:
            person.events.append((self.now, "account_created"))
        person.events.append((self.now, "signed_in"))
        if is_new or is_familiar:
            return Seen("passed")
        return Seen("passed", letters=self.everyone(person, "new_sign_in"))

    def everyone(self, person: Person, told: str, but: Contact | None = None) -> Letters:
        """Tell every address, and those removed in the last 30 days."""
        found = [
            one.address
            for one in person.contacts
            if one is not but
            and one.state != "pending"
            and not one.is_phone
            and (one.state != "removed" or self.now - one.removed_at < REMEMBERED)
        ]
        person.events += [(self.now, "notice_sent")] * len(found)
        return tuple((address, told, False) for address in found)

    def let_in(self, flow: Flow, account: str, token: str, device: str, trust: str | None) -> bool:
        """Keep what a right answer gave; say whether it gave trust as it must."""
        person = flow.person
        if not person.account:
            person.account = account
            person.contacts.append(Contact("", person.name, self.now, "verified", is_name=True))
        person.devices[device] = self.now
        self.sessions[token] = Session(person, self.now, self.now, flow.whole, device)
        if flow.trust is not None:
            was, flow.trust.token = flow.trust.token, trust or ""
            return bool(trust) and trust != was
        if not (self.wishes and person.two_step and not flow.is_anybodys):
            return trust is None
        person.trusts[device] = Trust(trust or "", device, self.now + TRUST_LIFE)
        person.events.append((self.now, "trust_given"))
        return bool(trust)

    def _tell_blocked(self, flow: Flow) -> Letters:
        lane = flow.person.lane(flow.lane)
        if lane.told is not None and self.now - lane.told < DAY:
            return ()
        lane.told = flow.person.written[CODES] = self.now
        flow.owner.events.append((self.now, "notice_sent"))
        return ((flow.person.name, "guesses_blocked", False),) if flow.person.account else ()

    def use(self, token: str) -> Session | None:
        """Check a session; a use is kept at most every five minutes."""
        session = self.sessions[token]
        if not session.is_live(self.now):
            return None
        if self.now - session.used_at >= SESSION_TOUCH:
            session.used_at = self.now
        return session

    def live(self, person: Person) -> Iterator[tuple[str, Session]]:
        for token, session in self.sessions.items():
            if session.person is person and session.is_live(self.now):
                yield token, session

    def events(self, person: Person) -> Counter[str]:
        """What the owner sees: acts since the account exists, 30 days back."""
        made = [kind for _, kind in person.events].index("account_created")
        mine = person.events[made:]
        return Counter(kind for at, kind in mine if self.now - at <= EVENTS_SHOWN)

    def edges(self, person: Person) -> list[int]:
        """The instants to come at which something about a person changes."""
        numbers, found = self.numbers, set[int]()
        for key, lane in person.lanes.items():
            windows = numbers.stranger if key == STRANGERS else numbers.familiar
            found.update(at + window for at in lane.short for window, _ in windows)
            found.update(at + window for at in lane.long for window, _ in numbers.stranger_long)
            found.update(at + window for at in lane.sent for window, _ in numbers.contact)
            found.update(at + window for at in lane.unproved for window in (HOUR, DAY))
            found.update(at + HOUR for at in lane.asked)
            found.update(at + DAY for at in (lane.digest, lane.told) if at is not None)
        for flow in self.flows:
            if flow.person is person and flow.code is not None:
                found.update((flow.end(), flow.code.resend_at, flow.code.ends_at))
        for asks in person.asks.values():
            for ask in asks:
                found.update((ask.at + 30, ask.at + HOUR, ask.at + DAY, ask.ends_at))
        found.update(one.ends_at for one in person.trusts.values())
        return sorted(at for at in found if at > self.now)

    def sweep(self) -> None:
        """What is past its time goes: flows a day old, browsers long not seen, and nothing else."""
        for flow in self.flows:
            if self.now - flow.opened_at > DAY:
                flow.state, flow.is_swept, flow.proved = "expired", True, ()
        for person in (*self.people.values(), *self.boxes):
            for device, at in list(person.devices.items()):
                if self.now - at > DEVICES_KEPT:
                    del person.devices[device]
            self._forget_books(person)

    def _forget_books(self, person: Person) -> None:
        """With a book goes what closed its lanes; all else in it is past its time by then."""
        for book, at in person.written.items():
            lanes = person.lanes if book == CODES else person.tries[book]
            for lane in lanes.values() if self.now - at > BOOKS_KEPT else ():
                lane.in_a_row, lane.is_closed = 0, False

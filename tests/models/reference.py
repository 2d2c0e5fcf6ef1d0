"""What signing in must do, written from SPEC rows C1 to C11, F3, S1, A1 and from API.md alone.

A second opinion: it shares no line with the product and keeps whole histories where the product
keeps books. Time is in seconds since the beginning. Each act returns what its caller must see.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

MINUTE, HOUR, DAY = 60, 3600, 86400
LONG_DIGITS = 8
CODE_LIFE = 5 * MINUTE
IDLE, MOST = 30 * MINUTE, 60 * MINUTE
SESSION_IDLE, SESSION_MOST, SESSION_TOUCH = DAY, 30 * DAY, 5 * MINUTE
EVENTS_SHOWN = 30 * DAY
DEVICES_KEPT = 400 * DAY
SHOWN_LEFT = 3
STRANGERS = ""


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
    flood_first_hour: int = 5
    flood_day: int = 10


@dataclass(frozen=True)
class Seen:
    """What an act's caller sees, and which letters leave: (purpose, carries a code)."""

    outcome: str
    left: int | None = None
    retry_at: int | None = None
    letters: tuple[tuple[str, bool], ...] = ()


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
class Person:
    """A name: what was done under it counts whether an account has it or not (C6, C11)."""

    name: str
    is_mailbox: bool
    account: str = ""
    lanes: dict[str, Lane] = field(default_factory=dict)
    devices: dict[str, int] = field(default_factory=dict)  # and when they last signed in
    events: list[tuple[int, str]] = field(default_factory=list)

    def lane(self, device: str) -> Lane:
        return self.lanes.setdefault(device, Lane())


@dataclass
class Code:
    """The newest code of a flow."""

    digits: int
    sent_at: int
    resend_at: int
    tries: int = 0


@dataclass
class Flow:
    """One flow: whose name, which browser, what became of it."""

    person: Person
    opened_at: int
    stepped_at: int
    state: str = "open"
    lane: str = STRANGERS
    asked: int = 0
    code: Code | None = None

    def end(self) -> int:
        return min(self.stepped_at + IDLE, self.opened_at + MOST)


@dataclass
class Session:
    """A session of an account."""

    person: Person
    began_at: int
    used_at: int
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

    def begin(self, person: Person) -> Flow:
        flow = Flow(person, self.now, self.now)
        self.flows.append(flow)
        return flow

    def state(self, flow: Flow) -> str:
        is_over = flow.state == "open" and self.now >= flow.end()
        return "expired" if is_over else flow.state

    def ask(self, flow: Flow, device: str) -> Seen:
        person, now, numbers = flow.person, self.now, self.numbers
        match self.state(flow):
            case "expired":
                return Seen("flow_expired")
            case "passed":
                return Seen("code_used")
        if flow.asked >= numbers.flow:
            return Seen("too_many_requests", retry_at=flow.end())
        if flow.code is not None and now < flow.code.resend_at:
            return Seen("too_soon", retry_at=flow.code.resend_at)
        known = device if device in person.devices else STRANGERS
        key = STRANGERS if person.lane(known).is_closed else known
        sending = "code"
        if key == STRANGERS:
            sending = self._flood(person.lane(key))
        else:
            lanes = [lane for name, lane in person.lanes.items() if name != STRANGERS]
            sent = sorted(at for lane in lanes for at in lane.sent)
            left, free_at = room(sent, now, numbers.contact)
            if left <= 0:
                return Seen("too_many_requests", retry_at=free_at)
        self._grant(flow, key, sending)
        person.events.append((now, "code_asked" if sending == "code" else "code_held_back"))
        is_grown = flow.code is not None and flow.code.digits >= LONG_DIGITS
        told = self._tell_blocked(person, person.lane(key)) if is_grown else ()
        return Seen("asked", letters=(*self._letters(person, sending), *told))

    def _grant(self, flow: Flow, key: str, sending: str) -> None:
        lane, now, numbers = flow.person.lane(key), self.now, self.numbers
        if lane.asked and now - lane.asked[-1] >= HOUR:
            lane.asked.clear()
        pause = numbers.pauses[min(len(lane.asked), len(numbers.pauses) - 1)]
        lane.asked.append(now)
        if sending == "code":
            lane.sent.append(now)
            if key == STRANGERS:
                lane.unproved.append(now)
        if sending == "digest":
            lane.digest = now
        is_long = key == STRANGERS and room(lane.short, now, numbers.stranger)[0] <= 0
        flow.code = Code(LONG_DIGITS if is_long else 6, now, now + pause)
        flow.lane, flow.stepped_at, flow.asked = key, now, flow.asked + 1

    def _flood(self, lane: Lane) -> str:
        """F3: five in the first hour, then one an hour, ten a day, then a digest a day."""
        recent = within(lane.unproved, self.now, DAY)
        if len(recent) >= self.numbers.flood_day:
            is_told = lane.digest is not None and self.now - lane.digest < DAY
            return "nothing" if is_told else "digest"
        if len(within(lane.sent, self.now, DAY)) >= self.numbers.contact[1][1]:
            return "nothing"
        if not recent:
            return "code"
        if self.now - recent[0] < HOUR:
            return "code" if len(recent) < self.numbers.flood_first_hour else "nothing"
        return "code" if self.now - recent[-1] >= HOUR else "nothing"

    def _letters(self, person: Person, sending: str) -> tuple[tuple[str, bool], ...]:
        is_reached = person.account or (self.is_open and person.is_mailbox)
        if not is_reached or sending == "nothing":
            return ()
        return (("sign_in", True),) if sending == "code" else (("code_flood", False),)

    def answer(self, flow: Flow, verdict: str, device: str) -> Seen:
        """Answer: `verdict` is right, wrong, earlier or unreadable, were it compared."""
        person, now, code = flow.person, self.now, flow.code
        if self.state(flow) == "expired":
            return Seen("flow_expired")
        if code is None:
            return Seen("not_found")
        lane = person.lane(flow.lane)
        left, free_at = self._budget(lane, flow.lane, code.digits)
        if code.tries >= self.numbers.tries or left <= 0:
            return self._refuse(flow, code, free_at if left <= 0 else now)
        if flow.state == "passed" or now >= code.sent_at + CODE_LIFE:
            return Seen("code_used" if flow.state == "passed" else "code_expired")
        self._charge(lane, flow, code)
        if verdict == "right":
            return self._pass(flow, lane, code, device)
        left = min(self.numbers.tries - code.tries, left - 1)
        shown = left if left <= SHOWN_LEFT else None
        person.events.append((now, f"code_{verdict}"))
        return Seen("invalid_input" if verdict == "unreadable" else f"code_{verdict}", left=shown)

    def _refuse(self, flow: Flow, code: Code, free_at: int) -> Seen:
        """Nothing is compared; a stranger's next code is a long one, with tries of its own."""
        may_grow = flow.lane == STRANGERS and code.digits < LONG_DIGITS
        retry_at = max(code.resend_at, self.now + 1, self.now if may_grow else free_at)
        flow.person.events.append((self.now, "tries_refused"))
        is_budget = code.tries < self.numbers.tries
        told = self._tell_blocked(flow.person, flow.person.lane(flow.lane)) if is_budget else ()
        return Seen("too_many_tries", retry_at=retry_at, letters=told)

    def _budget(self, lane: Lane, key: str, digits: int) -> tuple[int, int]:
        if key != STRANGERS:
            left, free_at = room(lane.short, self.now, self.numbers.familiar)
            return (0, self.now + DAY) if lane.is_closed else (left, free_at)
        if digits >= LONG_DIGITS:
            return room(lane.long, self.now, self.numbers.stranger_long)
        return room(lane.short, self.now, self.numbers.stranger)

    def _charge(self, lane: Lane, flow: Flow, code: Code) -> None:
        is_long = flow.lane == STRANGERS and code.digits >= LONG_DIGITS
        (lane.long if is_long else lane.short).append(self.now)
        code.tries += 1
        flow.stepped_at = self.now
        if flow.lane != STRANGERS:
            lane.in_a_row += 1
            lane.is_closed = lane.in_a_row >= self.numbers.familiar_in_a_row

    def _pass(self, flow: Flow, lane: Lane, code: Code, device: str) -> Seen:
        person = flow.person
        is_long = flow.lane == STRANGERS and code.digits >= LONG_DIGITS
        (lane.long if is_long else lane.short).pop()
        lane.asked.clear()
        lane.in_a_row, lane.is_closed = 0, False
        if code.sent_at in lane.unproved:
            lane.unproved.remove(code.sent_at)
        flow.state = "passed"
        is_new, is_familiar = not person.account, device in person.devices
        if is_new:
            person.events.append((self.now, "account_created"))
        person.events.append((self.now, "signed_in"))
        if is_new or is_familiar:
            return Seen("passed")
        person.events.append((self.now, "notice_sent"))
        return Seen("passed", letters=(("new_sign_in", False),))

    def let_in(self, person: Person, account: str, token: str, device: str) -> None:
        """Keep what a right answer gave."""
        person.account = account
        person.devices[device] = self.now
        self.sessions[token] = Session(person, self.now, self.now)

    def _tell_blocked(self, person: Person, lane: Lane) -> tuple[tuple[str, bool], ...]:
        if lane.told is not None and self.now - lane.told < DAY:
            return ()
        lane.told = self.now
        person.events.append((self.now, "notice_sent"))
        return (("guesses_blocked", False),) if person.account else ()

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
                found.update((flow.end(), flow.code.resend_at, flow.code.sent_at + CODE_LIFE))
        return sorted(at for at in found if at > self.now)

    def sweep(self) -> None:
        """What is past its time goes: flows a day old, browsers long not seen, and nothing else."""
        for flow in self.flows:
            if self.now - flow.opened_at > DAY:
                flow.state = "expired"
        for person in self.people.values():
            for device, at in list(person.devices.items()):
                if self.now - at > DEVICES_KEPT:
                    del person.devices[device]

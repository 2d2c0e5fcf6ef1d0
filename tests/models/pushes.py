"""What phones that approve must do, written from SPEC row M4 and decision 0024 alone."""

from dataclasses import dataclass
from typing import Any

from tests.models.kinds import TEN_MINUTES, Method
from tests.models.reference import DAY, HOUR, STRANGERS, Flow, Letters, Person, Reference, Seen

PAUSE, ASK_LIFE, ASKS_HOUR, ASKS_DAY, NUMBERS = 30, 300, 3, 10, 3


@dataclass(eq=False)
class Ask:
    """A question to phones: of a flow, or of the enrolment of one phone (then `flow` is None)."""

    person: Person
    account: str
    flow: Flow | None
    method: Method | None  # the one that is asked, None for all
    lane: str
    at: int
    ends_at: int
    is_held: bool = False
    counts: bool = True
    state: str = "waiting"
    tries: int = 0
    decided_at: int = 0
    phone: Method | None = None  # that decided
    is_reported: bool = False
    is_gone: bool = False
    id: str = ""
    number: str = ""

    @property
    def is_live(self) -> bool:
        """Whether its flow still waits for this very question."""
        flow = self.flow
        if flow is None:
            return True
        return flow.state == "open" and flow.code is not None and flow.code.ask is self

    @property
    def is_waiting(self) -> bool:
        return self.state == "waiting" and not self.is_held

    @property
    def usable_until(self) -> int:
        return self.decided_at + ASK_LIFE if self.state == "approved" else self.ends_at


def phones(person: Person) -> list[Method]:
    return [one for one in person.methods if (one.kind, one.state) == ("push", "active")]


class Pushes(Reference):
    """Asking phones, and what they say."""

    # --- Who asks ---

    def ask_phones(self, flow: Flow, key: str, method: Method | None) -> tuple[Seen, Ask | None]:
        person, now = flow.person, self.now
        asks = person.asks.setdefault(person.account, [])
        asked = [one for one in phones(person) if method in (None, one)]
        day = [one for one in asks if one.counts and one.flow and now - one.at <= DAY]
        mine = [one for one in day if key == STRANGERS or one.lane != STRANGERS]
        until = self._rest(day, mine, key)
        is_told = until is not None and not any(one.is_held for one in mine)
        if until is None and key == STRANGERS:
            others = (one for one in day if self._is_open(one) and one.flow is not flow)
            until = max((one.ends_at for one in others), default=None)
        new = Ask(person, person.account, flow, method, key, now, now + ASK_LIFE)
        if until is None:
            for one in asks:
                one.state = "cancelled" if one.is_waiting and one.flow else one.state
            asks.append(new)
            person.events.append((now, "push_asked"))
            return Seen("asked", letters=((person.name, "push_ask", False),) if asked else ()), new
        may_know = bool(flow.proved) or flow.purpose == "step_up" or key != STRANGERS
        refused = Seen("too_many_requests", retry_at=until)
        if may_know and not is_told:
            return refused, None
        new.is_held, new.counts = True, is_told
        asks.append(new)
        person.events.append((now, "push_held_back"))
        letters = self._tell_held(person, is_known=bool(asked)) if is_told else ()
        if may_know:
            return Seen("too_many_requests", retry_at=until, letters=letters), None
        return Seen("asked", letters=letters), new

    def _tell_held(self, person: Person, *, is_known: bool) -> Letters:
        """Nobody without a phone is written to; the work is the same."""
        if is_known:
            return self.everyone(person, "push_blocked")
        person.events.append((self.now, "notice_sent"))
        return ()

    def _rest(self, day: list[Any], mine: list[Any], key: str) -> int | None:
        """Until when phones rest: after three an hour without success, ten a day, or a report."""
        now, asked = self.now, [one for one in mine if not one.is_held]
        won = max((one.at for one in asked if one.state == "used"), default=-1)
        failed = sorted(one.at for one in asked if one.state != "used" and now - one.at < DAY)
        hour = [at for at in failed if now - at < HOUR and at > won]
        ends = []
        if len(hour) >= ASKS_HOUR:
            ends.append(hour[-ASKS_HOUR] + HOUR)
        if len(failed) >= ASKS_DAY:
            ends.append(failed[-ASKS_DAY] + DAY)
        if key == STRANGERS:
            ends += [one.at + DAY for one in day if one.is_reported and now < one.at + DAY]
        return max(ends, default=None)

    def _is_open(self, ask: Ask) -> bool:
        return ask.is_waiting and ask.is_live and self.now < ask.ends_at

    # --- Who waits ---

    def give_push(self, flow: Flow, device: str, *, is_true: bool) -> Seen:
        """Answer that a phone approved; to come too early costs nothing."""
        if not is_true:
            return Seen("invalid_input")
        ask, now = flow.code.ask, self.now
        refused = self._may_use(ask)
        state = self.state(flow)
        if state != "open" or refused is not None:
            if state == "expired":
                return Seen("flow_expired")
            return refused if refused is not None and state == "open" else Seen("code_used")
        flow.code.tries, flow.stepped_at = 1, now
        ask.state, ask.phone.tries = "used", 0
        return self.conclude(flow, "push", device)

    def _may_use(self, ask: Ask) -> Seen | None:
        now = self.now
        if ask.state in ("waiting", "approved") and now >= ask.usable_until:
            return Seen("code_expired")
        match ask.state:
            case "waiting":
                return Seen("too_soon", retry_at=now + 1)
            case "failed":
                return Seen("too_many_tries", retry_at=now + 1)
            case "approved" if ask.phone.state == "active":
                return None
            case _:
                return Seen("code_used")

    # --- The phone ---

    def waiting(self, phone: Method, person: Person) -> list[Ask]:
        """What a phone is asked now."""
        asks = [one for one in person.asks.get(person.account, []) if one.counts]
        open_ones = [one for one in asks if self._is_open(one)]
        return [one for one in open_ones if self._is_for(one, phone)]

    def _is_for(self, ask: Ask, phone: Method) -> bool:
        if ask.is_held or ask.is_gone:
            return False
        if ask.flow is None:
            return ask.method is phone
        return phone.state == "active" and ask.method in (None, phone)

    def decide(self, ask: Ask, phone: Method, decision: str, number: str) -> Seen:
        if not self._is_for(ask, phone):
            return Seen("not_found")
        match decision:
            case "approve":
                return self._approve(ask, phone, number)
            case "deny":
                return self._deny(ask, phone)
            case _:
                return self._report(ask)

    def _approve(self, ask: Ask, phone: Method, number: str) -> Seen:
        now, person = self.now, ask.person
        if ask.state != "waiting":
            is_failed = ask.state == "failed"
            waits = max(ask.ends_at, now + 1)
            return Seen("too_many_tries", retry_at=waits) if is_failed else Seen("code_used")
        if now >= ask.ends_at:
            return Seen("code_expired")
        if not ask.is_live:
            return Seen("code_used")
        ask.tries += 1
        if number != ask.number:
            person.events.append((now, "push_number_wrong"))
            if ask.tries >= NUMBERS:
                self._settle(ask, "failed", phone)
            return Seen("code_wrong", left=NUMBERS - ask.tries)
        return self._allow(ask, phone)

    def _allow(self, ask: Ask, phone: Method) -> Seen:
        """The right number was typed: its flow may go on, or the phone counts from now on."""
        person = ask.person
        if ask.flow is None and phone.begun_at < person.changed_at:
            return Seen("code_expired")
        seen = Seen("done") if ask.flow else self.confirm_phone(person, phone)
        if ask.flow is not None:
            person.events.append((self.now, "push_approved"))
        if seen.outcome == "done":
            self._settle(ask, "approved", phone)
        return seen

    def confirm_phone(self, person: Person, phone: Method) -> Seen:
        """Make a phone count."""
        raise NotImplementedError

    def _settle(self, ask: Ask, state: str, phone: Method) -> None:
        ask.state, ask.decided_at, ask.phone = state, self.now, phone

    def _deny(self, ask: Ask, phone: Method) -> Seen:
        if ask.state not in ("waiting", "approved"):
            return Seen("code_used")
        if self.now >= ask.ends_at:
            return Seen("code_expired")
        self._settle(ask, "denied", phone)
        if ask.flow is None:
            phone.state = "removed"
            return Seen("done")
        if ask.flow.state == "open":
            ask.flow.state = "refused"
        ask.person.events.append((self.now, "push_denied"))
        return Seen("done", letters=self.everyone(ask.person, "push_denied"))

    def _report(self, ask: Ask) -> Seen:
        if ask.state != "denied" or ask.is_reported:
            return Seen("code_used")
        ask.is_reported = True
        ask.person.events.append((self.now, "push_reported"))
        return Seen("done")

    def paired(self, person: Person, phone: Method) -> Ask:
        """A phone came with its pairing code: its owner types a number on it."""
        ends_at = phone.begun_at + TEN_MINUTES
        ask = Ask(person, person.account, None, phone, "", self.now, ends_at)
        person.asks.setdefault(person.account, []).append(ask)
        return ask

    def end_phones(self, person: Person) -> int:
        """ "Sign out everywhere" ends phones, also those that wait, and all they were asked."""
        found = [one for one in person.methods if one.kind == "push" and one.state != "removed"]
        held = [one.kind for one in person.methods if one.state == "active"]
        if person.two_step and not set(held) - {"push"}:
            found.remove(phones(person)[0])  # else its owner were shut out
        for one in found:
            one.state = "removed"
        for ask in person.asks.get(person.account, []):
            if ask.counts and ask.state in ("waiting", "approved"):
                ask.state = "cancelled"
        return len(found)

"""What methods, contacts, browsers, two steps and step-ups must do: the rest of the second opinion.

Each act returns what its caller must see: the refusal or `done`, and the letters that leave.
"""

from collections.abc import Iterator

from tests.models.kinds import (
    ALONE,
    LIFE,
    MOST,
    NAMED,
    SENT,
    TEN_MINUTES,
    Contact,
    Method,
    enough,
    may_turn_on,
)
from tests.models.pushes import PAUSE, Pushes
from tests.models.reference import (
    DAY,
    SIGNING,
    STRANGERS,
    Code,
    Flow,
    Lane,
    Letters,
    Person,
    Seen,
    Session,
)

PROOF_LIFE, UNUSED = 300, 60 * DAY
TOLD_AT = (5, 20, 50)
IN_A_ROW = 100
PENDING_TRIES, MOST_CONTACTS = 5, 10
WORTH = ("right", "earlier", "wrong", "unreadable")
Parameters = dict[str, str]
Way = tuple[str, Contact | Method | None]


def active(person: Person) -> list[Method]:
    return [one for one in person.methods if one.state == "active"]


def verified(person: Person) -> list[Contact]:
    return [one for one in person.contacts if one.state == "verified"]


class Whole(Pushes):
    """The service with all that its owners manage."""

    # --- Ways ---

    def own_ways(self, flow: Flow, device: str) -> list[Way]:
        """The ways that only the owner sees: who proved something, or sits at a known browser."""
        person, done = flow.person, set(flow.proved)
        is_sign_in = flow.purpose in SIGNING
        is_known = person.account and device in person.devices and not flow.is_nameless
        if is_sign_in and not flow.proved and not is_known:
            return []
        is_familiar = is_sign_in and not flow.proved
        contacts = [] if done & SENT else verified(person)
        shown = [one for one in contacts if not (is_familiar and one.is_name)]
        by_code = [(kind, one) for one in shown for kind in one.kinds]
        closed = {*done, *(("password",) if flow.purpose == "reset_password" else ())}
        held = [one for one in active(person) if one.kind not in closed]
        return [*by_code, *((one.kind, one) for one in held)]

    def ask_kind(self, flow: Flow, device: str, kind: str, method: Method | None) -> Seen:
        """Ask for what the owner holds: nothing is sent, so nothing need wait."""
        refused = self.may_ask(flow)
        if refused is not None and refused.outcome != "too_soon":
            return refused
        key, now, before = self.key(flow, device), self.now, flow.code
        ask, seen = None, Seen("asked")
        if kind == "push":
            if before is not None and before.kind == "push" and now < before.sent_at + PAUSE:
                return Seen("too_soon", retry_at=before.sent_at + PAUSE)
            seen, ask = self.ask_phones(flow, key, method)
            if seen.outcome != "asked":
                return seen
        resend_at = max(now, before.resend_at if before else 0)
        ends_at = now + LIFE.get(kind, TEN_MINUTES)
        flow.code = Code(0, now, resend_at, ends_at, kind, method=method, ask=ask)
        self.step(flow, key)
        return seen

    # --- Answers ---

    def give(self, flow: Flow, text: str, device: str) -> Seen:
        """Answer what is not sent and not a passkey's."""
        code, now, person = flow.code, self.now, flow.person
        books = person.tries.setdefault((person.account, code.kind), {})
        lane = books.setdefault(flow.lane, Lane())
        person.open_again(lane, flow.lane)
        left, free_at = self._budget(lane, flow.lane, 0)
        if self.state(flow) == "expired":
            return Seen("flow_expired")
        is_closed = self._is_closed_to_strangers(flow)
        if self.wrong(flow) >= self.numbers.tries or left <= 0 or is_closed:
            waits = now if left > 0 or is_closed else free_at
            return Seen("too_many_tries", retry_at=max(now + 1, waits))
        if flow.state != "open" or now >= code.ends_at:
            return Seen("code_used" if flow.state != "open" else "code_expired")
        person.written[person.account, code.kind] = now
        self.charge(lane, flow, code)
        return self._judge(flow, lane, text, device)

    def _fitting(self, flow: Flow) -> list[Method]:
        held = [one for one in active(flow.person) if one.kind == flow.code.kind]
        return [one for one in held if flow.code.method in (None, one)]

    def _is_closed_to_strangers(self, flow: Flow) -> bool:
        """A hundred wrong ones in a row behind a right first proof close a method to them."""
        is_guessed = flow.code.kind != "recovery_code" and flow.proved and flow.lane == STRANGERS
        return bool(is_guessed) and any(one.tries >= IN_A_ROW for one in self._fitting(flow))

    def _judge(self, flow: Flow, lane: Lane, text: str, device: str) -> Seen:
        code, now = flow.code, self.now
        fitting = self._fitting(flow)
        if flow.proved and fitting:
            fitting[0].tries += 1
        judged = [(WORTH.index(one.judge(text, now)), place) for place, one in enumerate(fitting)]
        worth, place = min(judged, default=(WORTH.index(_nobodys(code.kind, text)), 0))
        if WORTH[worth] == "right":
            lane.short.pop()
            lane.asked.clear()
            lane.in_a_row, lane.is_closed = 0, False
            if code.kind != "recovery_code":  # which is used up with its flow
                fitting[place].use_up(text, now)
            return self.conclude(flow, code.kind, device)
        flow.owner.events.append((now, f"code_{WORTH[worth]}"))
        letters = self._tell_failed(flow, fitting, device)
        left = self.shown(code, self._budget(lane, flow.lane, 0)[0])
        match WORTH[worth]:
            case "earlier":
                return Seen("code_used", letters=letters)
            case "wrong":
                return Seen("code_wrong", left=left, letters=letters)
            case _:
                return Seen("invalid_input", left=left, letters=letters)

    def _tell_failed(self, flow: Flow, fitting: list[Method], device: str) -> Letters:
        """A right first proof and a failed second one: the owner hears of it (M10, attack 033)."""
        person = flow.person
        if not (flow.proved and fitting and flow.purpose in SIGNING):
            return ()
        slips = 3 if device in person.devices else 1
        if fitting[0].tries not in (*TOLD_AT, slips):
            return ()
        return self.everyone(person, "second_step_failed")

    def give_key(self, flow: Flow, key: Method | None, device: str, *, is_read: bool) -> Seen:
        """Answer by a passkey's credential for this very challenge; `key` is None for another."""
        code, now = flow.code, self.now
        if self.state(flow) == "expired":
            return Seen("flow_expired")
        if code.tries or flow.state != "open":
            return Seen("code_used")
        if now >= code.ends_at:
            return Seen("code_expired")
        code.tries, flow.stepped_at = 1, now
        whose = self.whose(key) if key else None
        is_nameless = not flow.person.name
        is_its = is_nameless or (whose is flow.person and flow.account == flow.person.account)
        if key is None or whose is None or key.state != "active" or not is_its:
            event = "code_wrong" if is_read else "code_unreadable"
            flow.owner.events.append((now, event))
            letters = self.tell_once_a_day(flow) if flow.proved else ()
            return Seen("code_wrong" if is_read else "invalid_input", left=0, letters=letters)
        flow.is_anybodys = is_nameless
        if is_nameless:
            flow.person = flow.owner = whose
        key.tries = 0
        return self.conclude(flow, key.proves, device)

    def whose(self, method: Method) -> Person | None:
        return next((one for one in self.people.values() if method in one.methods), None)

    # --- Step-up and its proofs ---

    def step_up(self, token: str, act: str, parameters: Parameters) -> Flow:
        session = self.sessions[token]
        flow = Flow(
            session.person,
            self.now,
            self.now,
            purpose="step_up",
            act=act,
            parameters=tuple(sorted(parameters.items())),
            session=token,
        )
        self.flows.append(flow)
        return flow

    def proof(self, token: str, act: str, parameters: Parameters) -> int | None:
        """The place of the oldest live proof for exactly this."""
        wanted = (token, act, tuple(sorted(parameters.items())))
        return next(
            (
                place
                for place, (*bound, at) in enumerate(self.proofs)
                if tuple(bound) == wanted
                and self.now - at < PROOF_LIFE
                and at >= self.sessions[token].person.changed_at
            ),
            None,
        )

    def _end_others(self, session: Session) -> None:
        for other in self.sessions.values():
            if other.person is session.person and other is not session:
                other.is_ended = True

    def _change(self, person: Person) -> None:
        """A change of methods ends trust, and voids what was asked for before it (S2, V5)."""
        person.changed_at = self.now
        person.trusts.clear()

    # --- Methods ---

    def begin_method(self, token: str, kind: str, name: str) -> Seen:
        person = self.sessions[token].person
        proof = self.proof(token, "methods.add", {"kind": kind, "name": name})
        if proof is None:
            return Seen("prove_more")
        if sum(one.kind == kind for one in active(person)) >= MOST.get(kind, 2):
            return Seen("too_many_methods")
        del self.proofs[proof]
        pending = [one for one in person.methods if (one.kind, one.state) == (kind, "pending")]
        for one in pending:
            person.methods.remove(one)
        return Seen("done")

    def confirm_method(self, token: str, method: Method, field: str, text: str) -> Seen:
        """Confirm by what its owner typed; a password is one that the rules take."""
        person = self.sessions[token].person
        if method not in person.methods or method.state == "removed":
            return Seen("not_found")
        if field != method.field:
            return Seen("invalid_input")
        if method.kind == "passkey":
            return self._confirm_passkey(token, method, text)
        refused = self._may_confirm(method)
        if refused is not None:
            return refused
        if method.kind == "password":
            return self._confirm_password(token, method, text)
        return self._confirm_code(person, method, text)

    def _may_confirm(self, method: Method) -> Seen | None:
        if method.state == "active":
            return Seen("not_found" if method.kind == "password" else "code_used")
        if self.now >= method.begun_at + TEN_MINUTES:
            return Seen("flow_expired")
        if method.tries >= PENDING_TRIES:
            return Seen("too_many_tries", retry_at=self.now)
        return None

    def _confirm_code(self, person: Person, method: Method, text: str) -> Seen:
        method.tries += 1
        verdict = self._first(method, text)
        if verdict != "right":
            return Seen("invalid_input" if verdict == "unreadable" else "code_wrong")
        if method.kind == "totp":
            if sum(one.kind == "totp" for one in active(person)) >= MOST["totp"]:
                return Seen("too_many_methods")
            method.use_up(text, self.now)
        return self._added(person, method)

    def _first(self, method: Method, text: str) -> str:
        if method.kind == "totp":
            return method.judge(text, self.now)
        signs = text.replace("-", "")
        if len(signs) not in (5, 25):
            return "unreadable"
        return "right" if signs[-5:] == method.secret[-5:] else "wrong"

    def _added(self, person: Person, method: Method, told: str = "method_added") -> Seen:
        """A method counts from now on; of codes and passwords it takes the old one's place."""
        if method.kind not in NAMED:
            for one in active(person):
                if one.kind == method.kind:
                    one.state = "removed"
        method.state, method.tries = "active", 0
        self._change(person)
        person.events.append((self.now, told))
        return Seen("done", letters=self.everyone(person, told))

    def _confirm_password(self, token: str, method: Method, text: str) -> Seen:
        session = self.sessions[token]
        seen, is_new = self._choose(session.person, method, text)
        if seen.outcome == "done" and not is_new:
            self._end_others(session)
        return seen

    def _choose(self, person: Person, method: Method, text: str) -> tuple[Seen, bool]:
        """Choose a password for a method that waits, and whether it is the first."""
        if len(text) < (8 if person.two_step else ALONE):
            return Seen("password_unfit"), False
        refused = self._may_confirm(method)
        if refused is not None:
            return refused, False
        before = next((one for one in active(person) if one.kind == "password"), None)
        method.tries += 1
        if before is not None and text in before.secret:
            return Seen("password_unfit"), False
        method.secret = [text, *(before.secret if before else [])][:5]
        told = "password_changed" if before else "method_added"
        return self._added(person, method, told), before is None

    def set_password(self, flow: Flow, text: str) -> tuple[Seen, Method | None]:
        """Set a new one by a flow that was passed for it; and the method, where it began one."""
        person = flow.person
        if flow.purpose == "reset_password" and self.state(flow) == "open":
            return Seen("prove_more"), None
        proof = next(
            (
                place
                for place, (_, act, _, at) in enumerate(self.proofs)
                if act == flow.act and self.now - at < PROOF_LIFE and at >= person.changed_at
            ),
            None,
        )
        if proof is None:
            return Seen("flow_expired"), None
        pending = [
            one for one in person.methods if (one.kind, one.state) == ("password", "pending")
        ]
        waiting = next((one for one in pending if self.now < one.begun_at + TEN_MINUTES), None)
        begun = None
        if waiting is None:
            for one in pending:
                person.methods.remove(one)
                one.state = "removed"
            begun = waiting = Method("", "password", "", self.now, [])
            person.methods.append(begun)
        seen, _ = self._choose(person, waiting, text)
        if seen.outcome == "done":
            del self.proofs[proof]
            self._drop_pending(person)
            for session in self.sessions.values():
                session.is_ended = session.is_ended or session.person is person
        return seen, begun

    def _drop_pending(self, person: Person) -> None:
        for contact in [one for one in person.contacts if one.state == "pending"]:
            person.contacts.remove(contact)
            contact.state = "dropped"
        for method in person.methods:
            if method.state == "pending":
                method.state = "removed"

    def confirm_phone(self, person: Person, phone: Method) -> Seen:
        refused = self._may_confirm(phone)
        if refused is not None:
            return refused
        if sum(one.kind == "push" for one in active(person)) >= MOST["push"]:
            return Seen("too_many_methods")
        return self._added(person, phone)

    def _confirm_passkey(self, token: str, method: Method, text: str) -> Seen:
        """`text` is `right`, or why the authenticator's answer is none."""
        if method.state == "active" or method.is_spent:
            return Seen("passkey_used")
        waits = method.begun_at + TEN_MINUTES
        if self.now >= waits:
            return Seen("passkey_expired")
        method.is_spent = True
        method.tries += 1
        if self.now >= method.begun_at + LIFE["passkey"]:
            return Seen("passkey_expired")
        if text != "right":
            return Seen("passkey_wrong")
        person = self.sessions[token].person
        method.name = free_name(person, method, method.name)
        return self._added(person, method)

    def rename(self, token: str, method: Method, name: str) -> Seen:
        person = self.sessions[token].person
        if method not in active(person):
            return Seen("not_found")
        if method.kind not in NAMED or not name.strip():
            return Seen("invalid_input")
        method.name = free_name(person, method, name)
        person.events.append((self.now, "method_renamed"))
        return Seen("done")

    def remove_method(self, token: str, method: Method) -> Seen:
        session = self.sessions[token]
        person = session.person
        if method not in person.methods or method.state == "removed":
            return Seen("not_found")
        if method.state == "pending":
            method.state = "removed"
            return Seen("done")
        others = [one.kind for one in active(person) if one is not method]
        if person.two_step and not set(others) - {"recovery_code"}:
            return Seen("still_needed")
        is_strong = {"totp", "passkey", "push"} & set(others)
        if method.kind == "password" and not is_strong:
            return Seen("password_needed")
        proof = self.proof(token, "methods.remove", {"id": method.id})
        if proof is None:
            return Seen("prove_more")
        del self.proofs[proof]
        method.state = "removed"
        self._change(person)
        if method.kind == "password":
            self._end_others(session)
        person.events.append((self.now, "method_removed"))
        return Seen("done", letters=self.everyone(person, "method_removed"))

    def turn(self, token: str, *, is_on: bool) -> tuple[Seen, int]:
        """Turn two-step verification; sessions that proved too little end."""
        session = self.sessions[token]
        person, act = session.person, f"two_step.{'on' if is_on else 'off'}"
        if person.two_step is is_on:
            return Seen("already_there"), 0
        if is_on and not may_turn_on(active(person)):
            return Seen("nothing_to_prove"), 0
        short = [one for one in active(person) if one.kind == "password"]
        if not is_on and any(len(one.secret[0]) < ALONE for one in short):
            return Seen("password_short"), 0
        proof = self.proof(token, act, {})
        if proof is None:
            return Seen("prove_more"), 0
        del self.proofs[proof]
        person.two_step = is_on
        self._change(person)
        others = [one for _, one in self.live(person) if one is not session]
        weak = [one for one in others if is_on and not enough(one.methods)]
        for one in weak:
            one.is_ended = True
        told = act.replace(".", "_")
        person.events.append((self.now, told))
        return Seen("done", letters=self.everyone(person, told)), len(weak)

    # --- Contacts ---

    def add_contact(self, token: str, box: Person) -> tuple[Seen, Contact | None]:
        """Add an address; its own book pays, in a lane of this account (attack 078)."""
        person, address = self.sessions[token].person, box.name
        kind = "phone" if address.startswith("+") else "email"
        proof = self.proof(token, "contacts.add", {"kind": kind, "address": address})
        if proof is None:
            return Seen("prove_more"), None
        live = [one for one in person.contacts if one.state != "removed"]
        if any((one.address, one.state) == (address, "verified") for one in live):
            return Seen("already_there"), None
        if sum(one.address != address for one in live) >= MOST_CONTACTS:
            return Seen("too_many_contacts"), None
        flow = Flow(box, self.now, self.now, purpose="verify_contact", owner=person)
        proved_at = box.devices.get(person.account, -1)
        box.devices[person.account] = self.now  # the proof opens a lane that wrong codes closed
        seen = self.ask(flow, "")
        if seen.outcome != "asked":
            box.devices[person.account] = proved_at
            return seen, None
        del self.proofs[proof]
        self.flows.append(flow)
        for one in live:
            if one.address == address:
                person.contacts.remove(one)
        person.contacts.append(Contact("", address, self.now, flow=flow))
        person.events.append((self.now, "contact_proposed"))
        return seen, person.contacts[-1]

    def confirm_contact(self, contact: Contact, verdict: str) -> Seen:
        if contact.state != "pending":
            return Seen("code_used" if contact.state == "verified" else "not_found")
        person = contact.flow.owner
        seen = self.answer(contact.flow, verdict, "")
        if seen.outcome != "passed":
            return seen
        contact.state, person.changed_at = "verified", self.now
        person.events.append((self.now, "contact_added"))
        return Seen("done", letters=self.everyone(person, "contact_added", contact))

    def remove_contact(self, token: str, contact: Contact) -> Seen:
        person = self.sessions[token].person
        if contact not in person.contacts or contact.state == "removed":
            return Seen("not_found")
        if contact.state == "pending":
            person.contacts.remove(contact)
            contact.state = "dropped"
            return Seen("done")
        if contact.is_name:
            return Seen("still_needed")
        proof = self.proof(token, "contacts.remove", {"id": contact.id})
        if proof is None:
            return Seen("prove_more")
        del self.proofs[proof]
        letters = self.everyone(person, "contact_removed")
        contact.state, contact.removed_at = "removed", self.now
        person.changed_at = self.now
        person.events.append((self.now, "contact_removed"))
        return Seen("done", letters=letters)

    # --- Browsers ---

    def browsers(self, session: Session) -> Iterator[str]:
        """The browsers that are listed, by their tokens."""
        live = [one for _, one in self.live(session.person)]
        for device, at in session.person.devices.items():
            used = max([at, *(one.used_at for one in live if one.browser == device)])
            if device == session.browser or self.now - used <= UNUSED:
                yield device

    def remove_browser(self, session: Session, device: str) -> Seen:
        person = session.person
        if device not in person.devices:
            return Seen("not_found")
        del person.devices[device]
        person.gone.add(device)
        person.trusts.pop(device, None)
        for one in self.sessions.values():
            if one.person is person and one.browser == device:
                one.is_ended = True
        person.events.append((self.now, "device_removed"))
        return Seen("done")

    def remove_browsers(self, session: Session, *, keep_current: bool) -> tuple[int, int, int]:
        """How many browsers went, how many sessions ended, and how much trust."""
        person = session.person
        kept = session.browser if keep_current else ""
        gone = [device for device in person.devices if device != kept]
        ended = [one for _, one in self.live(person) if not (keep_current and one is session)]
        person.gone.update(gone)
        for device in gone:
            del person.devices[device]
        for one in self.sessions.values():
            if one.person is person and not (keep_current and one is session):
                one.is_ended = True
        trusted = self._end_trust(person, kept)
        person.events.append((self.now, "device_removed"))
        return len(gone), len(ended), trusted

    def _end_trust(self, person: Person, kept: str = "") -> int:
        """End the trust in every browser but one; how many were live."""
        ended = [one for device, one in person.trusts.items() if device != kept]
        for one in ended:
            del person.trusts[one.device]
        return sum(one.ends_at > self.now for one in ended)

    def end_all(self, session: Session, *, keep_current: bool) -> tuple[Seen, int, dict[str, int]]:
        """Sign out everywhere: how many sessions ended, and what else did (S1, 107)."""
        person = session.person
        ended = [one for _, one in self.live(person) if not (keep_current and one is session)]
        for one in ended:
            one.is_ended = True
        trusted, phones = self._end_trust(person), self.end_phones(person)
        also = {"trusted_devices": trusted, "push_devices": phones}
        letters: Letters = ()
        if phones:
            person.changed_at = self.now
            person.events.append((self.now, "method_removed"))
            letters = self.everyone(person, "method_removed")
        person.events.append((self.now, "sessions_ended"))
        found = {word: count for word, count in also.items() if count}
        return Seen("done", letters=letters), len(ended), found

    def sweep(self) -> None:
        super().sweep()
        for person in self.people.values():
            for asks in person.asks.values():
                for ask in asks:
                    ask.is_gone = ask.is_gone or self.now - ask.at > 2 * DAY
            for one in list(person.methods):
                if one.state == "pending" and self.now - one.begun_at > 2 * TEN_MINUTES:
                    person.methods.remove(one)
                    one.state = "removed"
            for contact in list(person.contacts):
                if contact.state == "pending" and self.now - contact.added_at > DAY:
                    person.contacts.remove(contact)
                    contact.state = "dropped"


def free_name(person: Person, method: Method, name: str) -> str:
    """The name, with a number where another method has it already."""
    live = [one for one in person.methods if one.state != "removed" and one is not method]
    taken = {one.name for one in live}
    numbers = (f"{name} {number}" for number in range(2, 100))
    return name if name not in taken else next(one for one in numbers if one not in taken)


def _nobodys(kind: str, text: str) -> str:
    """What an answer is told where there is nothing to compare it with."""
    blank = Method("", kind, "", 0, None)
    match kind:
        case "totp":
            return "wrong" if len(text) == 6 and text.isdecimal() else "unreadable"
        case _:
            return blank.judge(text, 0)

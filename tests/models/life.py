"""One life of the twins beside the model: what each act does to all three, and what it must show.

What the model says is compared at once. Besides, a ledger of what was seen from outside is held
against the promises themselves (C3, C6, C8, F3), whatever the model believes.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.models.kinds import FIELDS, SENT, Contact, Method, enough, may_claim
from tests.models.pushes import PAUSE
from tests.models.reference import (
    DAY,
    HOUR,
    NOBODY,
    SIGNING,
    STRANGERS,
    Flow,
    Numbers,
    Person,
    Seen,
    Session,
    within,
)
from tests.models.twins import Letter, Twins
from tests.models.whole import Whole, active, verified
from tests.support.material import START
from tests.support.web_client import Answer

BROWSERS = 3
KNOWN = ("asha@example.org", "ben@example.org")
STRANGERS_SEE = (  # alike for every name (C11)
    *("email_code", "passkey", "push", "password", "totp"),
    *("sms_code", "voice_code", "email_code", "recovery_code"),
)
NAMES = (*KNOWN, "noor@example.org", "kim@example.org", "+81 90-1234-5678")
ENDLESS = 1_000_000_000  # coarse limits by source are other tests'
_LABEL_LIFE = 300
Way = tuple[str, Contact | Method | None]
_ID = slice(0, 17)  # of a token: its session's id


@dataclass
class Attempt:
    """A flow as its holder has it, beside what the model has of it.

    `ways` are the options with what they stand for: a kind, and where that was shown whose.
    """

    flow: Flow
    browser: int
    id: str
    secret: str
    option: str
    ways: list[tuple[str, Way]] = field(default_factory=list)
    public_key: Any = None
    challenge: str = "chl_0000000000000"
    codes: list[str | None] = field(default_factory=list)  # one a request; None: never sent


@dataclass
class Ledger:
    """What was seen from outside."""

    opened: set[str] = field(default_factory=set)  # flows by id
    judged: dict[tuple[str, str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    labels: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    met: Counter[str] = field(default_factory=Counter)  # how often what happened


class Life:
    """A life; a class because it goes on."""

    def __init__(self, twins: Twins, numbers: Numbers, *, is_open: bool) -> None:
        """Begin with two people who have accounts, and three names that nobody has."""
        self.twins = twins
        self.model = Whole(numbers, is_open=is_open)
        self.ledger = Ledger()
        self.devices = [""] * BROWSERS
        self.trusts: list[dict[str, list[str]]] = [{} for _ in range(BROWSERS)]  # newest last
        self.sends_old = False  # whether browsers come with their trust of before
        self.steps = 0
        twins.begin({"sign_up": "open" if is_open else "closed", **_flags(numbers)})
        for name in NAMES:
            person = Person(name, is_mailbox="@" in name)
            if name in KNOWN:
                person.account = twins.on_both(lambda house, to=name: house.make_account(to))
                person.events.append((0, "account_created"))
                person.contacts.append(Contact("", name, 0, "verified", is_name=True))
            self.model.people[name] = person

    def move(self, seconds: int) -> None:
        """Move the three clocks."""
        self.model.now += seconds
        self.twins.move(seconds)

    def begin(self, name: str, typed: str, browser: int, purpose: str = "sign_in") -> Attempt:
        """Begin a flow; without a name it is for a passkey, which says whose it is."""
        whose = {"name": typed} if typed else {"kind": "passkey"}
        body = {"purpose": purpose, **whose}
        told = self._send(browser, "POST", "/api/v1/flows", body, self._device(browser))
        assert told.status == 201, told.text
        person = self.model.people[name] if typed else Person("", is_mailbox=False)
        flow = self.model.begin(person)
        flow.is_nameless, flow.purpose = not typed, purpose
        if purpose == "reset_password":
            flow.act = f"reset {len(self.model.flows)}"
        return self._begun(flow, browser, told)

    def step_up(self, token: str, act: str, parameters: dict[str, str]) -> Attempt | None:
        """Begin a step-up; None where the session has ended."""
        body = {"purpose": "step_up", "act": act, "parameters": parameters}
        session, told = self.inside(token, "POST", "/api/v1/flows", body)
        if session is None:
            return None
        assert told.status == 201, told.text
        browsers = [place for place, one in enumerate(self.devices) if one == session.browser]
        flow = self.model.step_up(token, act, parameters)
        return self._begun(flow, (*browsers, 0)[0], told)

    def ask(self, attempt: Attempt, place: int = 0, confirm: str = "") -> str:
        """Ask by one of the ways; return what was told."""
        flow = attempt.flow
        option, way = attempt.ways[place % len(attempt.ways)]
        seen = self._model_ask(attempt, place % len(attempt.ways), way, confirm)
        body = {"option": option, **({"confirm": confirm} if confirm else {})}
        if not flow.person.is_mailbox and flow.person.name:
            body["confirm"] = flow.person.name
        told = self.call(attempt, "POST", "/challenges", body)
        letters = self.compare(seen, told)
        if told.status != 201 or flow.code is None:
            return seen.outcome
        asked, code = told.json, flow.code
        attempt.challenge, attempt.public_key = asked["id"], asked.get("public_key")
        assert code.kind == asked["kind"]
        self.met_kind(flow, f"{code.kind} asked")
        if code.ask is not None:
            code.ask.id, code.ask.number = asked["id"], asked["number"]
            assert self._at(code.sent_at + PAUSE) == asked["resend_at"]
        if code.kind in SENT:
            self._sent(attempt, asked, letters)
        return seen.outcome

    def _model_ask(self, attempt: Attempt, place: int, way: Way, confirm: str) -> Seen:
        flow, device = attempt.flow, self.devices[attempt.browser]
        kind, held = way
        if held is None and kind in SENT and place and not confirm:
            return Seen("invalid_input")
        if flow.purpose in SIGNING and flow.void == "flow_expired":
            return Seen("flow_expired")
        is_theirs = held is None and flow.purpose in SIGNING and not flow.proved
        if not is_theirs and not any(held is one for _, one in self.model.own_ways(flow, device)):
            return Seen("option_unknown")
        if kind not in SENT:
            return self.model.ask_kind(flow, device, kind, held)
        to = "" if not place else _meant(flow.person, kind, confirm)
        return self.model.ask(flow, device, held.address if isinstance(held, Contact) else to, kind)

    def _sent(self, attempt: Attempt, asked: dict[str, Any], letters: list[Letter]) -> None:
        flow, code = attempt.flow, attempt.flow.code
        assert (code.digits, self._at(code.resend_at)) == (asked["digits"], asked["resend_at"])
        assert self.model.numbers.flow - flow.asked == asked["resends_left"]
        coded = [one for one in letters if one.code]
        attempt.codes.append(coded[0].code if coded else None)
        assert all(one.label in {asked["label"], None} for one in letters)
        self._hold_against_c8(flow.person, asked["label"])
        self._hold_against_f3(flow)
        self._remember(flow, code.digits)

    def answer(self, attempt: Attempt, typed: str, verdict: str) -> str | None:
        """Answer a code that was sent: right, wrong, earlier or unreadable; of any other kind
        the model judges by itself. Return the session's token."""
        flow = attempt.flow
        if flow.code is not None and flow.code.kind not in (*SENT, ""):
            return self.give(attempt, "code", typed)
        self.model.carried = self._carried(attempt.browser)
        void = "" if flow.is_swept else flow.void
        device = self.devices[attempt.browser]
        seen = Seen(void) if void else self.model.answer(flow, verdict, device)
        return self._answered(attempt, {"code": typed}, seen)

    def give(
        self, attempt: Attempt, field: str, text: str, key: Method | None = None
    ) -> str | None:
        """Answer in a field with a text; `key` made it for this very challenge."""
        flow, device = attempt.flow, self.devices[attempt.browser]
        self.model.carried = self._carried(attempt.browser)
        body = {field: json.loads(text) if field in ("credential", "push") else text}
        code = flow.code
        if code is None or flow.is_swept:
            seen = self.model.answer(flow, "wrong", device)
        elif field != FIELDS.get(code.kind, "code"):
            seen = Seen("invalid_input")
        elif flow.void:
            seen = Seen(flow.void)
        elif code.kind in (*SENT, ""):
            seen = self.model.answer(flow, _verdict(attempt, text), device)
        elif code.kind == "passkey":
            is_read = "response" in text
            seen = self.model.give_key(flow, key, device, is_read=is_read)
        elif code.kind == "push":
            seen = self.model.give_push(flow, device, is_true=text == "true")
        else:
            seen = self.model.give(flow, text, device)
        return self._answered(attempt, body, seen)

    def _answered(self, attempt: Attempt, body: dict[str, Any], seen: Seen) -> str | None:
        flow = attempt.flow
        if self.model.wishes:
            body = {**body, "trust": True}
        told = self.call(attempt, "POST", f"/challenges/{attempt.challenge}/answer", body)
        kind = flow.code.kind if flow.code else "nothing"
        self.met_kind(flow, f"{kind or 'done'} {seen.outcome}")
        self.compare(seen, told, f"{flow.purpose} {kind}")
        if told.code in {"code_wrong", "code_earlier"} and kind not in ("passkey", "push"):
            self._hold_against_c6(flow)
        if told.status != 200:
            return None
        if told.json.get("recovery_code"):
            code = next(one for one in active(flow.person) if one.kind == "recovery_code")
            code.used, code.secret = code.secret, told.json["recovery_code"]
        if told.json["state"] == "open":
            assert "session" not in told.json
            attempt.ways = self._ways(attempt, told.json["options"])
            return None
        if flow.purpose != "sign_in":
            assert "session" not in told.json
            return None
        return self._let_in(attempt, told.json)

    def call(self, attempt: Attempt, method: str, path: str, body: object = None) -> Answer:
        """Call a flow as its holder."""
        carried = ".".join(self._carried(attempt.browser))
        trust = {"Sekisho-Trust": carried} if carried else {}
        headers = {"Sekisho-Flow": attempt.secret, **self._device(attempt.browser), **trust}
        return self._send(
            attempt.browser, method, f"/api/v1/flows/{attempt.id}{path}", body, headers
        )

    def inside(
        self, token: str, method: str, path: str, body: object = None
    ) -> tuple[Session | None, Answer]:
        """Call with a session: what the model has of it, None when it has ended; and the answer."""
        session = self.model.use(token)
        told = self._send(0, method, path, body, {"Authorization": f"Bearer {token}"})
        if session is None:
            assert (401, "not_signed_in") == (told.status, told.code)
        return session, told

    def _let_in(self, attempt: Attempt, passed: dict[str, Any]) -> str:
        """A flow opens once, only its own account, and claims what was proved in it."""
        assert attempt.id not in self.ledger.opened
        self.ledger.opened.add(attempt.id)
        flow, account = attempt.flow, passed["account"]["id"]
        person = flow.person
        assert person.account in {"", account}
        token, device = str(passed["session"]["token"]), str(passed["device"]["token"])
        trust = passed["device"].get("trust")
        assert device not in person.gone
        assert enough(flow.whole) or not person.two_step or flow.trust is not None
        self.devices[attempt.browser] = device
        assert self.model.let_in(flow, account, token, device, trust)
        if trust is not None:
            self.trusts[attempt.browser].setdefault(person.name, []).append(trust)
            self.ledger.met["trusted"] += 1
        self.claims(token)
        return token

    def claims(self, token: str) -> None:
        """A session says what was proved, and claims no more."""
        session, told = self.inside(token, "GET", "/api/v1/session")
        if session is not None:
            claimed = (list(session.methods), may_claim(session.methods))
            assert claimed == (told.json["methods"], told.json["acr"])

    # --- Promises, whatever the model believes ---

    def _hold_against_c6(self, flow: Flow) -> None:
        """No more wrong answers were compared than a name's lane has, in any window."""
        assert flow.code is not None
        now, numbers = self.model.now, self.model.numbers
        is_long = flow.lane == STRANGERS and flow.code.digits > 6
        kind = "long" if is_long else FIELDS.get(flow.code.kind, flow.code.kind)
        judged = self.ledger.judged[flow.person.name, flow.lane, kind]
        judged.append(now)
        windows = numbers.familiar if flow.lane else numbers.stranger
        for window, most in numbers.stranger_long if is_long else windows:
            assert len(within(judged, now, window)) <= most

    def _hold_against_f3(self, flow: Flow) -> None:
        """Messages that strangers caused, and nobody proved, come fewer and fewer."""
        numbers = self.model.numbers
        sent = within(flow.person.lane(STRANGERS).unproved, self.model.now, DAY)
        assert len(sent) <= numbers.flood_day
        early = [at for at in sent if at - sent[0] < HOUR]
        assert len(early) <= numbers.flood_first_hour
        assert all(then - before >= HOUR for before, then in pairwise(sent[len(early) :]))

    def _hold_against_c8(self, person: Person, label: str) -> None:
        """No two live requests of a name carry one label."""
        seen, now = self.ledger.labels[person.name], self.model.now
        assert label not in [one for at, one in seen if now - at < _LABEL_LIFE]
        seen.append((now, label))

    # --- How to speak and compare ---

    def compare(self, seen: Seen, told: Answer, what: str = "") -> list[Letter]:
        problem = told.json if told.status >= 400 else {}
        retry_at = None if seen.retry_at is None else self._at(seen.retry_at)
        letters = self.twins.letters()
        left = sorted((one.to.lower(), one.purpose, one.code is not None) for one in letters)
        self.ledger.met.update((seen.outcome, *(purpose for _, purpose, _ in seen.letters)))
        expected = (seen.outcome, seen.left, retry_at, sorted(seen.letters))
        outcome = problem.get("code") or _outcome(seen, told)
        found = (outcome, problem.get("left"), problem.get("retry_at"), left)
        assert expected == found, f"{what}: {expected} and not {found}"
        return letters

    def met_kind(self, flow: Flow, what: str) -> None:
        """Count how often what happened."""
        self.ledger.met[f"{flow.purpose}: {what}"] += 1

    def _begun(self, flow: Flow, browser: int, told: Answer) -> Attempt:
        begun = told.json
        attempt = Attempt(flow, browser, begun["id"], begun["secret"], begun["options"][0]["id"])
        attempt.ways = self._ways(attempt, begun["options"])
        return attempt

    def look(self, attempt: Attempt) -> None:
        """Look at a flow: its state, and its ways as they are now."""
        told = self.call(attempt, "GET", "")
        assert (200, self.model.state(attempt.flow)) == (told.status, told.json["state"])
        attempt.ways = self._ways(attempt, told.json["options"])

    def _carried(self, browser: int) -> tuple[str, ...]:
        """The tokens of trust that a browser sends, at most five as a cookie has."""
        held = self.trusts[browser].values()
        return tuple(one[0] if self.sends_old else one[-1] for one in held)[:5]

    def _ways(self, attempt: Attempt, options: list[dict[str, Any]]) -> list[tuple[str, Way]]:
        """Hold the options against what the model says that there are."""
        flow, kinds = attempt.flow, [one["kind"] for one in options]
        own: list[Way] = self.model.own_ways(flow, self.devices[attempt.browser])
        is_theirs = flow.purpose in SIGNING and not flow.proved
        ways: list[Way] = [("email_code", None), *own] if is_theirs and own else own
        if is_theirs and not own:
            is_familiar = self.devices[attempt.browser] in flow.person.devices
            ways = self._strangers(flow, is_familiar=is_familiar)
        expected = [kind for kind, _ in ways]
        assert expected == kinds, f"{flow.purpose} {flow.proved} {expected} and not {kinds}"
        named = [held for _, held in ways]
        for one, held in zip(options, named, strict=True):
            assert not isinstance(held, Method) or (held.name or None) == one["hint"]
        return [(one["id"], way) for one, way in zip(options, ways, strict=True)]

    def _strangers(self, flow: Flow, *, is_familiar: bool) -> list[Way]:
        """A stranger sees the same for every name (C11)."""
        if flow.is_nameless:
            return [("passkey", None)]
        if is_familiar:
            return [("email_code", None)]
        closed = "password" if flow.purpose == "reset_password" else ""
        return [(kind, None) for kind in STRANGERS_SEE if kind != closed]

    def _device(self, browser: int) -> dict[str, str]:
        return {"Sekisho-Device": self.devices[browser]} if self.devices[browser] else {}

    def _remember(self, flow: Flow, digits: int) -> None:
        is_closed = any(lane.is_closed for lane in flow.person.lanes.values())
        lane = "familiar lane" if flow.lane else "strangers' lane"
        self.ledger.met.update((f"{digits} digits", lane, *(["closed lane"] if is_closed else [])))

    def _at(self, second: int) -> str:
        at: datetime = START + timedelta(seconds=second)
        return at.isoformat().replace("+00:00", "Z")

    def _send(
        self,
        browser: int,
        method: str,
        path: str,
        body: object,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        self.steps += 1
        return self.twins.send(f"198.51.100.{browser + 1}", method, path, body, headers or {})


def _outcome(seen: Seen, told: Answer) -> str:
    """Return what was told; acts inside are only `done`."""
    if seen.outcome == "done":
        return "done"
    if told.status == 201:
        return "asked"
    return "more" if told.json["state"] == "open" else "passed"


def _meant(person: Person, kind: str, typed: str) -> str:
    """The contact that was typed: whole, or the last four digits of a phone."""
    reached = [one.address for one in verified(person) if kind in one.kinds]
    meant = [one for one in reached if typed in (one, one[-4:] if one.startswith("+") else one)]
    return (*meant, NOBODY)[0]


def _verdict(attempt: Attempt, text: str) -> str:
    """What an answer to a sent code is, were it compared."""
    if text and text == (attempt.codes or [None])[-1]:
        return "right"
    if text in attempt.codes[:-1]:
        return "earlier"
    is_read = len(text) == attempt.flow.code.digits and text.isdecimal()
    return "wrong" if is_read else "unreadable"


def session_id(token: str) -> str:
    """Return the id of a token's session."""
    return token[_ID]


def _flags(numbers: Numbers) -> dict[str, str]:
    hour, day, quarter = (str(most) for _, most in numbers.stranger)
    return {
        "codes.tries": str(numbers.tries),
        "guesses.stranger_hour": hour,
        "guesses.stranger_day": day,
        "guesses.stranger_90_days": quarter,
        "guesses.stranger_long_day": str(numbers.stranger_long[0][1]),
        "guesses.familiar_hour": str(numbers.familiar[0][1]),
        "guesses.familiar_day": str(numbers.familiar[1][1]),
        "guesses.familiar_in_a_row": str(numbers.familiar_in_a_row),
        "resend.pauses_seconds": ",".join(str(pause) for pause in numbers.pauses),
        "resend.flow": str(numbers.flow),
        "resend.ten_minutes": str(numbers.contact[0][1]),
        "resend.day": str(numbers.contact[1][1]),
        "resend.reserve_ten_minutes": str(numbers.reserve[0]),
        "resend.reserve_day": str(numbers.reserve[1]),
        "floods.first_hour": str(numbers.flood_first_hour),
        "floods.day": str(numbers.flood_day),
        "phones.prefix_hour": str(ENDLESS),  # what codes may cost is other tests'
        "phones.day_cost": str(ENDLESS),
        "phones.least_percent": "0",
        "passwords.memory_kib": "8",  # below the setting's bound; see twins.py
        "passwords.passes": "1",
        "limits.requests_hour_ip": str(ENDLESS),
        "limits.requests_hour_net": str(ENDLESS),
        "limits.requests_hour_all": str(ENDLESS),
    }

"""One life of the twins beside the model: what each act does to all three, and what it must show.

What the model says is compared at once. Besides, a ledger of what was seen from outside is held
against the promises themselves (C3, C6, C8, F3), whatever the model believes.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.models.reference import (
    DAY,
    HOUR,
    STRANGERS,
    Flow,
    Numbers,
    Person,
    Reference,
    Seen,
    Session,
    within,
)
from tests.models.twins import Letter, Twins
from tests.support.material import START
from tests.support.web_client import Answer

BROWSERS = 3
KNOWN = ("asha@example.org", "ben@example.org")
NAMES = (*KNOWN, "noor@example.org", "kim@example.org", "+81 90-1234-5678")
ENDLESS = 1_000_000_000  # coarse limits by source are other tests'
_CODE_LIFE = 300
_ID = slice(0, 17)  # of a token: its session's id


@dataclass
class Attempt:
    """A flow as its holder has it, beside what the model has of it."""

    flow: Flow
    browser: int
    id: str
    secret: str
    option: str
    challenge: str = "chl_0000000000000"
    codes: list[str | None] = field(default_factory=list)  # one a request; None: never sent


@dataclass
class Ledger:
    """What was seen from outside."""

    opened: set[str] = field(default_factory=set)  # flows by id
    judged: dict[tuple[str, str, bool], list[int]] = field(
        default_factory=lambda: defaultdict(list)
    )
    labels: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    met: Counter[str] = field(default_factory=Counter)  # how often what happened


class Life:
    """A life; a class because it goes on."""

    def __init__(self, twins: Twins, numbers: Numbers, *, is_open: bool) -> None:
        """Begin with two people who have accounts, and three names that nobody has."""
        self.twins = twins
        self.model = Reference(numbers, is_open=is_open)
        self.ledger = Ledger()
        self.devices = [""] * BROWSERS
        self.steps = 0
        twins.begin({"sign_up": "open" if is_open else "closed", **_flags(numbers)})
        for name in NAMES:
            person = Person(name, is_mailbox="@" in name)
            if name in KNOWN:
                person.account = twins.on_both(lambda house, to=name: house.make_account(to))
                person.events.append((0, "account_created"))
            self.model.people[name] = person

    def move(self, seconds: int) -> None:
        """Move the three clocks."""
        self.model.now += seconds
        self.twins.move(seconds)

    def begin(self, name: str, typed: str, browser: int) -> Attempt:
        """Begin a flow."""
        told = self._send(browser, "POST", "/api/v1/flows", {"purpose": "sign_in", "name": typed})
        assert told.status == 201, told.text
        flow, begun = self.model.begin(self.model.people[name]), told.json
        return Attempt(flow, browser, begun["id"], begun["secret"], begun["options"][0]["id"])

    def ask(self, attempt: Attempt) -> None:
        """Ask for a code."""
        flow = attempt.flow
        seen = self.model.ask(flow, self.devices[attempt.browser])
        confirm = {} if flow.person.is_mailbox else {"confirm": flow.person.name}
        told = self.call(attempt, "POST", "/challenges", {"option": attempt.option, **confirm})
        letters = self._compare(seen, told, flow.person)
        if told.status != 201 or flow.code is None:
            return
        asked, code = told.json, flow.code
        assert (code.digits, self._at(code.resend_at)) == (asked["digits"], asked["resend_at"])
        assert self.model.numbers.flow - flow.asked == asked["resends_left"]
        attempt.challenge = asked["id"]
        attempt.codes.append(letters[0].code if letters else None)
        assert all(one.label in {asked["label"], None} for one in letters)
        self._hold_against_c8(flow.person, asked["label"])
        self._hold_against_f3(flow)
        self._remember(flow, code.digits)

    def answer(self, attempt: Attempt, typed: str, verdict: str) -> str | None:
        """Answer with what is right, wrong, earlier or unreadable; return the session's token."""
        flow, device = attempt.flow, self.devices[attempt.browser]
        seen = self.model.answer(flow, verdict, device)
        path = f"/challenges/{attempt.challenge}/answer"
        told = self.call(attempt, "POST", path, {"code": typed})
        self._compare(seen, told, flow.person)
        if told.code in {"code_wrong", "code_earlier"}:
            self._hold_against_c6(flow)
        return self._let_in(attempt, told.json) if told.status == 200 else None

    def call(self, attempt: Attempt, method: str, path: str, body: object = None) -> Answer:
        """Call a flow as its holder."""
        headers = {"Sekisho-Flow": attempt.secret}
        if self.devices[attempt.browser]:
            headers["Sekisho-Device"] = self.devices[attempt.browser]
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
        """A code opens once, and only its own account."""
        assert attempt.id not in self.ledger.opened
        self.ledger.opened.add(attempt.id)
        person, account = attempt.flow.person, passed["account"]["id"]
        assert person.account in {"", account}
        token, device = str(passed["session"]["token"]), str(passed["device"]["token"])
        self.devices[attempt.browser] = device
        self.model.let_in(person, account, token, device)
        return token

    # --- Promises, whatever the model believes ---

    def _hold_against_c6(self, flow: Flow) -> None:
        """No more wrong answers were compared than a name's lane has, in any window."""
        assert flow.code is not None
        now, numbers = self.model.now, self.model.numbers
        is_long = flow.lane == STRANGERS and flow.code.digits > 6
        judged = self.ledger.judged[flow.person.name, flow.lane, is_long]
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
        assert label not in [one for at, one in seen if now - at < _CODE_LIFE]
        seen.append((now, label))

    # --- How to speak and compare ---

    def _compare(self, seen: Seen, told: Answer, person: Person) -> list[Letter]:
        problem = told.json if told.status >= 400 else {}
        outcome = problem.get("code") or ("asked" if told.status == 201 else "passed")
        retry_at = None if seen.retry_at is None else self._at(seen.retry_at)
        letters = self.twins.letters()
        left = tuple((one.purpose, one.code is not None) for one in letters)
        self.ledger.met.update((seen.outcome, *(purpose for purpose, _ in seen.letters)))
        assert (seen.outcome, seen.left, retry_at, seen.letters) == (
            outcome,
            problem.get("left"),
            problem.get("retry_at"),
            left,
        )
        assert {person.name} >= {one.to.lower() for one in letters}
        return letters

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
        "floods.first_hour": str(numbers.flood_first_hour),
        "floods.day": str(numbers.flood_day),
        "limits.requests_hour_ip": str(ENDLESS),
        "limits.requests_hour_net": str(ENDLESS),
        "limits.requests_hour_all": str(ENDLESS),
    }

"""Random lives of several people and strangers: every step goes to both stores and to the model.

What an act must show stands in life.py; here is who does what, and when.
"""

from collections import Counter
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.models.life import BROWSERS, NAMES, Attempt, Life, session_id
from tests.models.reference import DAY, HOUR, STRANGERS, Numbers
from tests.models.twins import Twins

SPELLINGS = {
    "asha@example.org": "ＡＳＨＡ＠example.org ",
    "noor@example.org": " Noor@EXAMPLE.ORG",
}
NO_CODES = ("", "hello", "12", "1234567", "123456 654321", "12345678901", "四二一八七七")
WAITS = (1, 10, 30, 60, 299, 300, 600, 1800, 3600)
LEAPS = (HOUR, 6 * HOUR, DAY, 7 * DAY, 31 * DAY, 91 * DAY)
TIGHT = Numbers(
    tries=3,
    stranger=((HOUR, 3), (DAY, 5), (90 * DAY, 7)),
    stranger_long=((DAY, 4),),
    familiar=((HOUR, 3), (DAY, 5)),
    familiar_in_a_row=6,
    pauses=(10, 40),
    flow=3,
    contact=((600, 2), (DAY, 4)),
    flood_first_hour=2,
    flood_day=4,
)
names = st.integers(0, 2)  # of those who live in this life
browsers = st.integers(0, BROWSERS - 1)
places = st.integers(0, 5)  # of an attempt or a session, counted from the newest
times = st.sampled_from((1, 1, 2, 3, 5, 6))


class SignIn(RuleBasedStateMachine):
    """The machine; `steps` and `met` count over all its lives."""

    steps: ClassVar[int] = 0
    met: ClassVar[Counter[str]] = Counter()

    def __init__(self, twins: Twins) -> None:
        super().__init__()
        self.twins = twins
        self.life: Life | None = None
        self.attempts: list[Attempt] = []
        self.tokens: list[str] = []
        self.names: list[str] = []
        self.homes: list[tuple[str, int]] = []  # who signed in from which browser

    @initialize(
        is_open=st.booleans(),
        is_tight=st.sampled_from((True, True, False)),
        names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
    )
    def open_house(self, names: list[str], *, is_open: bool, is_tight: bool) -> None:
        """Begin a life of one to three people: few, so that limits are reached."""
        self.life = Life(self.twins, TIGHT if is_tight else Numbers(), is_open=is_open)
        self.names = names
        for browser, name in enumerate(names):
            self._begin(name, browser, is_odd=False)

    def teardown(self) -> None:
        if self.life is not None:
            type(self).steps += self.life.steps
            self.met.update(self.life.ledger.met)
            self.twins.end()

    # --- Flows ---

    @rule(name=names, browser=browsers, is_odd=st.booleans())
    def begin(self, name: int, browser: int, *, is_odd: bool) -> None:
        self._begin(self._name(name), browser, is_odd=is_odd)

    @rule(place=st.integers(0, 2))
    def ask(self, place: int) -> None:
        self.life.ask(self._attempt(place))

    @rule(place=st.integers(0, 2))
    def wait_and_ask(self, place: int) -> None:
        self._ask_in_time(self._attempt(place))

    @rule(name=names, browser=browsers, times=times, hours=st.sampled_from((0, 0, 1, 3)))
    def flood(self, name: int, browser: int, times: int, hours: int) -> None:
        for _ in range(times):
            self.life.ask(self._begin(self._name(name), browser, is_odd=False))
            self.life.move(hours * HOUR)

    @rule(place=places)
    def look(self, place: int) -> None:
        attempt = self._attempt(place)
        self.life.look(attempt)

    @rule(place=places, other=places)
    def hold_the_secret_of_another_flow(self, place: int, other: int) -> None:
        attempt, held = self._attempt(place), self._attempt(other)
        if attempt is held:
            return
        path = f"/challenges/{attempt.challenge}/answer"
        mixed = Attempt(attempt.flow, attempt.browser, attempt.id, held.secret, attempt.option)
        told = self.life.call(mixed, "POST", path, {"code": (attempt.codes or ["123456"])[-1]})
        assert (404, "flow_unknown") == (told.status, told.code)

    # --- Answers ---

    @rule(place=places)
    def type_the_right_one(self, place: int) -> None:
        self._type_right(self._attempt(place))

    @rule(name=names, browser=browsers)
    def walk_the_whole_road(self, name: int, browser: int) -> None:
        self._sign_in(self._name(name), browser)

    @rule(name=names, browser=browsers, by=st.integers(1, 9), times=times)
    def guess(self, name: int, browser: int, by: int, times: int) -> None:
        self._guess(self._name(name), browser, by, times)

    @rule(name=names, browser=browsers, days=st.sampled_from((1, 2, 22)))
    def besiege(self, name: int, browser: int, days: int) -> None:
        for _ in range(4):
            self._guess(self._name(name), browser, 1, self.life.model.numbers.tries)
            self.life.move(days * DAY)

    @rule(name=names, browser=browsers, beside=st.sampled_from((-1, 0)), is_swept=st.booleans())
    def outwait(self, name: int, browser: int, beside: int, *, is_swept: bool) -> None:
        """Guess again where the oldest try leaves the 90 days, or a second before."""
        tried = self.life.model.people[self._name(name)].lane(STRANGERS).short
        due = [at + 90 * DAY + beside for at in tried if at + 90 * DAY > self.life.model.now]
        if not due:
            return
        self.life.move(max(0, due[0] - self.life.model.now))
        if is_swept:
            self._sweep()
        for _ in range(2):
            self._guess(self._name(name), browser, 1, 1)

    @precondition(lambda self: self.homes)
    @rule(place=places, by=st.integers(1, 9), times=times, hours=st.sampled_from((0, 1, 24)))
    def guess_at_home(self, place: int, by: int, times: int, hours: int) -> None:
        for _ in range(3 if hours else 1):
            self._guess(*self.homes[-1 - place % len(self.homes)], by, times)
            self.life.move(hours * HOUR)

    @precondition(lambda self: self.homes)
    @rule(place=places)
    def sign_in_at_home(self, place: int) -> None:
        self._sign_in(*self.homes[-1 - place % len(self.homes)])

    @rule(place=places, by=st.integers(1, 9), times=times)
    def type_wrong_ones(self, place: int, by: int, times: int) -> None:
        self._type_wrong(self._attempt(place), by, times)

    @precondition(lambda self: any(len(one.codes) > 1 for one in self.attempts))
    @rule(place=places, back=st.integers(2, 3))
    def type_an_earlier_one(self, place: int, back: int) -> None:
        able = [one for one in self.attempts if len(one.codes) > 1]
        attempt = able[-1 - place % min(2, len(able))]
        code = attempt.codes[max(-back, -len(attempt.codes))]
        if code is not None and code != attempt.codes[-1]:
            self.life.answer(attempt, code, "earlier")

    @rule(name=names, browser=browsers)
    def mix_two_letters_up(self, name: int, browser: int) -> None:
        attempt = self._begin(self._name(name), browser, is_odd=False)
        self._ask_in_time(attempt)
        self._ask_in_time(attempt)
        if len(attempt.codes) > 1 and attempt.codes[-2] not in {None, attempt.codes[-1]}:
            self.life.answer(attempt, attempt.codes[-2], "earlier")

    @rule(place=places, other=places)
    def type_one_of_another_flow(self, place: int, other: int) -> None:
        attempt, theirs = self._attempt(place), self._attempt(other)
        code = theirs.codes[-1] if theirs.codes else None
        if code is None or code in attempt.codes or attempt.flow.code is None:
            return
        is_read = len(code) == attempt.flow.code.digits
        self.life.answer(attempt, code, "wrong" if is_read else "unreadable")

    @rule(place=places, text=st.sampled_from(NO_CODES))
    def type_no_code(self, place: int, text: str) -> None:
        self.life.answer(self._attempt(place), text, "unreadable")

    # --- Sessions ---

    @precondition(lambda self: self.tokens)
    @rule(place=places)
    def check(self, place: int) -> None:
        self.life.claims(self._token(place))

    @precondition(lambda self: self.tokens)
    @rule(place=places)
    def list_sessions(self, place: int) -> None:
        token = self._token(place)
        session, told = self.life.inside(token, "GET", "/api/v1/sessions")
        if session is not None:
            live = [session_id(one) for one, _ in self.life.model.live(session.person)]
            listed = told.json["data"]
            assert sorted(live) == sorted(one["id"] for one in listed)
            assert [session_id(token)] == [one["id"] for one in listed if one["current"]]

    @precondition(lambda self: self.tokens)
    @rule(place=places)
    def sign_out(self, place: int) -> None:
        session, told = self.life.inside(self._token(place), "DELETE", "/api/v1/session")
        if session is not None:
            assert told.status == 204
            session.is_ended = True
            session.person.events.append((self.life.model.now, "signed_out"))

    @precondition(lambda self: self.tokens)
    @rule(place=places, other=places)
    def end_one(self, place: int, other: int) -> None:
        theirs = self._token(other)
        path = f"/api/v1/sessions/{session_id(theirs)}"
        session, told = self.life.inside(self._token(place), "DELETE", path)
        if session is None:
            return
        now, ended = self.life.model.now, self.life.model.sessions[theirs]
        is_own = ended.person is session.person and not ended.is_ended
        if is_own and not ended.is_live(now):
            is_own = told.status == 204  # one past its time may be swept already
        assert (204 if is_own else 404) == told.status
        if is_own:
            ended.is_ended = True
            session.person.events.append(
                (now, "signed_out" if ended is session else "session_ended")
            )

    @precondition(lambda self: self.tokens)
    @rule(place=places, keep_current=st.booleans())
    def end_all(self, place: int, *, keep_current: bool) -> None:
        body = {"keep_current": keep_current}
        session, told = self.life.inside(
            self._token(place), "POST", "/api/v1/sessions/end_all", body
        )
        if session is None:
            return
        seen, ended, also = self.life.model.end_all(session, keep_current=keep_current)
        self.life.compare(seen, told)
        assert {"ended": ended, **({"also": also} if also else {})} == told.json

    @precondition(lambda self: self.tokens)
    @rule(place=places)
    def read_events(self, place: int) -> None:
        """Events count acts."""
        token, found = self._token(place), Counter[str]()
        path: str | None = "/api/v1/events?limit=200"
        while path is not None:
            session, told = self.life.inside(token, "GET", path)
            if session is None:
                return
            found.update(one["kind"] for one in told.json["data"])
            after = told.json["next"]
            path = f"/api/v1/events?limit=200&after={after}" if after else None
        assert self.life.model.events(session.person) == found

    # --- The world ---

    @rule(seconds=st.sampled_from(WAITS))
    def wait(self, seconds: int) -> None:
        self.life.move(seconds)

    @rule(name=names, place=st.integers(0, 30), beside=st.sampled_from((-1, 0, 0, 1)))
    def wait_for_an_edge(self, name: int, place: int, beside: int) -> None:
        """Go to where a window ends, or a second beside: there limits are right or wrong."""
        edges = self.life.model.edges(self.life.model.people[self._name(name)])
        if edges:
            at = edges[place % len(edges)] + beside
            self.life.move(max(0, at - self.life.model.now))

    @rule(seconds=st.sampled_from(LEAPS), is_now=st.integers(0, 2))
    def leap(self, seconds: int, is_now: int) -> None:
        if not is_now:
            self.life.move(seconds)

    @rule()
    def restart(self) -> None:
        self.twins.restart()

    @rule()
    def sweep(self) -> None:
        self._sweep()

    # --- Who and which ---

    def _begin(self, name: str, browser: int, *, is_odd: bool) -> Attempt:
        typed = SPELLINGS.get(name, name) if is_odd else name
        attempt = self.life.begin(name, typed, browser)
        self.attempts.append(attempt)
        return attempt

    def _name(self, place: int) -> str:
        return self.names[place % len(self.names)]

    def _sweep(self) -> None:
        self.life.model.sweep()
        self.twins.on_both(lambda house: house.sweep())

    def _ask_in_time(self, attempt: Attempt) -> None:
        code = attempt.flow.code
        if code is not None and attempt.flow.state == "open":
            self.life.move(max(0, code.resend_at - self.life.model.now))
        self.life.ask(attempt)

    def _sign_in(self, name: str, browser: int) -> None:
        attempt = self._begin(name, browser, is_odd=False)
        self.life.ask(attempt)
        self._type_right(attempt)

    def _guess(self, name: str, browser: int, by: int, times: int) -> None:
        attempt = self._begin(name, browser, is_odd=True)
        self.life.ask(attempt)
        self._type_wrong(attempt, by, times)

    def _attempt(self, place: int) -> Attempt:
        return self.attempts[-1 - place % len(self.attempts)]

    def _token(self, place: int) -> str:
        return self.tokens[-1 - place % len(self.tokens)]

    def _type_right(self, attempt: Attempt) -> None:
        code = attempt.codes[-1] if attempt.codes else None
        if code is not None:
            token = self.life.answer(attempt, code, "right")
            if token is not None:
                self.tokens.append(token)
                self.homes.append((attempt.flow.person.name, attempt.browser))

    def _type_wrong(self, attempt: Attempt, by: int, times: int) -> None:
        if attempt.flow.code is None and by > 1:
            return  # told `not_found` each time; once is enough
        digits = (attempt.flow.code.digits if attempt.flow.code else 0) or 6
        newest = int((attempt.codes[-1] if attempt.codes else None) or 0)
        for turn in range(times):
            guess = f"{(newest + by + turn) % 10**digits:0{digits}d}"
            if guess not in attempt.codes:
                self.life.answer(attempt, guess, "wrong")

"""Random lives of several people and strangers: every step goes to both stores and to the model.

What an act must show stands in life.py; here is who does what, and when.
"""

from collections import Counter
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.models.life import BROWSERS, NAMES, Attempt, Life, session_id
from tests.models.reference import DAY, HOUR, Numbers
from tests.models.twins import Twins

SPELLINGS = {
    "asha@example.org": "ＡＳＨＡ＠example.org ",
    "noor@example.org": " Noor@EXAMPLE.ORG",
}
NO_CODES = ("", "hello", "12", "1234567", "123456 654321", "12345678901", "四二一八七七")
WAITS = (1, 9, 10, 29, 30, 31, 60, 120, 299, 300, 301, 599, 600, 900, 1799, 1800, 3599, 3600)
LEAPS = (HOUR, 6 * HOUR, DAY - 1, DAY, DAY + 1, 2 * DAY, 7 * DAY, 31 * DAY, 91 * DAY)
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
names = st.sampled_from(NAMES)
browsers = st.integers(0, BROWSERS - 1)
places = st.integers(0, 5)  # of an attempt or a session, counted from the newest
times = st.sampled_from((1, 1, 1, 2, 3, 6))


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
        self.homes: list[tuple[str, int]] = []  # who signed in from which browser

    @initialize(is_open=st.booleans(), is_tight=st.booleans())
    def open_house(self, *, is_open: bool, is_tight: bool) -> None:
        self.life = Life(self.twins, TIGHT if is_tight else Numbers(), is_open=is_open)
        for browser, name in enumerate(NAMES[:BROWSERS]):
            self._begin(name, browser, is_odd=False)

    def teardown(self) -> None:
        if self.life is not None:
            type(self).steps += self.life.steps
            self.met.update(self.life.ledger.met)
            self.twins.end()

    # --- Flows ---

    @rule(name=names, browser=browsers, is_odd=st.booleans())
    def begin(self, name: str, browser: int, *, is_odd: bool) -> None:
        self._begin(name, browser, is_odd=is_odd)

    @rule(place=places)
    def ask(self, place: int) -> None:
        self.life.ask(self._attempt(place))

    @rule(place=st.integers(0, 2))
    def wait_and_ask(self, place: int) -> None:
        attempt = self._attempt(place)
        code, now = attempt.flow.code, self.life.model.now
        if code is not None and attempt.flow.state == "open" and code.resend_at > now:
            self.life.move(code.resend_at - now)
        self.life.ask(attempt)

    @rule(place=places)
    def look(self, place: int) -> None:
        attempt = self._attempt(place)
        told = self.life.call(attempt, "GET", "")
        assert (200, self.life.model.state(attempt.flow)) == (told.status, told.json["state"])

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
    def walk_the_whole_road(self, name: str, browser: int) -> None:
        attempt = self._begin(name, browser, is_odd=False)
        self.life.ask(attempt)
        self._type_right(attempt)

    @rule(name=names, browser=browsers, by=st.integers(1, 9), times=times)
    def guess(self, name: str, browser: int, by: int, times: int) -> None:
        attempt = self._begin(name, browser, is_odd=True)
        self.life.ask(attempt)
        self._type_wrong(attempt, by, times)

    @precondition(lambda self: self.homes)
    @rule(place=places, by=st.integers(1, 9), times=times)
    def guess_at_home(self, place: int, by: int, times: int) -> None:
        self.guess(*self.homes[-1 - place % len(self.homes)], by, times)

    @precondition(lambda self: self.homes)
    @rule(place=places)
    def sign_in_at_home(self, place: int) -> None:
        self.walk_the_whole_road(*self.homes[-1 - place % len(self.homes)])

    @rule(place=places, by=st.integers(1, 9), times=times)
    def type_wrong_ones(self, place: int, by: int, times: int) -> None:
        self._type_wrong(self._attempt(place), by, times)

    @rule(place=places, back=st.integers(2, 3))
    def type_an_earlier_one(self, place: int, back: int) -> None:
        attempt = self._attempt(place)
        code = attempt.codes[-back] if len(attempt.codes) >= back else None
        if code is not None and code != attempt.codes[-1]:
            self.life.answer(attempt, code, "earlier")

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
        session, told = self.life.inside(self._token(place), "GET", "/api/v1/session")
        assert (200 if session else 401) == told.status

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
        live = [one for _, one in self.life.model.live(session.person)]
        ended = [one for one in live if one is not session or not keep_current]
        assert {"ended": len(ended)} == told.json
        for one in ended:
            one.is_ended = True
        session.person.events.append((self.life.model.now, "sessions_ended"))

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

    @rule(seconds=st.sampled_from(LEAPS), is_now=st.integers(0, 2))
    def leap(self, seconds: int, is_now: int) -> None:
        if not is_now:
            self.life.move(seconds)

    @rule(is_restart=st.booleans())
    def keep_house(self, *, is_restart: bool) -> None:
        if is_restart:
            self.twins.restart()
            return
        self.life.model.sweep()
        self.twins.on_both(lambda house: house.sweep())

    # --- Who and which ---

    def _begin(self, name: str, browser: int, *, is_odd: bool) -> Attempt:
        typed = SPELLINGS.get(name, name) if is_odd else name
        attempt = self.life.begin(name, typed, browser)
        self.attempts.append(attempt)
        return attempt

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
        digits = attempt.flow.code.digits if attempt.flow.code else 6
        newest = int((attempt.codes[-1] if attempt.codes else None) or 0)
        for turn in range(times):
            guess = f"{(newest + by + turn) % 10**digits:0{digits}d}"
            if guess not in attempt.codes:
                self.life.answer(attempt, guess, "wrong")

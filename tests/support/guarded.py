"""A person with an authenticator app and a recovery code; and one with two-step verification on."""

import re

import pyotp
import pytest

from tests.support.people import Attempt
from tests.support.settled import Settled
from tests.support.web_client import Answer


class Guarded(Settled):
    """A person with an authenticator app and a recovery code."""

    secret: str = ""
    app: str = ""
    code: str = ""
    tablet: str = ""

    def enrols_app(self) -> None:
        """Add an app and confirm it."""
        body = {"kind": "totp", "name": "My phone"}
        self.proves("methods.add", body)
        begun = self.posts("/api/v1/methods", body)
        assert 201 == begun.status, begun.text
        self.app, self.secret = begun.json["id"], begun.json["secret"]
        confirmed = self.confirms_method(self.app, self.app_code())
        assert 200 == confirmed.status, confirmed.text

    def enrols_second_app(self) -> None:
        """Add another one."""
        body = {"kind": "totp", "name": "My tablet"}
        self.proves("methods.add", body)
        begun = self.posts("/api/v1/methods", body).json
        self.tablet = begun["id"]
        code = pyotp.TOTP(re.sub(r"\W", "", begun["secret"])).at(self.person.house.clock.now())
        assert 200 == self.confirms_method(self.tablet, code).status

    def makes_recovery_code(self) -> None:
        """Make a recovery code and confirm it by its last group."""
        body = {"kind": "recovery_code", "name": ""}
        self.proves("methods.add", body)
        begun = self.posts("/api/v1/methods", body).json
        self.code = begun["code"]
        last_group = re.split(r"\W+", self.code)[-1]
        assert 200 == self.confirms_method(begun["id"], last_group).status

    def confirms_method(self, method: str, code: object) -> Answer:
        """Give the first code of a method back."""
        return self.posts(f"/api/v1/methods/{method}/confirm", {"code": code})

    def app_code(self) -> str:
        """Return what the app shows now."""
        return str(pyotp.TOTP(re.sub(r"\W", "", self.secret)).at(self.person.house.clock.now()))

    def turns(self, *, on: bool) -> Answer:
        """Turn two-step verification on or off."""
        self.proves(f"two_step.{'on' if on else 'off'}", {})
        return self.posts("/api/v1/two_step", {"on": on})

    def proves(self, act: str, parameters: dict[str, str]) -> Attempt:
        """Prove for an act, by both proofs where two are wanted."""
        clock = self.person.house.clock
        clock.move(minutes=3)
        attempt = self.begins(act, parameters)
        assert 201 == attempt.ask(self.person.device).status
        answer = attempt.type(self.person.house.inbox.code(self.person.address))
        assert 200 == answer.status, answer.text
        if answer.json["state"] == "open":
            answer = self.answers_second(attempt, answer, "totp", self.app_code())
            assert (200, "passed") == (answer.status, answer.json.get("state")), answer.text
        return attempt

    def first_proof(self) -> tuple[Attempt, Answer]:
        """Begin a sign-in and give the code of the mail back."""
        attempt = self.person.asks_for_a_code()
        answer = attempt.type(self.person.house.inbox.code(self.person.address), self.person.device)
        assert 200 == answer.status, answer.text
        return attempt, answer

    def answers_second(self, attempt: Attempt, first: Answer, kind: str, code: object) -> Answer:
        """Choose a kind for the second proof, and answer."""
        attempt.option = next(one["id"] for one in first.json["options"] if one["kind"] == kind)
        asked = attempt.ask(self.person.device)
        assert (201, kind, None) == (asked.status, asked.json["kind"], asked.json["label"])
        return attempt.type(code, self.person.device)


@pytest.fixture
def guarded(settled: Settled) -> Guarded:
    """Asha, with an app and a recovery code."""
    guarded = Guarded(settled.person)
    guarded.enrols_app()
    guarded.makes_recovery_code()
    return guarded


@pytest.fixture
def cautious(guarded: Guarded) -> Guarded:
    """Asha, with two-step verification on."""
    answer = guarded.turns(on=True)
    assert (200, True) == (answer.status, answer.json["on"]), answer.text
    guarded.person.house.clock.move(minutes=2)
    return guarded

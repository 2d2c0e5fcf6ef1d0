"""A person with a method of each kind, and a sign-in by whichever of them."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any

import pyotp
import pytest

from tests.support.enrolled import Enrolled
from tests.support.people import Attempt, Person
from tests.support.soft_authenticator import UP, UV, SoftAuthenticator
from tests.support.web_client import Answer, Client

PASSWORD = "seven quiet herons wade home"
WRONG = "seven quiet herons wade away"
NAMELESS = {"purpose": "sign_in", "kind": "passkey"}


@dataclass
class SignIn:
    """One flow of a sign-in, answered by any kind."""

    attempt: Attempt
    device: str = ""
    asked: Answer | None = None

    @property
    def options(self) -> list[dict[str, Any]]:
        """The ways on, as the flow shows them now."""
        return list(self.attempt.look().json["options"])

    def kinds(self) -> list[str]:
        """The kinds of the ways on."""
        return [str(one["kind"]) for one in self.options]

    def asks(self, kind: str, hint: str | None = None, confirm: str | None = None) -> Answer:
        """Choose the last way of a kind, or the one with this hint."""
        fitting = [one for one in self.options if one["kind"] == kind]
        chosen = next((one for one in fitting if hint and one["hint"] == hint), fitting[-1])
        return self.asks_option(chosen["id"], confirm)

    def asks_option(self, option: str, confirm: str | None = None) -> Answer:
        """Ask by an option's id."""
        body = {"option": option} | ({"confirm": confirm} if confirm else {})
        self.asked = self.attempt.client.post(f"{self.attempt.path}/challenges", body, self.headers)
        if self.asked.status == 201:
            self.attempt.challenge = self.asked.json["id"]
        return self.asked

    @property
    def headers(self) -> dict[str, str]:
        """What every call of the flow carries, with what makes the browser known."""
        return self.attempt.headers | ({"Sekisho-Device": self.device} if self.device else {})

    def gives(self, **body: object) -> Answer:
        """Answer with exactly these fields."""
        return self.attempt.client.post(self.attempt.answer_path, body, self.headers)

    def by_code(self, kind: str, code: object) -> Answer:
        """Choose a kind that takes a code, and give it."""
        asked = self.asks(kind)
        assert 201 == asked.status, asked.text
        return self.gives(code=code)

    def by_password(self, password: str = PASSWORD) -> Answer:
        """Choose the password, and give one."""
        asked = self.asks("password")
        assert 201 == asked.status, asked.text
        return self.gives(password=password)

    def by_passkey(self, device: SoftAuthenticator) -> Answer:
        """Choose the passkey, and let a device answer."""
        asked = self.asks("passkey")
        assert 201 == asked.status, asked.text
        return self.gives(credential=json.loads(device.prove(asked.json["public_key"])))


def signing(client: Client, name: str, device: str = "") -> SignIn:
    """Begin a sign-in under a name."""
    headers = {"Sekisho-Device": device} if device else {}
    body = {"purpose": "sign_in", "name": name}
    begun = client.post("/api/v1/flows", body, headers)
    assert 201 == begun.status, begun.text
    flow = begun.json
    attempt = Attempt(client, flow["id"], flow["secret"], flow["options"][0]["id"], begun)
    return SignIn(attempt, device)


def nameless(client: Client) -> SignIn:
    """Begin a sign-in that a passkey names."""
    begun = client.post("/api/v1/flows", NAMELESS)
    assert 201 == begun.status, begun.text
    flow = begun.json
    attempt = Attempt(client, flow["id"], flow["secret"], flow["options"][0]["id"], begun)
    return SignIn(attempt)


def session_of(client: Client, passed: Answer) -> dict[str, Any]:
    """The session that an answer gave: its methods, and what it claims as the last word of acr."""
    assert (200, "passed") == (passed.status, passed.json.get("state")), passed.text
    bearer = {"Authorization": f"Bearer {passed.json['session']['token']}"}
    seen = client.get("/api/v1/session", bearer).json
    return {**seen, "level": seen["acr"].rpartition(":")[2]}


class Equipped(Enrolled):
    """Enrolled, with an app and a recovery code too."""

    secret: str = ""
    app: str = ""
    code: str = ""
    key: SoftAuthenticator

    def has_app(self, name: str = "My phone") -> str:
        """Add an authenticator app; return its id."""
        begun = self.begins_method("totp", name)
        assert 201 == begun.status, begun.text
        self.app, self.secret = begun.json["id"], begun.json["secret"]
        confirmed = self.confirms_method(self.app, {"code": self.app_code(now=True)})
        assert 200 == confirmed.status, confirmed.text
        return self.app

    def has_recovery_code(self) -> str:
        """Make a recovery code; return it."""
        begun = self.begins_method("recovery_code").json
        self.code = begun["code"]
        last_group = re.split(r"\W+", self.code)[-1]
        assert 200 == self.confirms_method(begun["id"], {"code": last_group}).status
        return self.code

    def has_key(self, credential: bytes = b"soft credential 1", flags: int = UP | UV) -> str:
        """Add a passkey, and keep the device that has it."""
        begun = self.begins_method("passkey")
        assert 201 == begun.status, begun.text
        self.key = self.device(credential, flags=flags)
        answer = self.confirms_passkey(begun.json, self.key)
        assert 200 == answer.status, answer.text
        return str(answer.json["id"])

    def untouched_key(self) -> SoftAuthenticator:
        """The same key, which verifies nobody."""
        other = replace(self.key, flags=UP)
        other.key, other.handle = self.key.key, self.key.handle
        return other

    def app_code(self, *, now: bool = False, steps: int = 0) -> str:
        """The app's code: of this moment, or of a step that was not shown yet."""
        clock = self.person.house.clock
        if not now and not steps:
            clock.move(seconds=31)
        at = clock.now().timestamp() + 30 * steps
        return pyotp.TOTP(re.sub(r"\W", "", self.secret)).at(int(at))

    def turns_on(self) -> None:
        """Turn two-step verification on."""
        self.person.house.clock.move(minutes=3)
        self.proves("two_step.on", {})
        answer = self.posts("/api/v1/two_step", {"on": True})
        assert (200, True) == (answer.status, answer.json["on"]), answer.text
        self.person.house.clock.move(minutes=3)

    def elsewhere(self, ip: str = "198.18.9.9") -> SignIn:
        """Begin a sign-in in a browser that nobody knows."""
        return signing(self.person.house.client(ip), self.person.address)

    def at_home(self) -> SignIn:
        """Begin a sign-in in the browser that the account knows."""
        return signing(self.person.client, self.person.address, self.person.device)

    def sends_code(self, sign_in: SignIn, to: str = "") -> Answer:
        """Choose the code by mail to what was typed, and give it."""
        asked = sign_in.asks_option(sign_in.options[0]["id"])
        assert 201 == asked.status, asked.text
        return sign_in.gives(code=self.person.house.inbox.code(to or self.person.address))


def equip(person: Person) -> Equipped:
    """Sign a person in, and give him one of each."""
    person.signs_in()
    one = Equipped(person)
    one.has_password(PASSWORD)
    one.has_key()
    one.has_app()
    one.has_recovery_code()
    person.house.clock.move(minutes=3)
    return one


@pytest.fixture
def equipped(asha: Person) -> Equipped:
    """Asha, with a password, a passkey, an app and a recovery code."""
    return equip(asha)


@pytest.fixture
def strict(equipped: Equipped) -> Equipped:
    """The same, with two-step verification on."""
    equipped.turns_on()
    return equipped

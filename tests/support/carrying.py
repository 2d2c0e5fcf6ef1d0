"""A person with a phone that approves, and the verbs of signing in and confirming by it."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.people import Attempt, Person
from tests.support.phones import Phone, private_key
from tests.support.settled import Settled
from tests.support.web_client import Answer

ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Mobile Safari/537.36"
)


@dataclass
class Carrying(Settled):
    """Somebody who is signed in, and carries phones."""

    phones: list[Phone] = field(default_factory=list)

    @property
    def phone(self) -> Phone:
        """The first one."""
        return self.phones[0]

    def begins_phone(self, name: str = "Pixel") -> dict[str, Any]:
        """Prove who it is, and begin to add a phone."""
        body = {"kind": "push", "name": name}
        self.proves("methods.add", body)
        begun = self.posts("/api/v1/methods", body)
        assert 201 == begun.status, begun.text
        return dict(begun.json)

    def adds_phone(self, name: str = "Pixel", subscription: dict[str, Any] | None = None) -> Phone:
        """Add a phone: scan, and type the number on it."""
        begun = self.begins_phone(name)
        phone = new_phone(self.person, len(self.phones) + 1)
        assert 201 == phone.pairs(begun["secret"], subscription).status
        pairing = self.person.gets(f"/api/v1/methods/{begun['id']}/pairing").json
        assert 200 == phone.approves(pairing["number"]).status
        self.phones.append(phone)
        return phone


def new_phone(person: Person, seed: int = 1) -> Phone:
    """A phone with a browser and a key of its own."""
    return Phone(person.house.client("198.51.100.77", ANDROID), private_key(seed))


def asks_phones(attempt: Attempt, device: str = "") -> Answer:
    """Ask the phones in a flow; what comes back has the number."""
    options = attempt.look().json["options"]
    attempt.option = next(one["id"] for one in options if one["kind"] == "push")
    return attempt.ask(device)


def goes_on(attempt: Attempt, device: str = "") -> Answer:
    """Answer that the phone was waited for."""
    headers = attempt.headers | ({"Sekisho-Device": device} if device else {})
    return attempt.client.post(attempt.answer_path, {"push": True}, headers)


def state_of(attempt: Attempt) -> str:
    """How it stands with the phone, by polling the flow."""
    return str(attempt.look().json["challenge"]["state"])


@pytest.fixture
def carrying(asha: Person) -> Carrying:
    """Asha, signed in, with a phone that counts."""
    asha.signs_in()
    person = Carrying(asha)
    person.adds_phone()
    return person

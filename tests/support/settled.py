"""A person who is signed in, with the verbs of security info."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.people import Attempt, Person
from tests.support.web_client import Answer

SECOND = "asha.second@example.net"
ADD = {"kind": "email", "address": SECOND}


@dataclass
class Settled:
    """A person with a session."""

    person: Person

    def posts(self, path: str, body: object) -> Answer:
        """POST with the session."""
        return self.person.client.post(path, body, self.person.bearer)

    def deletes(self, path: str) -> Answer:
        """DELETE with the session."""
        return self.person.client.delete(path, self.person.bearer)

    def contacts(self) -> list[dict[str, Any]]:
        """The contacts, oldest first."""
        return list(self.person.gets("/api/v1/contacts").json["data"])

    def begins(self, act: str, parameters: dict[str, str]) -> Attempt:
        """Begin a step-up."""
        body = {"purpose": "step_up", "act": act, "parameters": parameters}
        answer = self.posts("/api/v1/flows", body)
        assert 201 == answer.status, answer.text
        flow = answer.json
        option = flow["options"][0]["id"]
        return Attempt(self.person.client, flow["id"], flow["secret"], option, answer)

    def proves(self, act: str, parameters: dict[str, str]) -> Attempt:
        """Go the whole road of a step-up."""
        self.person.house.clock.move(seconds=1)
        attempt = self.begins(act, parameters)
        assert 201 == attempt.ask(self.person.device).status
        answer = attempt.type(self.person.house.inbox.code(self.person.address))
        assert 200 == answer.status, answer.text
        assert answer.json["state"] == "passed"
        assert "session" not in answer.json
        return attempt

    def adds(self, address: str = SECOND) -> str:
        """Add a contact, which waits for its code; return its id."""
        parameters = {"kind": "email", "address": address}
        self.proves("contacts.add", parameters)
        answer = self.posts("/api/v1/contacts", parameters)
        assert 201 == answer.status, answer.text
        return str(answer.json["id"])

    def confirms(self, contact: str, code: object) -> Answer:
        """Give the code of a contact back."""
        return self.posts(f"/api/v1/contacts/{contact}/confirm", {"code": code})

    def has_added(self, address: str = SECOND) -> str:
        """Add a contact and prove it."""
        contact = self.adds(address)
        assert 200 == self.confirms(contact, self.person.house.inbox.code(address)).status
        return contact

    def removes(self, contact: str) -> Answer:
        """Prove who it is, and remove a contact."""
        self.proves("contacts.remove", {"id": contact})
        return self.deletes(f"/api/v1/contacts/{contact}")


@pytest.fixture
def settled(asha: Person) -> Settled:
    """Asha, signed in."""
    asha.signs_in()
    return Settled(asha)

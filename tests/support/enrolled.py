"""A person who is signed in and enrols passkeys and a password, with an authenticator of their own."""

import json
from typing import Any

import pytest

from tests.support.people import Person
from tests.support.settled import Settled
from tests.support.soft_authenticator import SoftAuthenticator
from tests.support.web_client import Answer

METHODS = "/api/v1/methods"
GOOD = "seven quiet herons wade home"
BETTER = "a kettle sings behind the orchard"


class Enrolled(Settled):
    """Settled, with the verbs of passkeys and passwords."""

    def methods(self) -> list[dict[str, Any]]:
        """The methods, oldest first."""
        return list(self.person.gets(METHODS).json["data"])

    def begins_method(self, kind: str, name: str = "") -> Answer:
        """Prove who it is, and begin a method."""
        parameters = {"kind": kind, "name": name}
        self.person.house.clock.move(minutes=2)
        self.proves("methods.add", parameters)
        return self.posts(METHODS, parameters)

    def device(self, credential: bytes = b"soft credential 1", **more: Any) -> SoftAuthenticator:
        """An authenticator at the service's own page."""
        return SoftAuthenticator(self.person.house.origin, credential=credential, **more)

    def confirms_passkey(self, begun: Any, device: SoftAuthenticator) -> Answer:
        """Let a device answer, and send what it says."""
        return self.sends(begun, device.make(begun["public_key"]))

    def sends(self, begun: Any, credential: str) -> Answer:
        """Send an answer with the state that belongs to it."""
        body = {"credential": json.loads(credential), "state": begun["state"]}
        return self.confirms_method(begun["id"], body)

    def confirms_method(self, method: str, body: object) -> Answer:
        """Confirm a method with this body."""
        return self.posts(f"{METHODS}/{method}/confirm", body)

    def has_passkey(
        self, credential: bytes = b"soft credential 1", name: str = "", **more: Any
    ) -> str:
        """Add a passkey; return its id."""
        begun = self.begins_method("passkey", name)
        assert 201 == begun.status, begun.text
        answer = self.confirms_passkey(begun.json, self.device(credential, **more))
        assert 200 == answer.status, answer.text
        return str(answer.json["id"])

    def chooses(self, password: str) -> Answer:
        """Begin a password and choose it."""
        begun = self.begins_method("password")
        assert 201 == begun.status, begun.text
        return self.confirms_method(begun.json["id"], {"password": password})

    def has_password(self, password: str = GOOD) -> str:
        """Set a password; return its id."""
        answer = self.chooses(password)
        assert 200 == answer.status, answer.text
        return str(answer.json["id"])

    def renames(self, method: str, name: object) -> Answer:
        """Rename a method."""
        body = json.dumps({"name": name}).encode()
        return self.person.client.send("PATCH", f"{METHODS}/{method}", body, self.person.bearer)

    def removes_method(self, method: str) -> Answer:
        """Prove who it is, and remove a method."""
        self.person.house.clock.move(minutes=2)
        self.proves("methods.remove", {"id": method})
        return self.deletes(f"{METHODS}/{method}")


def again(person: Person) -> Enrolled:
    """The same person with one more session."""
    other = Person(person.house, person.address, person.client, person.account, person.device)
    person.house.clock.move(minutes=2)
    other.signs_in()
    return Enrolled(other)


@pytest.fixture
def enrolling(asha: Person) -> Enrolled:
    """Asha, signed in, with nothing enrolled yet."""
    asha.signs_in()
    return Enrolled(asha)

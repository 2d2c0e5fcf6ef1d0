"""What who is signed in does in the twins and in the model: methods, contacts, browsers, steps."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pyotp

from sekisho.ground import ids
from sekisho.ground.db import sql
from tests.models.kinds import Contact, Method
from tests.models.life import Attempt, Life
from tests.models.phones import Phone
from tests.models.pushes import Ask
from tests.models.reference import Numbers, Person, Seen
from tests.models.twins import Twins
from tests.models.whole import active, verified
from tests.support.houses import House
from tests.support.soft_authenticator import UP, UV, SoftAuthenticator
from tests.support.web_client import Answer

ORIGIN = "http://localhost"
EDDSA = -8
_NEWEST_METHOD = sql("SELECT max(id) FROM method")
BOXES = ("kettle@example.net", "orchard@example.net", "heron@example.net", "+819012345678")


class Inside(Life):
    """A life with all that owners manage; `held` are methods of all times, oldest first."""

    def __init__(self, twins: Twins, numbers: Numbers, *, is_open: bool) -> None:
        super().__init__(twins, numbers, is_open=is_open)
        self.held: list[Method] = []
        self.boxes = {name: Person(name, is_mailbox=True) for name in BOXES}
        self.model.boxes = list(self.boxes.values())
        self._numbers = count(1)
        self.known: dict[str, str] = {}  # nonces of what phones were asked

    def act(
        self, token: str, method: str, path: str, body: object = None
    ) -> tuple[Person | None, Answer]:
        """Call with a session; its person, or None where it has ended."""
        session, told = self.inside(token, method, f"/api/v1/{path}", body)
        return (session.person if session else None), told

    # --- Methods ---

    def begin_method(self, token: str, kind: str, name: str) -> Method | None:
        self.move(1)  # lists stand in the order of ids, which know the millisecond
        body = {"kind": kind, "name": name}
        person, told = self.act(token, "POST", "methods", body)
        if person is None:
            return None
        seen = self.model.begin_method(token, kind, name)
        self._done(seen, told, f"methods.add {kind}")
        if seen.outcome != "done":
            return None
        begun = told.json
        secret = Phone(begun["secret"]) if kind == "push" else self._secret(begun)
        method = Method(begun["id"], kind, name, self.model.now, secret)
        method.begun = begun
        person.methods.append(method)
        self.held.append(method)
        return method

    def confirm_method(self, token: str, method: Method, field: str, text: str) -> str:
        """Confirm by a text; of a passkey the text is a credential, or `wrong` for another's."""
        body: dict[str, Any] = {field: text}
        if field == "credential":
            credential = method.secret.make(self._asked(method, is_right=text == "right"))
            body = {"credential": json.loads(credential), "state": method.begun.get("state", "")}
        person, told = self.act(token, "POST", f"methods/{method.id}/confirm", body)
        if person is None:
            return "not_signed_in"
        seen = self.model.confirm_method(token, method, field, text)
        self._done(seen, told, f"methods.confirm {method.kind}")
        if seen.outcome == "done":
            assert (method.id, method.name) == (told.json["id"], told.json["name"])
        return seen.outcome

    def rename(self, token: str, method: Method, name: str) -> None:
        person, told = self.act(token, "PATCH", f"methods/{method.id}", {"name": name})
        if person is not None:
            seen = self.model.rename(token, method, name)
            self._done(seen, told, "methods.rename")
            assert seen.outcome != "done" or method.name == told.json["name"]

    def remove_method(self, token: str, method: Method) -> None:
        person, told = self.act(token, "DELETE", f"methods/{method.id}")
        if person is not None:
            self._done(self.model.remove_method(token, method), told, "methods.remove")

    def list_methods(self, token: str) -> None:
        person, told = self.act(token, "GET", "methods")
        if person is not None:
            listed = [(one["id"], one["kind"], one["name"]) for one in told.json["data"]]
            assert [(one.id, one.kind, one.name) for one in active(person)] == listed
            assert person.two_step is told.json["two_step"]

    def turn(self, token: str, *, is_on: bool) -> None:
        person, told = self.act(token, "POST", "two_step", {"on": is_on})
        if person is not None:
            seen, ended = self.model.turn(token, is_on=is_on)
            self._done(seen, told, f"two_step {is_on}")
            assert seen.outcome != "done" or {"on": is_on, "ended": ended} == told.json

    # --- Contacts ---

    def add_contact(self, token: str, address: str) -> Contact | None:
        self.move(1)
        body = {"kind": kind_of(address), "address": address}
        person, told = self.act(token, "POST", "contacts", body)
        if person is None:
            return None
        seen, contact = self.model.add_contact(token, self.boxes[address])
        letters = self.compare(seen, told)
        if contact is None:
            return None
        contact.id = told.json["id"]
        contact.codes.append(letters[0].code)
        self._hold_against_c8(self.boxes[address], told.json["challenge"]["label"])
        return contact

    def send_again(self, token: str, contact: Contact) -> None:
        person, told = self.act(token, "POST", f"contacts/{contact.id}/code", {})
        if person is not None:
            is_there = contact.state == "pending" and contact in person.contacts
            is_done = contact.state == "verified" and contact in person.contacts
            refused = Seen("code_used" if is_done else "not_found")
            seen = self.model.ask(contact.flow, "") if is_there else refused
            letters = self.compare(seen, told)
            contact.codes += [one.code for one in letters]

    def confirm_contact(self, token: str, contact: Contact, code: str, verdict: str) -> None:
        path = f"contacts/{contact.id}/confirm"
        person, told = self.act(token, "POST", path, {"code": code})
        if person is not None:
            is_there = contact in person.contacts
            seen = self.model.confirm_contact(contact, verdict) if is_there else Seen("not_found")
            self._done(seen, told, "contacts.confirm")

    def remove_contact(self, token: str, contact: Contact) -> None:
        person, told = self.act(token, "DELETE", f"contacts/{contact.id}")
        if person is not None:
            self._done(self.model.remove_contact(token, contact), told, "contacts.remove")

    def list_contacts(self, token: str) -> None:
        person, told = self.act(token, "GET", "contacts")
        if person is None:
            return
        expected = [one.state for one in person.contacts if one.state != "removed"]
        listed = told.json["data"]
        assert expected == [one["state"] for one in listed]
        names = [one for one in verified(person) if one.is_name]
        for contact, one in zip(names, listed, strict=False):
            contact.id = one["id"]

    # --- Browsers ---

    def list_browsers(self, token: str) -> list[str]:
        session, told = self.inside(token, "GET", "/api/v1/devices")
        if session is None:
            return []
        expected = [_device_id(one) for one in self.model.browsers(session)]
        assert sorted(expected) == sorted(one["id"] for one in told.json["data"])
        now, trusts = self.model.now, session.person.trusts.values()
        trusted = sorted(_device_id(one.device) for one in trusts if now < one.ends_at)
        shown = (one["id"] for one in told.json["data"] if one["trusted_until"])
        assert [one for one in trusted if one in expected] == sorted(shown)
        return expected

    def remove_browser(self, token: str, device: str) -> None:
        session, told = self.inside(token, "DELETE", f"/api/v1/devices/{_device_id(device)}")
        if session is not None:
            self._done(self.model.remove_browser(session, device), told, "devices.remove")

    def remove_browsers(self, token: str, *, keep_current: bool) -> None:
        path, body = "/api/v1/devices/remove_all", {"keep_current": keep_current}
        session, told = self.inside(token, "POST", path, body)
        if session is not None:
            gone = self.model.remove_browsers(session, keep_current=keep_current)
            assert gone == tuple(told.json[one] for one in ("removed", "ended", "trusted_devices"))

    # --- A forgotten password ---

    def set_password(self, attempt: Attempt, password: str) -> None:
        """Set a new one by a flow that was passed for it, or was not."""
        self.move(1)  # as for a method that is begun
        told = self.call(attempt, "POST", "/password", {"password": password})
        seen, begun = self.model.set_password(attempt.flow, password)
        self._done(seen, told, "password reset")
        assert seen.outcome != "done" or (204, b"") == (told.status, told.body)
        if begun is not None:
            begun.id = self.twins.on_both(_newest_method)  # nobody is told it who is not signed in
            self.held.append(begun)

    # --- Phones that approve ---

    def pair(self, token: str, method: Method) -> None:
        """Scan the pairing code of a phone, and look at the number that is to be typed on it."""
        phone: Phone = method.secret
        told = self._send(0, "POST", "/api/v1/push/phones", phone.comer())
        if method.state != "pending" or phone.token or self._is_late(method):
            assert told.status >= 400, told.text
            return
        assert (201, method.id) == (told.status, told.json["id"])
        phone.token = told.json["token"]
        person = next(one for one in self.model.people.values() if method in one.methods)
        phone.asked = self.model.paired(person, method)
        (phone.asked.id,) = (one["id"] for one in self._listed(phone).json["data"])
        owner, seen = self.act(token, "GET", f"methods/{method.id}/pairing")
        if owner is person:
            assert "paired" == seen.json["state"]
            phone.asked.number = seen.json["number"]

    def _is_late(self, method: Method) -> bool:
        return self.model.now >= method.begun_at + 600

    def look_at(self, method: Method) -> list[dict[str, Any]]:
        """Look at what a phone is asked: what its account's flows wait for, and no more."""
        phone: Phone = method.secret
        told = self._listed(phone)
        person = self.model.whose(method)
        if person is None or method.state == "removed" or not phone.token:
            assert (401, "not_signed_in") == (told.status, told.code)
            return []
        listed: list[dict[str, Any]] = told.json["data"]
        asked = sorted(one.id for one in self.model.waiting(method, person))
        assert asked == sorted(one["id"] for one in listed)
        return listed

    def _listed(self, phone: Phone) -> Answer:
        return self._send(0, "GET", "/api/v1/push/asks", None, phone.bearer)

    def decide(self, method: Method, ask: Ask, decision: str, number: str) -> None:
        """Say something on a phone to what it, or another, was asked."""
        phone: Phone = method.secret
        self.known.update({one["id"]: one["nonce"] for one in self.look_at(method)})
        body = phone.said(ask.id, self.known.get(ask.id, "00" * 16), decision, number)
        path = f"/api/v1/push/asks/{ask.id}/decide"
        told = self._send(0, "POST", path, body, phone.bearer)
        person = self.model.whose(method)
        if person is None or method.state == "removed" or not phone.token:
            assert (401, "not_signed_in") == (told.status, told.code)
            return
        is_known = ask.id in self.known and ask.person is person
        seen = self.model.decide(ask, method, decision, number) if is_known else Seen("not_found")
        self._done(seen, told, f"push {decision}")

    # --- What an owner types ---

    def right(self, attempt: Attempt, method: Method | None, late: int = 0) -> tuple[str, str]:
        """The field and the text of a right answer to the newest challenge, if there is one."""
        code = attempt.flow.code
        if method is None or code is None:
            return "code", (attempt.codes or [None])[-1] or "123456"
        match method.kind:
            case "totp":
                return "code", method.code(self.model.now, late)
            case "password":
                return "password", (method.secret or ["nothing was ever chosen"])[0]
            case "push":
                return "push", "true"
            case "passkey":
                asked = attempt.public_key or {"challenge": "AAAA", "rpId": "localhost"}
                return "credential", method.secret.prove(asked)
            case _:
                return "code", method.secret

    def candidates(self, person: Person, kind: str) -> Iterator[Method]:
        """Methods of a kind: those that count first, then those that did."""
        found = [one for one in person.methods if one.kind == kind]
        return iter(sorted(found, key=lambda one: one.state))

    def _secret(self, begun: dict[str, Any]) -> Any:
        match begun["kind"]:
            case "totp":
                return pyotp.TOTP(begun["secret"].replace(" ", ""))
            case "recovery_code":
                return begun["code"]
            case "passkey":
                number = next(self._numbers)
                flags = UP if number % 4 == 0 else UP | UV
                name = f"soft {self.twins.life} {number}".encode()
                return SoftAuthenticator(ORIGIN, EDDSA, name, flags=flags)
            case _:
                return []

    def _asked(self, method: Method, *, is_right: bool) -> dict[str, Any]:
        asked: dict[str, Any] = method.begun["public_key"]
        return asked if is_right else {**asked, "challenge": "AAAA"}

    def _done(self, seen: Seen, told: Answer, what: str) -> None:
        self.ledger.met[f"{what} {seen.outcome}"] += 1
        self.compare(seen, told)


def _newest_method(house: House) -> str:
    (row,) = house.db.read(lambda work: work.all(_NEWEST_METHOD))
    return ids.show("mtd", row[0])


def kind_of(address: str) -> str:
    return "phone" if address.startswith("+") else "email"


def _device_id(token: str) -> str:
    return token[:17]

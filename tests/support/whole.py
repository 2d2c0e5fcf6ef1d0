"""Somebody who has one of each way there is, with two-step verification on; and half a sign-in."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from sekisho.ground import ids
from sekisho.records import methods, sessions
from tests.support.carrying import new_phone
from tests.support.people import Person
from tests.support.phones import Phone
from tests.support.signing import PASSWORD, Equipped, SignIn, equip
from tests.support.web_client import Answer

# `security_key` is a passkey whose user was not verified; one that was is two proofs by itself.
FIRSTS = (
    "email_code",
    "sms_code",
    "voice_code",
    "password",
    "totp",
    "push",
    "recovery_code",
    "security_key",
)
SENT = frozenset(("email_code", "sms_code", "voice_code"))
DIALLED, E164, LAST_FOUR = "090-1234-5678", "+819012345678", "5678"
_EVER = 10**15  # microseconds: no session is too idle to be counted


@dataclass
class Door:
    """A flow at one of the doors: how it is answered there, and what a whole proof would open."""

    sign_in: SignIn
    gives: Callable[[dict[str, object]], Answer]
    tries: Callable[[], list[Answer]]


class Whole(Equipped):
    """Somebody who has one of each; `phone` is the one that approves."""

    phone: Phone

    def has_phone(self) -> None:
        """Add a number that codes go to, and a phone that approves."""
        body = {"kind": "phone", "address": DIALLED}
        self.proves("contacts.add", body)
        contact = self.posts("/api/v1/contacts", body).json["id"]
        assert 200 == self.confirms(contact, self.person.house.inbox.code(E164)).status
        begun = self.begins_method("push", "Pixel").json
        self.phone = new_phone(self.person)
        assert 201 == self.phone.pairs(begun["secret"]).status
        pairing = self.person.gets(f"/api/v1/methods/{begun['id']}/pairing").json
        assert 200 == self.phone.approves(pairing["number"]).status

    def asks_for(self, sign_in: SignIn, kind: str) -> dict[str, object]:
        """Choose a kind, and return what the right answer would be."""
        asked = self._asked(sign_in, kind)
        assert 201 == asked.status, asked.text
        inbox = self.person.house.inbox
        match kind:
            case "email_code" | "sms_code" | "voice_code":
                return {"code": inbox.code(self.person.address if kind == "email_code" else E164)}
            case "password":
                return {"password": PASSWORD}
            case "totp":
                return {"code": self.app_code()}
            case "push":
                assert 200 == self.phone.approves(asked.json["number"]).status
                return {"push": True}
            case "recovery_code":
                return {"code": self.code}
            case _:
                proved = self.untouched_key().prove(asked.json["public_key"])
                return {"credential": json.loads(proved)}

    def sessions(self) -> set[int]:
        """The sessions there are, however idle."""
        account, db = self._account, self.person.house.db
        return {one.id for one in db.read(lambda work: sessions.of_account(work, account, _EVER))}

    def standing(self) -> tuple[object, ...]:
        """What no half may change: the sessions there are, the password, and the methods."""
        account, db = self._account, self.person.house.db
        held = db.read(lambda work: methods.of_account(work, account))
        kept = [(one.id, one.state, one.sealed) for one in held if one.kind == "password"]
        return self.sessions(), kept, [(one.id, one.state) for one in held]

    @property
    def _account(self) -> int:
        return ids.read("acc", self.person.account) or 0

    def _asked(self, sign_in: SignIn, kind: str) -> Answer:
        own = {"security_key": "passkey"}.get(kind, kind)
        if kind == "email_code":
            return sign_in.asks(own, hint="as*****@example.org")
        asked = sign_in.asks(own)
        wants_more = asked.code == "invalid_input"
        return sign_in.asks(own, confirm=LAST_FOUR) if wants_more else asked


def alike(kind: str) -> frozenset[str]:
    """The kinds that count as this one, and prove nothing more."""
    return SENT if kind in SENT else frozenset((kind,))


def supply(person: Person) -> Whole:
    """Give a person one of each; two-step verification stays off."""
    equipped, one = equip(person), Whole(person)
    one.secret, one.app, one.code, one.key = (
        equipped.secret,
        equipped.app,
        equipped.code,
        equipped.key,
    )
    one.has_phone()
    return one


@pytest.fixture
def supplied(asha: Person) -> Whole:
    """Asha, who has one of each."""
    return supply(asha)


@pytest.fixture
def whole(supplied: Whole) -> Whole:
    """The same, with two-step verification on."""
    supplied.turns_on()
    return supplied

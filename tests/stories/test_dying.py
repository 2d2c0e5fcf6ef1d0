"""Killed before each write of security info, and every request twice: nothing half, nothing twice.

One long road by somebody who has everything; tests/support/dying.py kills and repeats. What kill -9
does to a process is in tests/processes/test_kills.py.
"""

import html
import re

import pytest

from tests.support.by_page import asked
from tests.support.carrying import asks_phones, goes_on
from tests.support.dying import DIES_AT, Mortal
from tests.support.enrolled import BETTER, METHODS
from tests.support.people import begin, person
from tests.support.phones import base64url, point, private_key
from tests.support.signing import SignIn
from tests.support.whole import supply

CHECKUP = "/api/v1/checkup/confirm"
SECOND = "asha.second@example.net"
# What a request is told when it comes again: that it was done, or the same as before where doing
# it twice is doing it once.
AGAIN = {
    "POST /api/v1/flows/…/challenges/…/answer": {
        "code_used",
        "code_wrong",
        "code_expired",
        "invalid_input",
    },
    "POST /api/v1/flows/…/password": {"flow_expired"},
    "POST /api/v1/contacts": {"prove_more"},
    "POST /api/v1/contacts/…/confirm": {"code_wrong", "code_used"},
    "DELETE /api/v1/contacts/…": {"not_found"},
    "POST /api/v1/contacts/…/test": {"too_soon"},
    "POST /api/v1/contacts/…/test/arrived": {"200"},
    "POST /api/v1/methods": {"prove_more"},
    "POST /api/v1/methods/…/confirm": {"code_used", "not_found", "passkey_used"},
    "PATCH /api/v1/methods/…": {"200"},
    "DELETE /api/v1/methods/…": {"not_found"},
    "POST /api/v1/two_step": {"already_there"},
    "PUT /api/v1/notices": {"200"},
    "POST /api/v1/checkup/confirm": {"200", "prove_more"},
    "POST /api/v1/push/phones": {"code_used"},
    "PUT /api/v1/push/subscription": {"200"},
    "POST /api/v1/push/asks/…/decide": {"code_used"},
    "POST /sign-in/passkey": {"409"},
    "DELETE /api/v1/devices/…": {"not_found"},
    "POST /api/v1/devices/remove_all": {"200"},
}
SUBSCRIPTION = {
    "endpoint": "https://push.example.net/1",
    "keys": {"p256dh": base64url(point(private_key(3))), "auth": base64url(b"a" * 16)},
}


@pytest.fixture
def mortal(house, store):
    found = Mortal(house, store)
    yield found
    found.close()


def has_contacts(whole, house, clock):
    """A contact with a slip, a second code and a test; then it goes."""
    clock.move(minutes=5)
    contact = whole.adds(SECOND)
    assert "code_wrong" == whole.confirms(contact, "000000").code
    clock.move(minutes=1)
    assert 201 == whole.posts(f"/api/v1/contacts/{contact}/code", {}).status
    assert 200 == whole.confirms(contact, house.inbox.code(SECOND)).status
    assert 201 == whole.posts(f"/api/v1/contacts/{contact}/test", {}).status
    assert 200 == whole.posts(f"/api/v1/contacts/{contact}/test/arrived", {}).status
    clock.move(minutes=5)
    assert 204 == whole.removes(contact).status


def has_methods(whole, mortal, clock):
    """A passkey whose answer is lost with its challenge; names, choices, a check-up."""
    mortal.spared = set()
    begun = whole.begins_method("passkey").json
    lost = whole.confirms_passkey(begun, whole.device(b"soft credential 2"))
    assert "passkey_used" == lost.code
    assert 200 == whole.renames(whole.app, "My old phone").status
    choice = b'{"data":[{"kind":"code_flood","channel":"email","on":false}]}'
    chosen = whole.person.client.send("PUT", "/api/v1/notices", choice, whole.person.bearer)
    assert 200 == chosen.status, chosen.text
    assert 200 == whole.posts(CHECKUP, {"what": "contacts"}).status


def has_phone_asked(whole, clock):
    """The phone says where it is reached, approves, denies and reports."""
    assert 200 == whole.phone.subscribes(SUBSCRIPTION).status
    for decision in ("approve", "deny"):
        clock.move(minutes=20)
        attempt = whole.person.begins()
        number = asks_phones(attempt, whole.person.device).json["number"]
        (ask,) = whole.phone.asks()
        said = whole.phone.decides(ask, decision, number if decision == "approve" else "")
        assert 200 == said.status, said.text
        told = goes_on(attempt, whole.person.device)
        assert (decision == "approve") is (told.status == 200)
    assert 200 == whole.phone.decides(ask, "report").status


def forgets(whole, house, clock):
    """A slip at a step-up; a new password by mail; and in again by a passkey, on the page."""
    clock.move(hours=2)
    step_up = whole.begins("two_step.on", {})
    assert 201 == step_up.ask(whole.person.device).status
    assert "code_wrong" == step_up.type("000000", whole.person.device).code
    house.send_mail()
    clock.move(minutes=1)
    reset = begin(house.client("203.0.113.9"), whole.person.address, purpose="reset_password")
    assert 201 == reset.ask().status
    assert 200 == reset.type(house.inbox.code(whole.person.address)).status
    body = {"password": BETTER}
    assert 204 == reset.client.post(f"{reset.path}/password", body, reset.headers).status
    browser = house.client("198.51.100.10")
    page = browser.get("/sign-in")
    state = html.unescape(re.search(r'name="state" value="([^"]*)"', page.text)[1])
    fields = {"state": state, "credential": whole.key.prove(asked(page))}
    assert "/account" == browser.submit("/sign-in/passkey", fields).header("Location")
    clock.move(hours=2)
    whole.person.signs_in()


def ends(whole):
    """A browser is removed, then all others, then the app."""
    *_, one = whole.person.gets("/api/v1/devices").json["data"]
    assert 204 == whole.deletes(f"/api/v1/devices/{one['id']}").status
    assert 200 == whole.posts("/api/v1/devices/remove_all", {"keep_current": True}).status
    proves_both(whole, "methods.remove", {"id": whole.app})
    assert 204 == whole.deletes(f"{METHODS}/{whole.app}").status


def proves_both(whole, act, parameters):
    """Prove by mail and by the app."""
    whole.person.house.clock.move(minutes=5)
    step_up = SignIn(whole.begins(act, parameters), whole.person.device)
    whole.sends_code(step_up)
    assert "passed" == step_up.by_code("totp", whole.app_code()).json["state"]


def trusts(whole, house, clock):
    """Two steps on, a browser trusted, and an old value of its trust."""
    whole.turns_on()
    proves_both(whole, "two_step.try", {})
    assert 200 == whole.posts(CHECKUP, {"what": "second_step"}).status
    held, states = "", []
    for trust in (False, True, True):
        clock.move(hours=1)
        sign_in = whole.at_home()
        assert 201 == sign_in.asks("password").status
        headers = sign_in.headers | ({"Sekisho-Trust": held} if trust else {})
        client, path = sign_in.attempt.client, sign_in.attempt.answer_path
        told = client.post(path, {"password": BETTER}, headers)
        states.append(told.json["state"])
        if not trust:
            assert 201 == sign_in.asks("totp").status
            told = sign_in.gives(code=whole.app_code(), trust=True)
            held = told.json["device"]["trust"]
    return states


@pytest.mark.spec("C3", "P8", "V5", "S2")
@pytest.mark.attack("007", "121")
def test_whoever_dies_keeps_nothing_half_and_does_nothing_twice(mortal, house, clock):
    mortal.spared = {"passkeys.add:before"}
    whole = supply(person(house, "asha@example.org", "198.51.100.10"))
    has_contacts(whole, house, clock)
    has_methods(whole, mortal, clock)
    has_phone_asked(whole, clock)
    forgets(whole, house, clock)
    assert ["open", "passed", "open"] == trusts(whole, house, clock)
    clock.move(minutes=5)
    ends(whole)
    assert set() == DIES_AT - mortal.died_at
    assert [] == mortal.half_done
    assert AGAIN == mortal.again

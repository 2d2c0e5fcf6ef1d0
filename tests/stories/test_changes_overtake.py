"""A change of security info, and what was under way: it opens nothing that the change forbids.

What comes between two commits is put there by `db.step`, on both stores.
"""

from threading import Thread

import pytest

from tests.support.carrying import new_phone
from tests.support.enrolled import BETTER, METHODS, again
from tests.support.people import begin
from tests.support.signing import PASSWORD

SECOND = "asha.second@example.net"
SOON = 0.3  # seconds that another thread is given to overtake


def between(db, step, act):
    """Do something once, when a named write stands at this step."""

    def reached(name):
        if name == step:
            db.step = lambda _: None
            act()

    db.step = reached


def beside(db, step, act):
    """Do something in another thread once a named write stands at this step; wait for both."""
    told = []
    other = Thread(target=lambda: told.append(act()))

    def start():
        other.start()
        other.join(SOON)

    between(db, step, start)
    return lambda: (other.join(30), told)[1]


def halves(equipped, house, kind):
    """A sign-in that waits for its one proof, and the proof."""
    sign_in = equipped.elsewhere()
    if kind == "typed":
        assert 201 == sign_in.asks_option(sign_in.options[0]["id"]).status
        return sign_in, {"code": house.inbox.code(equipped.person.address)}
    assert 201 == sign_in.asks(kind).status
    given = {"password": {"password": PASSWORD}, "recovery_code": {"code": equipped.code}}
    return sign_in, given.get(kind) or {"code": equipped.app_code()}


def proves_twice(strict, act, parameters):
    """Go the whole road of a step-up by mail and app."""
    strict.person.house.clock.move(minutes=3)
    step_up = strict.begins(act, parameters)
    assert 201 == step_up.ask(strict.person.device).status
    first = step_up.type(strict.person.house.inbox.code(strict.person.address))
    step_up.option = next(one["id"] for one in first.json["options"] if one["kind"] == "totp")
    assert 201 == step_up.ask(strict.person.device).status
    assert "passed" == step_up.type(strict.app_code(), strict.person.device).json["state"]


def turns_on(equipped):
    return equipped.posts("/api/v1/two_step", {"on": True})


@pytest.mark.spec("M10")
@pytest.mark.attack("038", "044")
@pytest.mark.parametrize("kind", ["typed", "password", "totp"])
def test_what_a_change_overtakes_opens_nothing(equipped, house, db, clock, kind):
    """One proof is charged, two-step verification is turned on, then the proof is compared."""
    clock.move(minutes=3)
    equipped.proves("two_step.on", {})
    sign_in, right = halves(equipped, house, kind)
    turned = []
    between(db, "sign_in.charge:after", lambda: turned.append(turns_on(equipped)))
    told = sign_in.gives(**right)
    assert [200] == [one.status for one in turned]
    assert told.code == "code_expired" or told.json["state"] == "open"
    assert "session" not in told.json


@pytest.mark.spec("M10")
@pytest.mark.attack("038", "044", "063")
def test_a_sign_in_beside_a_change_is_over_with_it_or_wants_more(equipped, house, db, clock):
    """Neither sees the other's commit: of the two orders one happens, and no third thing."""
    clock.move(minutes=3)
    equipped.proves("two_step.on", {})
    sign_in, right = halves(equipped, house, "password")
    other = beside(db, "two_step.turn:before", lambda: sign_in.gives(**right))
    assert 200 == turns_on(equipped).status
    (told,) = other()
    token = told.json.get("session", {}).get("token", "none")
    bearer = {"Authorization": f"Bearer {token}"}
    assert "not_signed_in" == house.api.get("/api/v1/session", bearer).code, told.text


@pytest.mark.spec("P5", "M10")
@pytest.mark.attack("041", "044")
def test_two_removals_at_once_leave_a_second_step(strict, db, clock):
    """Each alone is fine: the other method is left. Together they would leave a mailbox only."""
    held = {one["kind"]: one["id"] for one in strict.methods()}

    proves_twice(strict, "methods.remove", {"id": held["passkey"]})
    assert 204 == strict.deletes(f"{METHODS}/{held['passkey']}").status
    proves_twice(strict, "methods.remove", {"id": held["totp"]})
    clock.move(minutes=-1)
    proves_twice(strict, "methods.remove", {"id": held["password"]})
    other = beside(
        db, "methods.remove:before", lambda: strict.deletes(f"{METHODS}/{held['password']}")
    )
    told = [strict.deletes(f"{METHODS}/{held['totp']}"), *other()]
    assert 1 == sum(one.status == 204 for one in told), [one.text for one in told]
    left = {one["kind"] for one in strict.methods()}
    assert left & {"totp", "password"}


@pytest.mark.spec("V5", "P8")
@pytest.mark.attack("044", "117")
def test_a_step_up_by_a_contact_that_is_removed_proves_nothing(equipped, house, clock):
    clock.move(minutes=5)
    contact = equipped.has_added(SECOND)
    thief = again(equipped.person)
    clock.move(minutes=5)
    step_up = thief.begins("contacts.add", {"kind": "email", "address": "evil@example.net"})
    hints = {one["hint"]: one["id"] for one in step_up.begun.json["options"]}
    step_up.option = hints["as*****@example.net"]
    assert 201 == step_up.ask(thief.person.device).status
    code = house.inbox.code(SECOND)
    assert 204 == equipped.removes(contact).status
    assert "code_expired" == step_up.type(code).code


@pytest.mark.spec("V5", "M10")
@pytest.mark.attack("044", "059", "060")
def test_what_one_proof_began_dies_when_two_are_wanted_and_halves_when_one_is(
    equipped, house, clock
):
    """A new password that one proof allowed; a sign-in that was half done."""
    clock.move(minutes=5)
    equipped.proves("two_step.on", {})
    clock.move(minutes=2)
    person = equipped.person
    reset = begin(house.client("203.0.113.9"), person.address, purpose="reset_password")
    assert 201 == reset.ask().status
    assert "passed" == reset.type(house.inbox.code(person.address)).json["state"]
    clock.move(seconds=1)
    assert 200 == turns_on(equipped).status
    body = {"password": BETTER}
    told = reset.client.post(f"{reset.path}/password", body, reset.headers)
    assert "flow_expired" == told.code

    sign_in = equipped.elsewhere()
    assert "open" == sign_in.by_password().json["state"]
    clock.move(minutes=3)
    proves_twice(equipped, "two_step.off", {})
    assert 200 == equipped.posts("/api/v1/two_step", {"on": False}).status
    assert "flow_expired" == sign_in.asks("recovery_code").code


@pytest.mark.spec("M4", "V5", "S2")
@pytest.mark.attack("050", "063")
def test_a_phone_that_was_awaited_before_a_change_is_not_bound_after_it(enrolling, house, clock):
    """It is confirmed on the phone, without the session that began it and is over."""
    thief = again(enrolling.person)
    clock.move(minutes=3)
    begun = thief.begins_method("push", "Evil").json
    phone = new_phone(thief.person)
    assert 201 == phone.pairs(begun["secret"]).status
    number = thief.person.gets(f"{METHODS}/{begun['id']}/pairing").json["number"]
    clock.move(minutes=2)
    enrolling.has_password(PASSWORD)
    assert "code_expired" == phone.approves(number).code
    assert ["password"] == [one["kind"] for one in enrolling.methods()]

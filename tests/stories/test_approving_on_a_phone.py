"""A phone that approves: added, used to sign in and to confirm, and lost."""

import pytest

from tests.support.carrying import Carrying, asks_phones, goes_on, new_phone, state_of
from tests.support.people import begin, person

pytestmark = pytest.mark.spec("M4")


def wrong(number):
    return f"{(int(number) + 1) % 10 ** len(number):0{len(number)}d}"


@pytest.mark.attack("050")
def test_adding_a_phone_takes_a_step_up_and_is_told_to_every_contact(carrying):
    house, person = carrying.person.house, carrying.person
    refused = carrying.posts("/api/v1/methods", {"kind": "push", "name": "Another"})
    assert (401, "prove_more") == (refused.status, refused.code)
    (held,) = person.gets("/api/v1/methods").json["data"]
    assert ("push", "Pixel") == (held["kind"], held["name"])
    (told,) = [one for one in house.inbox.notices(person.address) if one.purpose == "method_added"]
    assert "phone" in told.text.lower()
    assert "method_added" in [event["kind"] for event in person.events()]


def test_signing_in_by_the_phone_alone(carrying):
    """The number is typed; polling tells how it stands; the session says what it is worth."""
    person, phone = carrying.person, carrying.phone
    attempt = person.begins()
    asked = asks_phones(attempt, person.device)
    assert 201 == asked.status, asked.text
    shown = asked.json
    assert ("push", 2, "waiting", None) == (
        shown["kind"], shown["digits"], shown["state"], shown["label"],
    )  # fmt: skip
    (ask,) = phone.asks()
    assert ("sign_in", "sign in", person.address) == (ask["purpose"], ask["what"], ask["account"])
    assert ("Chrome on Windows", 2) == (ask["device"], ask["digits"])
    assert shown["number"] not in str(ask).replace(ask["nonce"], "").replace(ask["id"], "").split()
    assert "too_soon" == goes_on(attempt, person.device).code
    assert {"id": ask["id"], "state": "approved"} == phone.approves(shown["number"]).json
    assert "approved" == state_of(attempt)
    passed = goes_on(attempt, person.device)
    assert (200, "passed") == (passed.status, passed.json["state"])
    bearer = {"Authorization": f"Bearer {passed.json['session']['token']}"}
    session = person.client.get("/api/v1/session", bearer).json
    assert (["push"], "urn:sekisho:acr:aal1") == (session["methods"], session["acr"])
    kinds = [event["kind"] for event in person.events()]
    assert {"signed_in", "push_approved", "push_asked"} <= set(kinds)


def test_a_wrong_number_is_told_and_the_right_one_still_works(carrying):
    person, phone = carrying.person, carrying.phone
    attempt = person.begins()
    number = asks_phones(attempt, person.device).json["number"]
    refused = phone.approves(wrong(number))
    assert (401, "code_wrong", 2) == (refused.status, refused.code, refused.json["left"])
    assert "waiting" == state_of(attempt)
    assert 200 == phone.approves(number).status
    assert "push_number_wrong" in [event["kind"] for event in person.events()]


def test_a_phone_is_the_second_step(carrying):
    """First the code by mail, then the phone; a second phone is the spare."""
    person, house = carrying.person, carrying.person.house
    carrying.adds_phone("iPad")
    carrying.proves("two_step.on", {})
    assert 200 == carrying.posts("/api/v1/two_step", {"on": True}).status
    house.clock.move(minutes=10)
    attempt = person.asks_for_a_code()
    first = attempt.type(house.inbox.code(person.address), person.device)
    assert [("push", "Pixel"), ("push", "iPad")] == [
        (one["kind"], one["hint"]) for one in first.json["options"]
    ]
    attempt.option = first.json["options"][1]["id"]
    number = attempt.ask(person.device).json["number"]
    assert [] == carrying.phone.asks()  # the other one was chosen
    assert 200 == carrying.phones[1].approves(number).status
    passed = goes_on(attempt, person.device)
    assert "passed" == passed.json["state"]
    bearer = {"Authorization": f"Bearer {passed.json['session']['token']}"}
    assert ["email_code", "push"] == person.client.get("/api/v1/session", bearer).json["methods"]


@pytest.mark.spec("V1")
def test_a_new_password_is_allowed_on_the_phone(carrying):
    person, phone = carrying.person, carrying.phone
    attempt = begin(person.client, person.address, purpose="reset_password")
    number = asks_phones(attempt).json["number"]
    assert "set a new password" == phone.asks()[0]["what"]
    assert 200 == phone.approves(number).status
    assert "passed" == goes_on(attempt).json["state"]


@pytest.mark.spec("P8")
def test_a_change_is_confirmed_on_the_phone(carrying):
    person, phone = carrying.person, carrying.phone
    parameters = {"kind": "email", "address": "asha.new@example.net"}
    attempt = carrying.begins("contacts.add", parameters)
    number = asks_phones(attempt, person.device).json["number"]
    (ask,) = phone.asks()
    assert ("step_up", "contacts.add") == (ask["purpose"], ask["act"])
    assert "add a contact to your account" == ask["what"]
    phone.approves(number)
    assert "passed" == goes_on(attempt, person.device).json["state"]
    assert 201 == carrying.posts("/api/v1/contacts", parameters).status


@pytest.mark.attack("049")
def test_no_ends_the_flow_for_good_and_alerts_every_contact(carrying):
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    attempt = person.begins()
    asks_phones(attempt, person.device)
    (ask,) = phone.asks()
    assert "denied" == phone.decides(ask, "deny").json["state"]
    seen = attempt.look().json
    assert ("refused", "denied") == (seen["state"], seen["challenge"]["state"])
    assert "code_used" == goes_on(attempt, person.device).code
    attempt.option = seen["options"][0]["id"]
    assert "code_used" == attempt.ask(person.device).code  # nor by another way
    (told,) = [one for one in house.inbox.notices(person.address) if one.purpose == "push_denied"]
    assert "Chrome on Windows" in told.text
    assert 200 == phone.decides(ask, "report").status
    assert "code_used" == phone.decides(ask, "report").code
    kinds = [event["kind"] for event in person.events()]
    assert {"push_denied", "push_reported"} <= set(kinds)


def test_who_reported_has_a_days_peace_from_strangers_and_can_sign_in(carrying):
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    asks_phones(begin(house.client("203.0.113.66"), person.address))
    (ask,) = phone.asks()
    phone.decides(ask, "deny")
    phone.decides(ask, "report")
    house.clock.move(hours=3)
    assert 201 == asks_phones(begin(house.client("203.0.113.66"), person.address)).status
    assert [] == phone.asks()
    number = asks_phones(person.begins(), person.device).json["number"]
    assert 200 == phone.approves(number).status


def test_asking_again_waits_a_moment_and_voids_the_earlier_number(carrying):
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    attempt = person.begins()
    first = asks_phones(attempt, person.device).json
    (stale,) = phone.asks()
    refused = asks_phones(attempt, person.device)
    assert (429, "too_soon") == (refused.status, refused.code)
    assert "phone" in refused.json["user_message"]
    house.clock.move(seconds=30)
    second = asks_phones(attempt, person.device).json
    assert "code_used" == phone.decides(stale, "approve", first["number"]).code
    assert 200 == phone.approves(second["number"]).status
    assert "passed" == goes_on(attempt, person.device).json["state"]


def test_a_request_that_nobody_answered_stops_none_a_day_later(carrying):
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    assert 201 == asks_phones(begin(house.client("203.0.113.9"), person.address)).status
    house.clock.move(hours=25)
    number = asks_phones(begin(house.client("203.0.113.9"), person.address)).json["number"]
    assert 200 == phone.approves(number).status


def test_another_way_in_the_same_flow_takes_the_request_off_the_phone(carrying):
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    attempt = person.begins()
    asks_phones(attempt, person.device)
    house.send_mail()
    attempt.option = attempt.begun.json["options"][0]["id"]
    assert 201 == attempt.ask(person.device).status
    assert [] == phone.asks()
    assert 200 == person.types(house.inbox.code(person.address)).status


def test_six_digits_are_worth_more_than_two(build_house):
    """M4: six where the policy wants the higher assurance; never over-claimed (M11)."""
    house = build_house(push__digits="6")
    asha = person(house, "asha@example.org", "198.51.100.10")
    asha.signs_in()
    carrying = Carrying(asha)
    carrying.adds_phone()
    attempt = asha.begins()
    asked = asks_phones(attempt, asha.device).json
    assert (6, 6) == (asked["digits"], len(asked["number"]))
    carrying.phone.approves(asked["number"])
    passed = goes_on(attempt, asha.device).json
    bearer = {"Authorization": f"Bearer {passed['session']['token']}"}
    assert ["push_6"] == asha.client.get("/api/v1/session", bearer).json["methods"]


@pytest.mark.spec("D1")
def test_a_push_message_wakes_the_phone_and_says_nothing_more(carrying):
    person, house = carrying.person, carrying.person.house
    asked = asks_phones(person.begins(), person.device).json
    (message,) = [one for one in house.inbox.all(person.address) if one.channel == "push"]
    assert ("push_ask", None) == (message.purpose, message.code)
    assert asked["number"] not in message.text
    assert "Windows" not in message.text


def test_the_owner_removes_a_phone_and_it_is_out_at_once(carrying):
    person, phone = carrying.person, carrying.phone
    shown = {"id": phone.id}
    carrying.proves("methods.remove", shown)
    assert 204 == carrying.deletes(f"/api/v1/methods/{phone.id}").status
    assert (401, "not_signed_in") == (phone.looks().status, phone.looks().code)
    assert [] == person.gets("/api/v1/methods").json["data"]


def test_a_phone_that_was_never_confirmed_approves_nothing(settled):
    carrying = Carrying(settled.person)
    begun = carrying.begins_phone()
    phone = new_phone(settled.person)
    phone.pairs(begun["secret"])
    (ask,) = phone.asks()
    assert ("enrolment", 6) == (ask["purpose"], ask["digits"])
    assert not phone.looks().json["phone"]["is_active"]
    asks_phones(settled.person.begins(), settled.person.device)
    assert ["enrolment"] == [one["purpose"] for one in phone.asks()]
    assert "denied" == phone.decides(ask, "deny").json["state"]
    assert "not_signed_in" == phone.looks().code

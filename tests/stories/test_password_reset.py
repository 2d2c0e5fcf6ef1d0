"""A forgotten password: replaced after a proof, which signs nobody in and turns nothing off."""

import pytest

from tests.support.enrolled import BETTER, GOOD, again
from tests.support.people import at_once, begin

pytestmark = [pytest.mark.spec("V1", "V5")]


def kind_of(attempt, kind):
    return next(one["id"] for one in attempt.begun.json["options"] if one["kind"] == kind)


def resets(house, asha, client=None):
    """Begin a flow for a new password as a stranger, and ask for a code."""
    house.clock.move(minutes=2)
    house.send_mail()
    attempt = begin(client or house.client("203.0.113.9"), asha.address, purpose="reset_password")
    attempt.option = attempt.begun.json["options"][0]["id"]
    assert 201 == attempt.ask().status
    return attempt


def told(answer):
    return answer.status, answer.code


def proves(house, asha):
    attempt = resets(house, asha)
    answer = attempt.type(house.inbox.code(asha.address))
    assert (200, "passed") == (answer.status, answer.json["state"])
    return attempt, answer


def sets(attempt, password):
    return attempt.client.post(f"{attempt.path}/password", {"password": password}, attempt.headers)


def signs_in_by(house, asha, password):
    house.clock.move(minutes=1)
    attempt = begin(house.client("203.0.113.77"), asha.address)
    attempt.option = kind_of(attempt, "password")
    assert 201 == attempt.ask().status
    return house.api.post(attempt.answer_path, {"password": password}, attempt.headers)


def test_a_forgotten_password_is_replaced(house, asha, enrolling):
    enrolling.has_password(GOOD)
    attempt, _ = proves(house, asha)
    assert 204 == sets(attempt, BETTER).status
    assert 401 == signs_in_by(house, asha, GOOD).status
    assert 200 == signs_in_by(house, asha, BETTER).status


def test_before_it_is_proved_a_reset_says_what_is_missing(house, asha, enrolling):
    enrolling.has_password(GOOD)
    attempt = resets(house, asha)
    answer = sets(attempt, BETTER)
    assert (401, "prove_more") == (answer.status, answer.code)
    assert ("reset_password", "passwords.reset") == (answer.json["purpose"], answer.json["act"])


def test_a_reset_is_for_a_name(house):
    body = {"purpose": "reset_password", "kind": "passkey"}
    assert "invalid_input" == house.api.post("/api/v1/flows", body).code


@pytest.mark.attack("059")
def test_a_reset_signs_nobody_in(house, asha, enrolling):
    enrolling.has_password(GOOD)
    attempt, passed = proves(house, asha)
    assert {"session", "device"} & set(passed.json) == set()
    answer = sets(attempt, BETTER)
    assert (204, "") == (answer.status, answer.text)
    assert "set-cookie" not in {name.lower() for name, _ in answer.headers}


@pytest.mark.attack("063")
def test_a_reset_ends_every_session(house, asha, enrolling):
    enrolling.has_password(GOOD)
    other = again(asha)
    attempt, _ = proves(house, asha)
    assert 204 == sets(attempt, BETTER).status
    for one in (enrolling, other):
        assert 401 == one.person.gets("/api/v1/session").status


@pytest.mark.attack("060")
def test_a_reset_serves_once_and_for_five_minutes(house, asha, enrolling, clock):
    enrolling.has_password(GOOD)
    attempt, _ = proves(house, asha)
    assert 204 == sets(attempt, BETTER).status
    assert (410, "flow_expired") == told(sets(attempt, GOOD + " again"))
    late, _ = proves(house, asha)
    clock.move(minutes=5, seconds=1)
    assert 410 == sets(late, "six brown foxes under a bridge").status
    assert 200 == signs_in_by(house, asha, BETTER).status


@pytest.mark.attack("060")
def test_of_twenty_new_passwords_at_once_one_is_set(house, asha, enrolling):
    enrolling.has_password(GOOD)
    attempt, _ = proves(house, asha)
    words = ["alpha", "bravo", "delta", "hotel", "india", "kilo", "lima", "mike", "oscar", "romeo"]
    wanted = [f"{one} {words[-at]} walks along the river" for at, one in enumerate(words)]
    answers = at_once(8, lambda at: sets(attempt, wanted[at]), house)
    assert 1 == sum(one.status == 204 for one in answers), [one.text for one in answers]


@pytest.mark.attack("059")
def test_with_two_steps_a_stolen_mailbox_is_not_enough(house, asha, enrolling):
    """The mailbox gives one proof; the second is another kind, and never the old password."""
    enrolling.has_password(GOOD)
    device = enrolling.device()
    begun = enrolling.begins_method("passkey", "Key").json
    assert 200 == enrolling.confirms_passkey(begun, device).status
    asked = enrolling.begins_method("recovery_code").json
    last = asked["code"].split("-")[-1]
    assert 200 == enrolling.confirms_method(asked["id"], {"code": last}).status
    enrolling.person.house.clock.move(minutes=2)
    enrolling.proves("two_step.on", {})
    assert 200 == enrolling.posts("/api/v1/two_step", {"on": True}).status
    attempt = resets(house, asha)
    first = attempt.type(house.inbox.code(asha.address))
    assert (200, "open") == (first.status, first.json["state"])
    kinds = {one["kind"] for one in first.json["options"]}
    assert {"passkey", "recovery_code"} == kinds
    assert 401 == sets(attempt, BETTER).status
    attempt.option = next(
        one["id"] for one in first.json["options"] if one["kind"] == "recovery_code"
    )
    assert 201 == attempt.ask().status
    second = attempt.type(asked["code"])
    assert "passed" == second.json["state"], second.text
    assert second.json["recovery_code"] != asked["code"]
    assert 204 == sets(attempt, BETTER).status
    answer = signs_in_by(house, asha, BETTER)
    assert "open" == answer.json["state"], "two-step verification is on as before"


def test_the_old_password_proves_nothing_in_its_own_reset(house, asha, enrolling):
    enrolling.has_password(GOOD)
    attempt = begin(house.client("203.0.113.9"), asha.address, purpose="reset_password")
    assert "password" not in {one["kind"] for one in attempt.begun.json["options"]}


@pytest.mark.spec("C11")
@pytest.mark.attack("089")
def test_a_name_without_an_account_walks_the_same_road(house, asha):
    shapes = []
    for name in (asha.address, "nobody@example.org"):
        attempt = begin(house.client("203.0.113.9"), name, purpose="reset_password")
        attempt.option = attempt.begun.json["options"][0]["id"]
        asked = attempt.ask()
        wrong = attempt.type("000000")
        said = wrong.json["user_message"][:20]
        shapes.append((sorted(attempt.begun.json), sorted(asked.json), told(wrong), said))
    house.send_mail()
    assert shapes[0] == shapes[1]
    assert [] == house.inbox.codes("nobody@example.org")


@pytest.mark.attack("117")
def test_what_was_pending_dies_with_the_reset(house, asha, enrolling):
    enrolling.has_password(GOOD)
    house.clock.move(minutes=2)
    contact = enrolling.adds("thief@example.net")
    code = house.inbox.code("thief@example.net")
    method = enrolling.begins_method("totp", "Thief's").json["id"]
    house.clock.move(minutes=2)
    elsewhere = begin(house.client("203.0.113.50"), asha.address)
    assert 201 == elsewhere.ask().status
    old = house.inbox.code(asha.address)
    attempt, _ = proves(house, asha)
    assert 204 == sets(attempt, BETTER).status
    assert (401, "code_expired") == told(elsewhere.type(old))
    asha.signs_in()
    assert 404 == enrolling.confirms(contact, code).status
    assert "not_found" == enrolling.confirms_method(method, {"code": "000000"}).code


def test_every_contact_is_told(house, asha, enrolling):
    enrolling.has_password(GOOD)
    attempt, _ = proves(house, asha)
    assert 204 == sets(attempt, BETTER).status
    house.send_mail()
    assert "password_changed" in {one.purpose for one in house.inbox.notices(asha.address)}


@pytest.mark.parametrize("password", ["short", "asha@example.org", "passwordpassword"])
def test_a_bad_one_is_refused_and_another_may_be_tried(house, asha, enrolling, password):
    enrolling.has_password(GOOD)
    attempt, _ = proves(house, asha)
    assert (422, "password_unfit") == told(sets(attempt, password))
    assert 204 == sets(attempt, BETTER).status

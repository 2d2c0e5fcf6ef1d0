"""Attacks on phones that approve (SECURITY.md group C): bombing, forging, racing, outliving."""

import pytest

from tests.support.carrying import asks_phones, goes_on, new_phone, state_of
from tests.support.people import at_once, begin
from tests.support.phones import base64url, signed

pytestmark = pytest.mark.spec("M4")


def stranger(house, number=66):
    return house.client(f"203.0.113.{number}")


@pytest.mark.attack("046")
def test_a_hundred_starts_reach_the_phone_three_times(carrying):
    """Who has nothing but the name sees the same a hundred times, the phone three requests."""
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    seen = set()
    for number in range(100):
        answer = asks_phones(begin(stranger(house, number), person.address))
        assert 201 == answer.status, answer.text
        seen |= {ask["id"] for ask in phone.asks()}
        house.send_mail()
        house.clock.move(seconds=35)
    pushed = [one for one in house.inbox.all(person.address) if one.channel == "push"]
    assert (3, 3) == (len(seen), len(pushed))
    told = [one for one in house.inbox.notices(person.address) if one.purpose == "push_blocked"]
    assert 1 == len(told)
    kinds = [event["kind"] for event in person.events()]
    assert 97 == kinds.count("push_held_back")


@pytest.mark.spec("A1", "C11")
@pytest.mark.attack("046", "091")
def test_whoever_has_no_phone_is_not_told_that_one_was_asked(settled):
    """Strangers ask for a phone and for a number that are not there, and see what they ever see."""
    person, house = settled.person, settled.person.house
    for number in range(4):
        house.clock.move(minutes=6)
        assert 201 == asks_phones(begin(stranger(house, number), person.address)).status
    attempt = begin(stranger(house), person.address)
    texts = next(one["id"] for one in attempt.look().json["options"] if one["kind"] == "sms_code")
    body = {"option": texts, "confirm": "5678"}
    asked = attempt.client.post(f"{attempt.path}/challenges", body, attempt.headers)
    assert 201 == asked.status, asked.text
    events = person.events()[:6]
    told = ("code_asked", "notice_sent", "push_held_back", "push_asked", "push_asked", "push_asked")
    assert told == tuple(one["kind"] for one in events)
    assert {"unsent"} == {one["outcome"] for one in events}
    assert all("nobody" in one["reasons"] for one in events)
    browser = house.client("198.51.100.10")
    browser.jar["sekisho_session"] = person.bearer["Authorization"].removeprefix("Bearer ")
    page = browser.get("/account/activity").text
    assert ("Your phone was asked" in page, page.count("Nothing was sent")) == (False, 6)


@pytest.mark.attack("046")
def test_of_a_days_starts_ten_reach_the_phone(carrying):
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    seen = set()
    for number in range(47):
        asks_phones(begin(stranger(house, number), person.address))
        seen |= {ask["id"] for ask in phone.asks()}
        house.clock.move(minutes=30)
    assert 10 == len(seen)


@pytest.mark.attack("046")
@pytest.mark.spec("F2")
def test_whoever_bombs_does_not_lock_the_owner_out(carrying):
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    for number in range(5):
        asks_phones(begin(stranger(house, number), person.address))
        house.clock.move(minutes=6)
    attempt = person.begins()
    number = asks_phones(attempt, person.device).json["number"]
    phone.approves(number)
    assert "passed" == goes_on(attempt, person.device).json["state"]
    assert 200 == person.signs_in().status  # and by a code, as ever


@pytest.mark.attack("046")
@pytest.mark.spec("F2")
def test_what_nobody_answered_keeps_no_phone_from_being_asked_the_day_after(carrying, house, clock):
    person = carrying.person
    asks_phones(begin(stranger(house), person.address))
    clock.move(hours=25)
    assert 201 == asks_phones(begin(stranger(house), person.address)).status
    clock.move(hours=25)
    attempt = person.begins()
    carrying.phone.approves(asks_phones(attempt, person.device).json["number"])
    assert "passed" == goes_on(attempt, person.device).json["state"]


@pytest.mark.attack("046")
def test_a_strangers_open_request_takes_nobodys_place(carrying):
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    own = person.begins()
    number = asks_phones(own, person.device).json["number"]
    asks_phones(begin(stranger(house), person.address))
    (ask,) = phone.asks()
    assert 200 == phone.decides(ask, "approve", number).status
    assert "approved" == state_of(own)


@pytest.mark.attack("046")
def test_who_has_the_first_proof_is_told_that_the_phone_rests(carrying):
    """With a right code by mail he may know; other ways go on."""
    person, house = carrying.person, carrying.person.house
    carrying.adds_phone("iPad")
    carrying.proves("two_step.on", {})
    assert 200 == carrying.posts("/api/v1/two_step", {"on": True}).status
    answers = []
    for number in range(4):
        house.clock.move(minutes=7)
        attempt = begin(stranger(house, number), person.address)
        attempt.ask()
        attempt.type(house.inbox.code(person.address))
        answers.append(asks_phones(attempt))
    assert [201, 201, 201, 429] == [one.status for one in answers]
    assert "too_many_requests" == answers[3].code
    assert "before" in answers[3].json["user_message"]
    notices = [one.purpose for one in house.inbox.notices(person.address)]
    assert 1 == notices.count("push_blocked")


@pytest.mark.spec("C11")
@pytest.mark.attack("046", "088")
def test_a_name_that_nobody_has_looks_the_same(carrying):
    house = carrying.person.house
    shapes = []
    for name in (carrying.person.address, "nobody@example.org"):
        attempt = begin(stranger(house), name)
        kinds = [one["kind"] for one in attempt.begun.json["options"]]
        asked = asks_phones(attempt)
        shapes.append((kinds, asked.status, sorted(asked.json), state_of(attempt)))
        assert "too_soon" == goes_on(attempt).code
    assert shapes[0] == shapes[1]
    assert "push" in shapes[0][0]


@pytest.mark.attack("047")
def test_a_forged_decision_is_none(carrying):
    """Without the key, without the number, with a signature for something else: nothing happens."""
    person, phone = carrying.person, carrying.phone
    attempt = person.begins()
    number = asks_phones(attempt, person.device).json["number"]
    (ask,) = phone.asks()
    right = phone.said(ask, "approve", number)
    stolen = new_phone(person, 9)
    stolen.id, stolen.token = phone.id, phone.token  # the token, but not the key
    forged = [
        stolen.said(ask, "approve", number),
        right | {"signature": base64url(bytes(64))},
        right | {"number": "00" if number != "00" else "11"},
        phone.said(ask, "deny") | {"decision": "approve", "number": number},
        phone.said(ask | {"nonce": "00" * 16}, "approve", number),
        phone.said(ask | {"id": "chl_0000000000001"}, "approve", number),
    ]
    assert {"not_found"} == {phone.sends(ask["id"], body).code for body in forged}
    without = {key: value for key, value in right.items() if key != "number"}
    assert "invalid_input" == phone.sends(ask["id"], without).code
    assert "waiting" == state_of(attempt)
    assert 200 == phone.sends(ask["id"], right).status


@pytest.mark.attack("047", "007")
def test_an_approval_that_is_sent_again_is_refused(carrying):
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    attempt = person.begins()
    number = asks_phones(attempt, person.device).json["number"]
    (ask,) = phone.asks()
    body = phone.said(ask, "approve", number)
    assert 200 == phone.sends(ask["id"], body).status
    assert "code_used" == phone.sends(ask["id"], body).code
    assert "passed" == goes_on(attempt, person.device).json["state"]
    assert "code_used" == goes_on(attempt, person.device).code
    assert "code_used" == phone.sends(ask["id"], body).code
    house.clock.move(minutes=1)
    asks_phones(person.begins(), person.device)
    assert "not_found" == phone.sends(phone.asks()[0]["id"], body).code


@pytest.mark.attack("047", "009", "106")
def test_an_approval_opens_no_other_flow_purpose_or_account(carrying, ben):
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    mine = person.begins()
    number = asks_phones(mine, person.device).json["number"]
    phone.approves(number)
    others = begin(stranger(house), ben.address)
    asks_phones(others)
    assert "too_soon" == goes_on(others).code
    step_up = carrying.begins("contacts.add", {"kind": "email", "address": "x@example.net"})
    step_up.challenge = mine.challenge
    assert 404 == goes_on(step_up, person.device).status
    stolen = begin(stranger(house), person.address)
    stolen.challenge = mine.challenge
    assert 404 == goes_on(stolen).status
    assert "passed" == goes_on(mine, person.device).json["state"]


@pytest.mark.attack("049", "002")
def test_of_many_that_go_on_at_once_one_is_let_in(carrying):
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    attempt = person.begins()
    number = asks_phones(attempt, person.device).json["number"]
    phone.approves(number)
    answers = at_once(16, lambda _: goes_on(attempt, person.device), house)
    assert 1 == sum(one.status == 200 for one in answers)
    assert {None, "code_used"} == {one.code for one in answers}


@pytest.mark.attack("049")
def test_approve_and_deny_at_once_end_in_no(carrying):
    """Of a race the denial wins, whichever was first, and then nothing changes it."""
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    for _ in range(20):
        house.clock.move(hours=25)
        attempt = person.begins()
        number = asks_phones(attempt, person.device).json["number"]
        (ask,) = phone.asks()
        bodies = [phone.said(ask, "approve", number), phone.said(ask, "deny")]
        answers = at_once(2, lambda one, b=bodies, a=ask: phone.sends(a["id"], b[one]), house)
        assert 200 == answers[1].status
        assert "code_used" == goes_on(attempt, person.device).code
        assert "code_used" == phone.sends(ask["id"], bodies[0]).code
        assert "refused" == attempt.look().json["state"]


@pytest.mark.attack("049")
def test_a_late_approval_is_refused(carrying):
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    attempt = person.begins()
    number = asks_phones(attempt, person.device).json["number"]
    (ask,) = phone.asks()
    house.clock.move(minutes=5)
    assert "over" == state_of(attempt)
    assert "code_expired" == phone.decides(ask, "approve", number).code
    assert "code_expired" == goes_on(attempt, person.device).code


@pytest.mark.attack("050")
def test_a_removed_phone_cannot_approve_what_it_was_asked(carrying):
    person, phone = carrying.person, carrying.phone
    carrying.adds_phone("iPad")
    carrying.proves("methods.remove", {"id": phone.id})
    attempt = person.begins()
    number = asks_phones(attempt, person.device).json["number"]
    (ask,) = phone.asks()
    approved = phone.said(ask, "approve", number)
    assert 204 == carrying.deletes(f"/api/v1/methods/{phone.id}").status
    assert "not_signed_in" == phone.sends(ask["id"], approved).code
    assert "waiting" == state_of(attempt)


@pytest.mark.attack("050")
def test_what_a_phone_approved_dies_with_it(carrying):
    person, phone = carrying.person, carrying.phone
    carrying.adds_phone("iPad")
    carrying.proves("methods.remove", {"id": phone.id})
    attempt = person.begins()
    number = asks_phones(attempt, person.device).json["number"]
    assert 200 == phone.approves(number).status
    assert 204 == carrying.deletes(f"/api/v1/methods/{phone.id}").status
    assert "code_used" == goes_on(attempt, person.device).code


@pytest.mark.attack("050")
def test_whoever_photographed_the_code_needs_the_number_too(carrying):
    """The picture was seen: the thief's phone comes first, and its owner sees which phone it is."""
    person = carrying.person
    begun = carrying.begins_phone("Tablet")
    thief, own = new_phone(person, 7), new_phone(person, 8)
    assert 201 == thief.pairs(begun["secret"]).status
    assert "code_used" == own.pairs(begun["secret"]).code
    (ask,) = thief.asks()
    answers = [thief.decides(ask, "approve", f"{guess:06d}") for guess in range(4)]
    assert ["code_wrong"] * 3 + ["too_many_tries"] == [one.code for one in answers]
    pairing = person.gets(f"/api/v1/methods/{begun['id']}/pairing").json
    assert ("over", None) == (pairing["state"], pairing["number"])
    assert ["Pixel"] == [one["name"] for one in person.gets("/api/v1/methods").json["data"]]


@pytest.mark.attack("106")
def test_another_person_sees_nothing_of_an_enrolment(carrying, ben):
    begun = carrying.begins_phone("Tablet")
    ben.signs_in()
    assert "not_found" == ben.gets(f"/api/v1/methods/{begun['id']}/pairing").code


@pytest.mark.attack("027", "129")
def test_the_number_and_the_code_are_nowhere_but_where_they_belong(carrying):
    person, phone, house = carrying.person, carrying.phone, carrying.person.house
    begun = carrying.begins_phone("Tablet")
    assert begun["secret"] not in person.gets("/api/v1/methods").text
    assert begun["secret"] not in person.gets(f"/api/v1/methods/{begun['id']}/pairing").text
    attempt = person.begins()
    asked = asks_phones(attempt, person.device).json
    listed = phone.looks().json["data"][0]
    del listed["id"], listed["nonce"], listed["asked_at"], listed["expires_at"]
    assert asked["number"] not in [str(value) for value in listed.values()]
    assert "number" not in listed
    assert all(asked["number"] != one.code for one in house.inbox.all(person.address))


@pytest.mark.attack("096")
def test_a_signature_for_reading_is_none_for_deciding(carrying):
    person, phone = carrying.person, carrying.phone
    asks_phones(person.begins(), person.device)
    (ask,) = phone.asks()
    mark = signed(phone.key, "sekisho push subscribe v1", phone.id, "")
    body = {"decision": "deny", "signature": base64url(mark)}
    assert "not_found" == phone.sends(ask["id"], body).code


@pytest.mark.spec("S1")
@pytest.mark.attack("107", "050")
def test_signing_out_everywhere_ends_phones_and_what_they_approved(carrying, house):
    """A phone that a thief bound in a stolen session is out at once, and every contact hears it."""
    person = carrying.person
    attempt = person.begins()
    carrying.phone.approves(asks_phones(attempt, person.device).json["number"])
    browser = house.client("198.51.100.10")
    browser.jar["sekisho_session"] = person.token
    assert "removed too" in browser.get("/account/devices/end-all").text
    ended = carrying.posts("/api/v1/sessions/end_all", {"keep_current": True})
    assert {"push_devices": 1} == ended.json["also"]
    assert 401 == carrying.phone.looks().status
    assert 200 != goes_on(attempt, person.device).status
    assert [] == person.gets("/api/v1/methods").json["data"]
    told = [one.purpose for one in house.inbox.notices(person.address)]
    assert 1 == told.count("method_removed")

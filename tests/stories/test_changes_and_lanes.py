"""A change of security info voids what was proved before it; a lane that closed opens again."""

import pytest

from sekisho.doors.terminal import operating
from sekisho.ground import ids
from sekisho.records import accounts
from tests.support.carrying import Carrying, asks_phones, goes_on
from tests.support.enrolled import BETTER, GOOD, again
from tests.support.people import begin, person, wrong
from tests.support.settled import SECOND, Settled


def option_of(attempt, kind):
    return next(one["id"] for one in attempt.begun.json["options"] if one["kind"] == kind)


def resets(house, person):
    """Begin a flow for a new password, and ask for its code."""
    house.clock.move(minutes=2)
    house.send_mail()
    attempt = begin(house.client("203.0.113.9"), person.address, purpose="reset_password")
    assert 201 == attempt.ask().status
    return attempt


def sets(attempt, password):
    return attempt.client.post(f"{attempt.path}/password", {"password": password}, attempt.headers)


def approved(attempt, phone, person):
    """Ask the phones, approve, and go on."""
    number = asks_phones(attempt, person.device).json["number"]
    assert 200 == phone.approves(number).status
    return goes_on(attempt, person.device)


@pytest.mark.spec("V5")
@pytest.mark.attack("060")
def test_what_was_proved_before_a_change_is_worth_nothing_after_it(house, enrolling):
    """Whoever still reads a mailbox that its owner removes has nothing left to go on with."""
    owner, thief = enrolling, again(enrolling.person)
    contact = owner.has_added(SECOND)
    app = {"kind": "recovery_code", "name": ""}
    thief.proves("methods.add", app)
    reset = resets(house, thief.person)
    assert "passed" == reset.type(house.inbox.code(thief.person.address)).json["state"]
    house.clock.move(minutes=1)
    stepping = thief.begins("contacts.add", {"kind": "email", "address": "x@example.com"})
    stepping.option = stepping.begun.json["options"][1]["id"]
    assert 201 == stepping.ask(thief.person.device).status
    code = house.inbox.code(SECOND)
    house.clock.move(seconds=1)
    assert 204 == owner.removes(contact).status

    assert "code_expired" == stepping.type(code, thief.person.device).code
    assert "prove_more" == thief.posts("/api/v1/methods", app).code
    assert "flow_expired" == sets(reset, GOOD).code


@pytest.mark.spec("V5", "M10")
def test_codes_to_sign_in_die_when_two_step_verification_is_turned_on(guarded):
    house, asha = guarded.person.house, guarded.person
    house.clock.move(minutes=3)
    waiting = asha.asks_for_a_code()
    code = house.inbox.code(asha.address)
    parameters = guarded.begins("two_step.on", {})
    parameters.option = parameters.begun.json["options"][1]["id"]
    assert 201 == parameters.ask(asha.device).status
    assert 200 == parameters.type(guarded.app_code(), asha.device).status
    house.clock.move(seconds=1)
    assert 200 == guarded.posts("/api/v1/two_step", {"on": True}).status
    assert "code_expired" == waiting.type(code, asha.device).code


@pytest.mark.spec("V5", "S2")
def test_a_phone_that_is_added_ends_trust_and_codes_like_any_method(trusting):
    waiting = trusting.begins_anew(trusting.jar)
    code = trusting.house.inbox.code(trusting.person.address)
    trusting.house.clock.move(seconds=1)
    carrier = Carrying(trusting.person)
    carrier.proves = trusting.proves
    carrier.adds_phone()
    answer = waiting.client.post(waiting.answer_path, {"code": code}, waiting.headers)
    assert "code_expired" == answer.code
    assert trusting.is_asked()


@pytest.mark.spec("S1", "M10")
@pytest.mark.attack("107")
def test_signing_out_everywhere_ends_the_phones_and_shuts_nobody_out(carrying):
    person, phone = carrying.person, carrying.phone
    tablet = carrying.adds_phone("Tablet")
    carrying.proves("two_step.on", {})
    assert 200 == carrying.posts("/api/v1/two_step", {"on": True}).status
    everywhere = ("/api/v1/sessions/end_all", {"keep_current": True})
    assert {"ended": 0, "also": {"push_devices": 1}} == carrying.posts(*everywhere).json
    assert (200, 401) == (phone.looks().status, tablet.looks().status)

    attempt = carrying.begins("two_step.off", {})
    assert 200 == approved(attempt, phone, person).status
    person.house.clock.move(minutes=2)
    attempt.option = attempt.look().json["options"][0]["id"]
    assert 201 == attempt.ask(person.device).status
    assert 200 == attempt.type(person.house.inbox.code(person.address), person.device).status
    assert 200 == carrying.posts("/api/v1/two_step", {"on": False}).status
    assert {"ended": 0, "also": {"push_devices": 1}} == carrying.posts(*everywhere).json
    assert 401 == phone.looks().status


@pytest.mark.spec("V1")
def test_what_somebody_began_before_stops_no_reset_and_dies_with_it(house, enrolling):
    assert 201 == enrolling.begins_method("password").status
    house.clock.move(minutes=11)
    waiting = enrolling.begins_method("recovery_code").json
    attempt = resets(house, enrolling.person)
    assert 200 == attempt.type(house.inbox.code(enrolling.person.address)).status
    assert 204 == sets(attempt, BETTER).status
    enrolling.person.signs_in()
    last = {"code": waiting["code"].split("-")[-1]}
    assert "not_found" == enrolling.confirms_method(waiting["id"], last).code


@pytest.mark.spec("C6")
@pytest.mark.attack("001")
def test_a_lane_that_wrong_answers_closed_opens_with_the_next_sign_in_there(build_house, clock):
    """For codes by mail and for any other kind: nobody has to ask an operator."""
    house = build_house(guesses__familiar_in_a_row=2)
    asha = person(house, "asha@example.org", "198.51.100.10")
    asha.signs_in()
    for option in ("email_code", "recovery_code"):
        clock.move(minutes=2)
        attempt = asha.begins()
        attempt.option = option_of(attempt, option)
        assert 201 == attempt.ask(asha.device).status
        guess = wrong(house.inbox.code(asha.address))
        told = [attempt.type(guess, asha.device).code for _ in range(3)]
        assert "too_many_tries" == told[-1]
        clock.move(minutes=2)
        asha.signs_in()
        assert "too_many_tries" != attempt.type(guess, asha.device).code


def uses_up(owner, contact, address):
    """Type what the lane bears, and once more."""
    guess = wrong(owner.person.house.inbox.code(address))
    told = [owner.confirms(contact, guess) for _ in range(3)]
    assert ["code_wrong", "code_wrong", "too_many_tries"] == [one.code for one in told]


@pytest.mark.spec("C6", "P1")
@pytest.mark.attack("078")
def test_a_new_contact_that_wrong_codes_closed_is_open_to_a_new_proof(build_house, clock):
    house = build_house(guesses__familiar_in_a_row=2)
    owner = Settled(person(house, "asha@example.org", "198.51.100.10"))
    owner.person.signs_in()
    first = owner.adds(SECOND)
    uses_up(owner, first, SECOND)
    clock.move(minutes=1)
    again = owner.posts(f"/api/v1/contacts/{first}/code", {})
    assert "flow_expired" == again.code
    owner.person.signs_in()
    code = house.inbox.code(SECOND)
    assert "too_many_tries" == owner.confirms(first, code).code
    clock.move(minutes=1)
    assert 200 == owner.confirms(owner.adds(SECOND), house.inbox.code(SECOND)).status


@pytest.mark.spec("C6", "P1")
def test_an_operator_opens_the_lane_of_a_new_contact_and_nobody_elses(build_house, clock):
    house = build_house(guesses__familiar_in_a_row=2)
    owners = [person(house, f"{name}@example.org", "198.51.100.10") for name in ("asha", "ben")]
    closed = []
    for owner in map(Settled, owners):
        owner.person.signs_in()
        contact = owner.adds(SECOND)
        code = house.inbox.code(SECOND)
        uses_up(owner, contact, SECOND)
        closed.append((owner, contact, code))
        clock.move(minutes=1)
    asha, ben = (ids.read("acc", one.account) for one in owners)
    house.db.write("account.reopen", lambda work: operating.reopen(work, asha))
    assert [200, 429] == [owner.confirms(one, code).status for owner, one, code in closed]
    assert [0, 1] == [closed_lanes(house, account) for account in (asha, ben)]


def closed_lanes(house, account):
    def look(work):
        return operating.account_shape(work, accounts.find(work, account), 0)["closed_lanes"]

    return house.db.read(look)


@pytest.mark.spec("C10")
@pytest.mark.attack("006")
def test_another_way_in_between_shortens_no_wait_for_the_next_code(house, enrolling, clock):
    attempt = begin(house.client("203.0.113.9"), enrolling.person.address)
    by_mail, by_password = attempt.option, option_of(attempt, "password")
    assert 201 == attempt.ask().status
    clock.move(seconds=1)
    attempt.option = by_password
    assert 201 == attempt.ask().status
    attempt.option = by_mail
    refused = attempt.ask()
    assert "too_soon" == refused.code
    clock.move(seconds=29)
    assert 201 == attempt.ask().status


@pytest.mark.spec("N1")
@pytest.mark.attack("001")
def test_the_days_first_long_code_of_a_step_up_is_told_too(build_house, clock):
    """Its own browser's lane is closed and strangers have spent theirs: the owner hears of it."""
    house = build_house(guesses__familiar_in_a_row=1, guesses__stranger_hour=1)
    asha = person(house, "asha@example.org", "198.51.100.10")
    asha.signs_in()
    clock.move(minutes=1)
    for device in ("", asha.device):
        attempt = begin(house.client("203.0.113.9"), asha.address)
        assert 201 == attempt.ask(device).status
        assert "code_wrong" == attempt.type(wrong(house.inbox.code(asha.address)), device).code
        clock.move(minutes=1)
    stepping = Settled(asha).begins("two_step.on", {})
    assert (201, 8) == (stepping.ask(asha.device).status, stepping.asked[-1].json["digits"])
    told = [one.purpose for one in house.inbox.notices(asha.address)]
    assert "guesses_blocked" == told[0]

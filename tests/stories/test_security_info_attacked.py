"""Security info as an attacker tries it: races, others' sessions, fields that nobody asked for."""

import re

import pytest

from tests.support.people import at_once
from tests.support.settled import ADD, SECOND, Settled

PATH = "/api/v1/contacts"


def told(answers):
    """The codes of refusals, or the status of what passed."""
    return sorted(str(answer.code or answer.status) for answer in answers)


def notices(house, to, purpose):
    return [one for one in house.inbox.notices(to) if one.purpose == purpose]


def kinds(person, kind):
    return [one for one in person.events() if one["kind"] == kind]


# --- races ---


@pytest.mark.spec("P8")
@pytest.mark.attack("041")
def test_of_adds_that_race_with_one_proof_one_adds(settled, house):
    settled.proves("contacts.add", ADD)
    answers = at_once(8, lambda _: settled.posts(PATH, ADD), house)
    assert ["201", *["prove_more"] * 7] == told(answers)
    assert 2 == len(settled.contacts())
    assert 1 == len(house.inbox.codes(SECOND))


@pytest.mark.spec("P8", "N1")
@pytest.mark.attack("041", "071")
def test_of_removals_that_race_one_removes_and_all_is_told_once(settled, house):
    contact = settled.has_added()
    settled.proves("contacts.remove", {"id": contact})
    answers = at_once(8, lambda _: settled.deletes(f"{PATH}/{contact}"), house)
    assert 1 == told(answers).count("204")
    assert {"204", "not_found", "prove_more"} >= set(told(answers))
    assert 1 == len(settled.contacts())
    assert 1 == len(kinds(settled.person, "contact_removed"))
    addresses = (settled.person.address, SECOND)
    assert [1, 1] == [len(notices(house, to, "contact_removed")) for to in addresses]


@pytest.mark.spec("C5", "P1")
@pytest.mark.attack("010", "071")
def test_of_64_right_confirmations_at_once_one_passes(settled, house):
    contact = settled.adds()
    code = house.inbox.code(SECOND)
    answers = at_once(64, lambda _: settled.confirms(contact, code), house)
    passed = [answer for answer in answers if answer.status == 200]
    assert 1 == len(passed)
    assert set(told(answers)) <= {"200", "code_used", "not_found", "too_many_tries"}
    assert 1 == len(kinds(settled.person, "contact_added"))
    assert 1 == len(notices(house, settled.person.address, "contact_added"))


@pytest.mark.spec("C6", "P1")
@pytest.mark.attack("007")
def test_of_64_wrong_confirmations_at_once_five_are_compared(settled, house):
    contact = settled.adds()
    right = int(house.inbox.code(SECOND))

    def guess(number):
        return settled.confirms(contact, f"{(right + 1 + number) % 10**6:06d}")

    answers = at_once(64, guess, house)
    assert [*["code_wrong"] * 5, *["too_many_tries"] * 59] == told(answers)
    assert "too_many_tries" == settled.confirms(contact, f"{right:06d}").code


@pytest.mark.spec("P8")
@pytest.mark.attack("041")
def test_of_right_step_ups_at_once_one_passes_and_leaves_one_proof(settled, house):
    settled.person.house.clock.move(seconds=1)
    attempt = settled.begins("contacts.add", ADD)
    attempt.ask(settled.person.device)
    code = house.inbox.code(settled.person.address)
    answers = at_once(16, lambda _: attempt.type(code), house)
    assert 1 == [answer.status for answer in answers].count(200)
    assert ["201", "prove_more"] == told([settled.posts(PATH, ADD), settled.posts(PATH, ADD)])


@pytest.mark.spec("P1")
def test_the_same_address_added_in_two_sessions_at_once_is_one_contact(settled, house, clock):
    first = settled
    clock.move(seconds=31)
    second = Settled(again(settled.person))
    for one in (first, second):
        one.proves("contacts.add", ADD)
        clock.move(seconds=31)
    answers = at_once(2, lambda number: (first, second)[number].posts(PATH, ADD), house)
    assert told(answers) in (["201", "201"], ["201", "too_soon"])
    (name, pending) = first.contacts()
    assert ("verified", "pending") == (name["state"], pending["state"])
    codes = [letter.code for letter in house.inbox.codes(SECOND)]  # of one moment: in any order
    assert 1 == [second.confirms(pending["id"], code).status for code in codes].count(200)
    assert 2 == len(first.contacts())


@pytest.mark.spec("P1")
def test_adding_again_what_is_confirmed_at_the_same_moment_makes_no_second_one(
    settled, house, clock
):
    contact = settled.adds()
    code = house.inbox.code(SECOND)
    clock.move(seconds=31)
    settled.proves("contacts.add", ADD)
    at_once(2, lambda n: settled.posts(PATH, ADD) if n else settled.confirms(contact, code), house)
    left = [one for one in settled.contacts() if not one["sign_in"]]
    assert 1 == len(left)


@pytest.mark.spec("P1")
def test_adds_that_race_for_the_last_place_do_not_share_it(settled, house, clock):
    for number in range(8):
        settled.adds(f"contact{number}@example.net")
        clock.move(minutes=11)
    wanted = [{"kind": "email", "address": f"last{number}@example.net"} for number in range(4)]
    for one in wanted:
        settled.proves("contacts.add", one)
        clock.move(seconds=31)
    answers = at_once(4, lambda number: settled.posts(PATH, wanted[number]), house)
    assert ["201", *["too_many_contacts"] * 3] == told(answers)
    assert 10 == len(settled.contacts())


@pytest.mark.spec("C3", "C4")
def test_a_confirmation_that_a_new_code_overtakes_is_told_so(settled, house, clock):
    contact = settled.adds()
    code = house.inbox.code(SECOND)
    clock.move(seconds=31)
    told_of = house.db.step

    def overtake(step):
        if step == "contacts.charge:after":
            house.db.step = told_of
            assert 201 == settled.posts(f"{PATH}/{contact}/code", {}).status

    house.db.step = overtake
    answer = settled.confirms(contact, code)
    assert (409, "code_used") == (answer.status, answer.code)
    assert 200 == settled.confirms(contact, house.inbox.code(SECOND)).status


# --- others' sessions ---


@pytest.mark.spec("P8")
@pytest.mark.attack("041", "044")
def test_a_proof_dies_with_its_session(settled):
    settled.proves("contacts.add", ADD)
    assert 204 == settled.deletes("/api/v1/session").status
    assert "not_signed_in" == settled.posts(PATH, ADD).code
    settled.person.signs_in()
    assert "prove_more" == settled.posts(PATH, ADD).code


@pytest.mark.spec("P8")
@pytest.mark.attack("041", "044")
def test_a_step_up_that_another_answers_serves_the_session_that_began_it(settled, ben, house):
    ben.signs_in()
    other = Settled(ben)
    house.clock.move(seconds=1)
    attempt = settled.begins("contacts.add", ADD)
    attempt.ask(settled.person.device)
    attempt.client = ben.client
    assert 200 == attempt.type(house.inbox.code(settled.person.address), ben.device).status
    assert "prove_more" == other.posts(PATH, ADD).code
    same_person = Settled(again(settled.person))
    assert "prove_more" == same_person.posts(PATH, ADD).code
    assert 201 == settled.posts(PATH, ADD).status


@pytest.mark.spec("P8")
@pytest.mark.attack("041", "044")
def test_a_step_up_of_a_page_is_unknown_in_another_sessions_browser(house, asha):
    mine, other = (browser_of(house, asha, f"198.51.100.{number}") for number in (71, 72))
    page = "/account/security/add"
    at = mine.submit(page, {"address": SECOND}, page).header("Location")
    code = house.inbox.code(asha.address)
    other.jar.update({name: value for name, value in mine.jar.items() if "flow" in name})
    assert "/account/security" == other.get(at).header("Location")
    refused = other.submit(at, {"code": code}, page)
    assert (404, None) == (refused.status, refused.header("Location"))
    assert re.match(
        r"/account/security/contacts/ctc_", mine.submit(at, {"code": code}, at).header("Location")
    )


@pytest.mark.attack("041", "010")
def test_no_step_up_is_answered_without_its_secret(settled, ben, house):
    ben.signs_in()
    house.clock.move(seconds=1)
    attempt = settled.begins("contacts.add", ADD)
    attempt.ask(settled.person.device)
    code = house.inbox.code(settled.person.address)
    for headers in (settled.person.bearer, ben.bearer, {}):
        answer = ben.client.post(attempt.answer_path, {"code": code}, headers)
        assert "flow_unknown" == answer.code
    assert "prove_more" == settled.posts(PATH, ADD).code


@pytest.mark.spec("P1")
@pytest.mark.attack("009", "078")
def test_two_accounts_that_add_one_address_each_need_their_own_code(settled, ben, house):
    ben.signs_in()
    other = Settled(ben)
    mine, of_asha = settled.adds(), house.inbox.code(SECOND)
    theirs, of_ben = other.adds(), house.inbox.code(SECOND)
    assert "code_wrong" == settled.confirms(mine, of_ben).code
    assert "code_wrong" == other.confirms(theirs, of_asha).code
    answers = [settled.confirms(mine, of_asha), other.confirms(theirs, of_ben)]
    assert [200, 200] == [answer.status for answer in answers]


# --- what is gone, and what nobody asked for ---


@pytest.mark.spec("P1")
def test_a_contact_that_was_dropped_meanwhile_takes_no_code(settled, house, clock):
    contact = settled.adds()
    code = house.inbox.code(SECOND)
    assert 204 == settled.deletes(f"{PATH}/{contact}").status
    assert "not_found" == settled.confirms(contact, code).code
    clock.move(seconds=31)
    again_added = settled.adds()
    assert contact != again_added
    assert ["not_found", "code_wrong"] == [
        settled.confirms(one, code).code for one in (contact, again_added)
    ]
    assert 200 == settled.confirms(again_added, house.inbox.code(SECOND)).status


@pytest.mark.spec("P1")
def test_dropping_races_confirming_and_one_of_them_is_what_happened(settled, house):
    contact = settled.adds()
    code = house.inbox.code(SECOND)

    def act(number):
        one = settled.deletes(f"{PATH}/{contact}") if number else settled.confirms(contact, code)
        return one.status

    confirmed, _ = at_once(2, act, house)
    left = {one["id"]: one["state"] for one in settled.contacts()}
    assert {200: "verified", 404: None, 409: None}[confirmed] == left.get(contact)


@pytest.mark.attack("065")
@pytest.mark.parametrize(
    "more",
    [
        {"id": "ctc_0000000000000"},
        {"account": "acc_0000000000000"},
        {"sign_in": True},
        {"is_name": 1},
        {"verified_at": "2020-01-01T00:00:00Z"},
    ],
)
def test_a_field_that_nobody_asked_for_is_refused_and_changes_nothing(settled, house, more):
    settled.proves("contacts.add", ADD)
    assert "invalid_input" == settled.posts(PATH, {**ADD, **more}).code
    flow = {"purpose": "step_up", "act": "contacts.add", "parameters": ADD}
    assert "invalid_input" == settled.posts("/api/v1/flows", {**flow, **more}).code
    contact = settled.posts(PATH, ADD).json["id"]
    body = {"code": house.inbox.code(SECOND), **more}
    assert "invalid_input" == settled.posts(f"{PATH}/{contact}/confirm", body).code
    assert "pending" == settled.contacts()[1]["state"]
    passed = settled.confirms(contact, house.inbox.code(SECOND))
    assert ("verified", False) == (passed.json["state"], passed.json["sign_in"])


def again(person):
    """The same person with one more session."""
    other = type(person)(person.house, person.address, person.client, person.account, person.device)
    other.signs_in()
    return other


def browser_of(house, person, ip):
    """A browser in which this person is signed in."""
    house.clock.move(seconds=31)
    browser = house.client(ip)
    path = browser.submit("/sign-in", {"name": person.address}).header("Location")
    browser.submit(path, {"code": house.inbox.code(person.address)}, path)
    assert 200 == browser.get("/account").status
    return browser

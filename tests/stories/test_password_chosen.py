"""A password: chosen after a step-up, judged, changed, removed; and as an attacker tries it."""

import re

import pytest

from sekisho.authenticators import password
from sekisho.authenticators.password.pool import AT_ONCE, WAITING
from sekisho.ground import ids
from sekisho.ground.db import sql
from sekisho.records import accounts, methods
from tests.support.enrolled import BETTER, GOOD, METHODS, again
from tests.support.people import at_once

ALL = sql("SELECT sealed FROM method")
LAST = [f"the {word} heron wades home again" for word in ("first", "second", "third", "fourth")]


def told(answers):
    """The codes of refusals, or the status of what passed."""
    return sorted(str(answer.code or answer.status) for answer in answers)


def flaw(answer):
    """Why a password was not taken."""
    assert (422, "password_unfit") == (answer.status, answer.code), answer.text
    (part,) = answer.json["errors"]
    assert "/password" == part["pointer"]
    return part["code"]


def purposes(house, to):
    return [one.purpose for one in house.inbox.notices(to)]


@pytest.mark.spec("M6", "P8", "N1")
def test_a_password_is_set_after_a_step_up_and_told(enrolling, house):
    body = {"kind": "password", "name": ""}
    assert "prove_more" == enrolling.posts(METHODS, body).code
    begun = enrolling.begins_method("password").json
    assert ("password", 15, 256) == (begun["kind"], begun["shortest"], begun["longest"])
    assert [] == enrolling.methods()
    answer = enrolling.confirms_method(begun["id"], {"password": GOOD})
    assert ("password", "") == (answer.json["kind"], answer.json["name"])
    assert GOOD not in answer.text
    assert [begun["id"]] == [one["id"] for one in enrolling.methods()]
    assert "method_added" == purposes(house, enrolling.person.address)[0]
    assert 1 == [one["kind"] for one in enrolling.person.events()].count("method_added")


@pytest.mark.spec("M6", "S4", "N1")
@pytest.mark.attack("063")
def test_a_new_password_ends_other_sessions(enrolling, house):
    enrolling.has_added("asha.second@example.net")
    enrolling.has_password(GOOD)
    other = again(enrolling.person)
    assert 200 == other.person.gets(METHODS).status
    changed = enrolling.chooses(BETTER)
    assert 200 == changed.status
    assert "not_signed_in" == other.person.gets(METHODS).code
    assert [changed.json["id"]] == [one["id"] for one in enrolling.methods()]
    for address in (enrolling.person.address, "asha.second@example.net"):
        assert "password_changed" == purposes(house, address)[0]
    assert 1 == [one["kind"] for one in enrolling.person.events()].count("password_changed")


@pytest.mark.spec("M6", "S4")
def test_a_first_password_ends_no_session(enrolling):
    other = again(enrolling.person)
    enrolling.has_password()
    assert 200 == other.person.gets(METHODS).status


@pytest.mark.spec("M6")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("", "too_short", id="nothing"),
        pytest.param("vu owl 37 kelp", "too_short", id="14 characters"),
        pytest.param("x" * 257, "too_long", id="257 characters"),
        pytest.param("x" * 60_000, "too_long", id="60,000 characters"),
        pytest.param("password12345678", None, id="a word and more"),
        pytest.param("passwordpassword", "well_known", id="a known word twice"),
        pytest.param("abcdefghijklmnop", "pattern", id="a run"),
        pytest.param("asha@example.org2026", "own_words", id="the address"),
        pytest.param("Sekisho.asha.2026!", "own_words", id="the service and the name"),
    ],
)
def test_what_is_easy_to_guess_is_refused_with_its_reason(enrolling, typed, expected):
    answer = enrolling.chooses(typed)
    if expected is None:
        assert 200 == answer.status
        return
    assert expected == flaw(answer)
    assert typed not in answer.text or len(typed) < 3
    assert [] == enrolling.methods()


@pytest.mark.spec("M6")
def test_a_refusal_says_in_the_persons_language_what_to_do(enrolling, house):
    begun = enrolling.begins_method("password").json
    headers = enrolling.person.bearer | {"Accept-Language": "ja"}
    path = f"{METHODS}/{begun['id']}/confirm"
    answer = enrolling.person.client.post(path, {"password": "short"}, headers)
    assert "15文字以上" in answer.json["user_message"]


@pytest.mark.spec("M6")
def test_beside_another_proof_eight_characters_are_enough(enrolling, house):
    account = ids.read("acc", enrolling.person.account)
    begun = enrolling.begins_method("password").json
    short = {"password": "vu owl k"}
    assert "too_short" == flaw(enrolling.confirms_method(begun["id"], short))
    house.db.write("test", lambda work: accounts.turn_two_step(work, account, is_on=True))
    assert "too_short" == flaw(enrolling.confirms_method(begun["id"], {"password": "vu owl"}))
    assert 200 == enrolling.confirms_method(begun["id"], short).status
    (kept,) = house.db.read(lambda work: methods.of_account(work, account))
    assert password.STANDS_ALONE != kept.public
    refused = enrolling.posts("/api/v1/two_step", {"on": False})
    assert (409, "password_short") == (refused.status, refused.code)


@pytest.mark.spec("M6")
def test_it_is_kept_whether_a_password_is_long_enough_to_stand_alone(enrolling, house):
    account = ids.read("acc", enrolling.person.account)
    enrolling.has_password(GOOD)
    (kept,) = house.db.read(lambda work: methods.of_account(work, account))
    assert password.STANDS_ALONE == kept.public
    house.db.write("test", lambda work: accounts.turn_two_step(work, account, is_on=True))
    assert "prove_more" == enrolling.posts("/api/v1/two_step", {"on": False}).code


@pytest.mark.spec("M6")
def test_none_of_the_last_five_is_taken_again(enrolling):
    for one in (GOOD, *LAST):
        assert 200 == enrolling.chooses(one).status
    begun = enrolling.begins_method("password").json
    for one in (GOOD, LAST[0], LAST[3]):
        assert "used_before" == flaw(enrolling.confirms_method(begun["id"], {"password": one}))
    assert 200 == enrolling.confirms_method(begun["id"], {"password": BETTER}).status
    assert 200 == enrolling.chooses(GOOD).status  # the sixth last


@pytest.mark.spec("M6")
def test_any_unicode_is_taken_and_read_alike_however_it_was_composed(enrolling):
    composed = "\u304b\u3099" * 8 + " の庭で本を読む"  # か and its mark, apart
    assert 200 == enrolling.chooses(composed).status
    begun = enrolling.begins_method("password").json
    joined = "\u304c" * 8 + " の庭で本を読む"
    assert "used_before" == flaw(enrolling.confirms_method(begun["id"], {"password": joined}))


@pytest.mark.spec("M6")
def test_a_list_of_breaches_is_asked_where_one_is_named(build_house, enrolling):
    asked = []

    def knows(password):
        asked.append(password)
        return {GOOD: True, BETTER: None}[password]

    replaced(enrolling.person.house, knows)
    begun = enrolling.begins_method("password").json
    assert "breached" == flaw(enrolling.confirms_method(begun["id"], {"password": GOOD}))
    assert "too_short" == flaw(enrolling.confirms_method(begun["id"], {"password": "short"}))
    assert 200 == enrolling.confirms_method(begun["id"], {"password": BETTER}).status
    assert [GOOD, BETTER] == asked  # what the rules refuse is sent nowhere


def replaced(house, knows):
    object.__setattr__(password.desk_of(house.built.means), "is_breached", knows)


@pytest.mark.spec("M6")
def test_a_short_one_is_not_kept_when_two_steps_are_turned_off_meanwhile(enrolling, house):
    account = ids.read("acc", enrolling.person.account)
    begun = enrolling.begins_method("password").json
    before = house.db.step

    def turn(*, is_on):
        house.db.write("test", lambda work: accounts.turn_two_step(work, account, is_on=is_on))

    def overtake(step):
        if step == "passwords.charge:after":
            house.db.step = before
            turn(is_on=False)

    turn(is_on=True)
    house.db.step = overtake
    answer = enrolling.confirms_method(begun["id"], {"password": "vu owl k"})
    assert "too_short" == flaw(answer)
    assert [] == enrolling.methods()


# --- removing ---


@pytest.mark.spec("M8")
def test_without_an_app_or_a_passkey_the_password_stays(enrolling):
    method = enrolling.has_password()
    refused = enrolling.deletes(f"{METHODS}/{method}")
    assert (409, "password_needed") == (refused.status, refused.code)
    begun = enrolling.begins_method("recovery_code").json
    group = re.split(r"\W+", begun["code"])[-1]
    assert 200 == enrolling.confirms_method(begun["id"], {"code": group}).status
    assert "password_needed" == enrolling.deletes(f"{METHODS}/{method}").code


@pytest.mark.spec("M8", "S4", "N1")
@pytest.mark.attack("041", "063")
def test_beside_a_passkey_the_password_goes_and_other_sessions_with_it(enrolling, house):
    method = enrolling.has_password()
    enrolling.has_passkey()
    assert "prove_more" == enrolling.deletes(f"{METHODS}/{method}").code
    other = again(enrolling.person)
    assert 204 == enrolling.removes_method(method).status
    assert ["passkey"] == [one["kind"] for one in enrolling.methods()]
    assert "not_signed_in" == other.person.gets(METHODS).code
    assert "method_removed" == purposes(house, enrolling.person.address)[0]
    assert 200 == enrolling.person.gets(METHODS).status


# --- as an attacker tries it ---


@pytest.mark.attack("035", "049")
def test_of_two_confirmations_at_once_one_sets_the_password(enrolling, house):
    begun = enrolling.begins_method("password").json
    both = (GOOD, BETTER)
    answers = at_once(
        2, lambda n: enrolling.confirms_method(begun["id"], {"password": both[n]}), house
    )
    assert ["200", "not_found"] == told(answers)
    assert 1 == len(enrolling.methods())
    assert 1 == purposes(house, enrolling.person.address).count("method_added")


@pytest.mark.attack("049")
def test_a_confirmation_after_the_removal_sets_nothing(enrolling):
    begun = enrolling.begins_method("password").json
    assert 204 == enrolling.deletes(f"{METHODS}/{begun['id']}").status
    assert "not_found" == enrolling.confirms_method(begun["id"], {"password": GOOD}).code
    method = enrolling.has_password()
    assert "not_found" == enrolling.confirms_method(method, {"password": BETTER}).code


@pytest.mark.attack("035")
def test_a_second_enrolment_takes_the_place_of_the_first(enrolling):
    first, second = (enrolling.begins_method("password").json for _ in range(2))
    assert "not_found" == enrolling.confirms_method(first["id"], {"password": GOOD}).code
    assert 200 == enrolling.confirms_method(second["id"], {"password": GOOD}).status


@pytest.mark.attack("049")
def test_a_confirmation_that_a_removal_overtakes_sets_nothing(enrolling, house):
    begun = enrolling.begins_method("password").json
    before = house.db.step

    def overtake(step):
        if step == "passwords.charge:after":
            house.db.step = before
            assert 204 == enrolling.deletes(f"{METHODS}/{begun['id']}").status

    house.db.step = overtake
    assert "not_found" == enrolling.confirms_method(begun["id"], {"password": GOOD}).code
    assert [] == enrolling.methods()


@pytest.mark.attack("106")
def test_another_accounts_password_is_not_there(enrolling, ben):
    begun = enrolling.begins_method("password").json
    ben.signs_in()
    other = type(enrolling)(ben)
    assert "not_found" == other.confirms_method(begun["id"], {"password": GOOD}).code
    method = enrolling.confirms_method(begun["id"], {"password": GOOD}).json["id"]
    assert "not_found" == other.removes_method(method).code
    assert "not_found" == other.confirms_method(method, {"password": BETTER}).code
    assert [method] == [one["id"] for one in enrolling.methods()]


@pytest.mark.spec("C6")
@pytest.mark.attack("007")
def test_what_the_present_one_is_cannot_be_guessed_by_choosing(enrolling):
    """ "One of the last five" would tell it; five tries cost a step-up."""
    enrolling.has_password(GOOD)
    begun = enrolling.begins_method("password").json
    answers = [enrolling.confirms_method(begun["id"], {"password": GOOD}) for _ in range(6)]
    assert ["used_before"] * 5 == [flaw(answer) for answer in answers[:5]]
    assert "too_many_tries" == answers[5].code
    assert "too_many_tries" == enrolling.confirms_method(begun["id"], {"password": BETTER}).code


@pytest.mark.spec("M6")
def test_slips_that_cost_no_hash_cost_no_try(enrolling):
    begun = enrolling.begins_method("password").json
    for _ in range(10):
        assert "too_short" == flaw(enrolling.confirms_method(begun["id"], {"password": "short"}))
    assert 200 == enrolling.confirms_method(begun["id"], {"password": GOOD}).status


@pytest.mark.attack("065")
@pytest.mark.parametrize(
    "body",
    [
        {"password": GOOD, "account": "acc_0000000000000"},
        {"password": GOOD, "state": "active"},
        {"password": GOOD, "code": "000000"},
        {"password": [GOOD]},
        {"password": {"a": GOOD}},
        {"password": None},
        {"password": 12345678901234567},
        {"code": GOOD},
        {},
        [GOOD],
    ],
)
def test_what_is_no_password_alone_is_refused(enrolling, body):
    begun = enrolling.begins_method("password").json
    assert "invalid_input" == enrolling.confirms_method(begun["id"], body).code
    assert 200 == enrolling.confirms_method(begun["id"], {"password": GOOD}).status


@pytest.mark.attack("065")
def test_a_password_has_no_name(enrolling):
    body = {"kind": "password", "name": "Mine"}
    flow = {"purpose": "step_up", "act": "methods.add", "parameters": body}
    assert "invalid_input" == enrolling.posts("/api/v1/flows", flow).code
    method = enrolling.has_password()
    assert "invalid_input" == enrolling.renames(method, "Mine").code


@pytest.mark.spec("M6")
def test_a_full_line_refuses_before_a_try_is_charged(enrolling, house):
    begun = enrolling.begins_method("password").json
    pool = password.desk_of(house.built.means).pool
    now = house.clock.now()
    places = [pool.place(now) for _ in range(AT_ONCE + WAITING)]
    for place in places:
        place.__enter__()
    refused = enrolling.confirms_method(begun["id"], {"password": GOOD})
    assert (503, "unavailable") == (refused.status, refused.code)
    for place in places:
        place.__exit__(None, None, None)
    assert 200 == enrolling.confirms_method(begun["id"], {"password": GOOD}).status


@pytest.mark.spec("C9")
def test_no_password_is_kept_in_clear(enrolling, house):
    enrolling.has_password(GOOD)
    rows = house.db.read(lambda work: work.all(ALL))
    assert rows
    assert not [row for row in rows if GOOD.encode() in bytes(row[0])]
    assert not [row for row in rows if b"argon2id" in bytes(row[0])]  # sealed under its method

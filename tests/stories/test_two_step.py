"""Methods and two-step verification: an app as the second proof, and the road of a lost phone."""

import re

import pytest

from tests.support.guarded import Guarded
from tests.support.people import at_once
from tests.support.signing import PASSWORD


@pytest.mark.spec("M3")
@pytest.mark.attack("034", "035")
def test_an_app_counts_once_its_code_was_given_back(settled):
    guarded = Guarded(settled.person)
    body = {"kind": "totp", "name": "My phone"}
    assert "prove_more" == guarded.posts("/api/v1/methods", body).code
    guarded.proves("methods.add", body)
    begun = guarded.posts("/api/v1/methods", body).json
    guarded.secret = begun["secret"]
    listed = guarded.person.gets("/api/v1/methods")
    assert [] == listed.json["data"]
    wrong = guarded.confirms_method(begun["id"], "000000")
    assert ("code_wrong", True) == (wrong.code, "the app" in wrong.json["user_message"])
    assert 200 == guarded.confirms_method(begun["id"], guarded.app_code()).status
    again = guarded.confirms_method(begun["id"], guarded.app_code())
    assert ("code_used", True) == (again.code, "already" in again.json["user_message"])
    listed = guarded.person.gets("/api/v1/methods")
    assert ["My phone"] == [one["name"] for one in listed.json["data"]]
    assert re.sub(r"\W", "", begun["secret"]) not in listed.text


@pytest.mark.spec("M3", "H2")
@pytest.mark.attack("033")
def test_whose_phone_shows_another_time_hears_so_while_adding_its_app_and_never_again(
    settled, house
):
    guarded = Guarded(settled.person)
    body = {"kind": "totp", "name": "My phone"}
    guarded.proves("methods.add", body)
    begun = guarded.posts("/api/v1/methods", body).json
    guarded.secret = begun["secret"]
    old = guarded.app_code()
    house.clock.move(minutes=5)
    told = guarded.confirms_method(begun["id"], old)
    assert ("code_wrong", ["clock_behind"]) == (
        told.code,
        [one["code"] for one in told.json["errors"]],
    )
    assert "about 5 minutes behind" in told.json["user_message"]
    assert 200 == guarded.confirms_method(begun["id"], guarded.app_code()).status
    assert "code_used" == guarded.confirms_method(begun["id"], old).code


@pytest.mark.spec("M3", "M6")
def test_what_needs_no_name_is_added_without_one(settled):
    guarded = Guarded(settled.person)
    guarded.proves("methods.add", {"kind": "password"})
    assert 201 == guarded.posts("/api/v1/methods", {"kind": "password"}).status
    for _ in range(2):
        guarded.person.house.clock.move(minutes=3)
        guarded.proves("methods.add", {"kind": "totp"})
        begun = guarded.posts("/api/v1/methods", {"kind": "totp"}).json
        guarded.secret = begun["secret"]
        assert 200 == guarded.confirms_method(begun["id"], guarded.app_code()).status
    names = [one["name"] for one in guarded.person.gets("/api/v1/methods").json["data"]]
    assert ["Authenticator app", "Authenticator app 2"] == names


@pytest.mark.spec("M10", "M3")
def test_two_proofs_open_a_session_and_one_opens_nothing(cautious):
    attempt, first = cautious.first_proof()
    assert "open" == first.json["state"]
    assert {"totp", "recovery_code"} == {one["kind"] for one in first.json["options"]}
    assert "session" not in first.json
    second = cautious.answers_second(attempt, first, "totp", cautious.app_code())
    assert "passed" == second.json["state"]
    bearer = {"Authorization": f"Bearer {second.json['session']['token']}"}
    session = cautious.person.client.get("/api/v1/session", bearer).json
    assert ["email_code", "totp"] == session["methods"]
    assert session["acr"].endswith("aal1")  # an e-mailed code adds no level (63B-4 §3.1.3.1)


@pytest.mark.spec("M10")
@pytest.mark.attack("038", "039")
def test_after_the_first_proof_no_road_leads_around_the_second(cautious, house):
    attempt, first = cautious.first_proof()
    code = house.inbox.code(cautious.person.address)
    for _ in range(3):
        assert attempt.type(code, cautious.person.device).code in {"code_used", "code_expired"}
    again = attempt.ask(cautious.person.device)  # another code by mail is the same kind again
    assert "option_unknown" == again.code
    attempt.option = first.json["options"][0]["id"]
    attempt.ask(cautious.person.device)
    assert "code_wrong" == attempt.type(code, cautious.person.device).code
    assert "passed" != attempt.look().json["state"]


@pytest.mark.spec("M3")
@pytest.mark.attack("029")
def test_a_code_of_the_app_opens_one_session(cautious):
    attempt, first = cautious.first_proof()
    code = cautious.app_code()
    assert 200 == cautious.answers_second(attempt, first, "totp", code).status
    cautious.person.house.clock.move(seconds=1)
    attempt, first = cautious.first_proof()
    assert "code_used" == cautious.answers_second(attempt, first, "totp", code).code


@pytest.mark.spec("M10")
@pytest.mark.attack("029")
def test_a_code_of_the_app_that_is_used_again_elsewhere_warns_its_owner(cautious, house):
    """NIST SP 800-63B-4 §3.1.4.2: somebody may have looked over a shoulder."""
    attempt, first = cautious.first_proof()
    code = cautious.app_code()
    assert 200 == cautious.answers_second(attempt, first, "totp", code).status
    house.clock.move(seconds=1)
    cautious.person.client, cautious.person.device = house.client("198.18.7.7"), ""
    attempt, first = cautious.first_proof()
    assert "code_used" == cautious.answers_second(attempt, first, "totp", code).code
    told = [one.purpose for one in house.inbox.notices(cautious.person.address)]
    assert 1 == told.count("second_step_failed")


@pytest.mark.spec("M7")
@pytest.mark.attack("036")
def test_a_recovery_code_opens_one_session_and_is_replaced(cautious):
    attempt, first = cautious.first_proof()
    typed = cautious.code.lower().replace("-", " ")
    passed = cautious.answers_second(attempt, first, "recovery_code", typed)
    assert "passed" == passed.json["state"]
    house = cautious.person.house
    told = [one.purpose for one in house.inbox.notices(cautious.person.address)]
    assert 1 == told.count("recovery_code_used"), "its owner hears of it, NIST 4.2.1.1"
    new = passed.json["recovery_code"]
    assert new != cautious.code
    cautious.person.house.clock.move(seconds=61)
    attempt, first = cautious.first_proof()
    assert (
        "code_used" == cautious.answers_second(attempt, first, "recovery_code", cautious.code).code
    )
    assert 200 == attempt.type(new, cautious.person.device).status


@pytest.mark.spec("M7", "M10")
@pytest.mark.attack("036")
def test_a_recovery_code_given_first_is_replaced_when_the_second_proof_is_given_too(strict, house):
    """Who holds nothing else learns nothing; who stops half-way loses nothing; the owner hears."""
    for _ in range(2):
        first = strict.elsewhere().by_code("recovery_code", strict.code)
        assert ("open", None) == (first.json["state"], first.json.get("recovery_code"))
    told = [one.purpose for one in house.inbox.notices(strict.person.address)]
    assert (1, 0) == (told.count("recovery_code_typed"), told.count("recovery_code_used"))
    sign_in = strict.elsewhere()
    assert "open" == sign_in.by_code("recovery_code", strict.code).json["state"]
    passed = sign_in.by_code("totp", strict.app_code())
    assert "code_used" == sign_in.gives(code=strict.app_code(now=True)).code
    new = passed.json["recovery_code"]
    assert ("passed", True) == (passed.json["state"], new != strict.code)
    told = [one.purpose for one in house.inbox.notices(strict.person.address)]
    assert (1, 1) == (told.count("recovery_code_typed"), told.count("recovery_code_used"))
    old = strict.elsewhere().by_code("recovery_code", strict.code)
    assert ("code_used", True) == (old.code, "a new one" in old.json["user_message"])
    assert "open" == strict.elsewhere().by_code("recovery_code", new).json["state"]


@pytest.mark.spec("M7")
@pytest.mark.attack("036")
def test_a_recovery_code_half_used_twice_passes_once(strict, house):
    halves = [strict.elsewhere(), strict.elsewhere("198.18.7.7")]
    for one in halves:
        assert "open" == one.by_code("recovery_code", strict.code).json["state"]
    house.clock.move(seconds=1)
    seconds = [one.asks("password") for one in halves]
    assert [201, 201] == [one.status for one in seconds]
    told = [one.gives(password=PASSWORD) for one in halves]
    assert ["", "flow_expired"] == [one.json.get("code", "") for one in told]


@pytest.mark.spec("M7", "P8")
@pytest.mark.attack("036")
def test_a_step_up_that_a_recovery_code_begins_shows_the_new_one_at_its_end(strict):
    step_up = strict.begins("methods.add", {"kind": "totp", "name": "Other"})
    chosen = {one["kind"]: one["id"] for one in step_up.begun.json["options"]}
    step_up.option = chosen["recovery_code"]
    assert 201 == step_up.ask(strict.person.device).status
    first = step_up.type(strict.code)
    assert ("open", None) == (first.json["state"], first.json.get("recovery_code"))
    step_up.option = next(one["id"] for one in first.json["options"] if one["kind"] == "totp")
    assert 201 == step_up.ask(strict.person.device).status
    passed = step_up.type(strict.app_code())
    assert ("passed", 29) == (passed.json["state"], len(passed.json["recovery_code"]))
    assert 201 == strict.posts("/api/v1/methods", {"kind": "totp", "name": "Other"}).status


@pytest.mark.spec("M10", "P8")
@pytest.mark.attack("041", "042")
def test_with_two_step_on_a_change_wants_two_proofs(cautious):
    body = {"kind": "email", "address": "asha.second@example.net"}
    attempt = cautious.begins("contacts.add", body)
    attempt.ask(cautious.person.device)
    first = attempt.type(cautious.person.house.inbox.code(cautious.person.address))
    assert "open" == first.json["state"]
    assert "prove_more" == cautious.posts("/api/v1/contacts", body).code
    cautious.person.house.clock.move(seconds=31)
    second = cautious.answers_second(attempt, first, "totp", cautious.app_code())
    assert "passed" == second.json["state"]
    assert 201 == cautious.posts("/api/v1/contacts", body).status


@pytest.mark.spec("M10", "N1")
def test_turning_it_on_ends_what_proved_too_little_and_tells_every_contact(guarded, house):
    guarded.has_added()
    other = guarded.person.token
    guarded.person.signs_in()
    answer = guarded.turns(on=True)
    assert 1 <= answer.json["ended"]
    again = guarded.posts("/api/v1/two_step", {"on": True})
    told = "Two-step verification is on already."
    assert ("already_there", told) == (again.code, again.json["user_message"])
    ended = guarded.person.client.get("/api/v1/session", {"Authorization": f"Bearer {other}"})
    assert "not_signed_in" == ended.code
    for address in (guarded.person.address, "asha.second@example.net"):
        assert "two_step_on" == house.inbox.notices(address)[0].purpose


@pytest.mark.spec("M10")
def test_without_a_spare_it_is_not_turned_on_and_with_it_on_the_last_app_stays(settled):
    guarded = Guarded(settled.person)
    assert "nothing_to_prove" == guarded.turns(on=True).code
    guarded.enrols_app()
    assert "nothing_to_prove" == guarded.turns(on=True).code
    guarded.makes_recovery_code()
    assert 200 == guarded.turns(on=True).status
    guarded.proves("methods.remove", {"id": guarded.app})
    assert "still_needed" == guarded.deletes(f"/api/v1/methods/{guarded.app}").code
    guarded.proves("two_step.off", {})
    assert 200 == guarded.posts("/api/v1/two_step", {"on": False}).status
    guarded.proves("methods.remove", {"id": guarded.app})
    assert 204 == guarded.deletes(f"/api/v1/methods/{guarded.app}").status


@pytest.mark.spec("M10")
def test_a_right_first_proof_with_a_wrong_second_is_told_to_the_owner(cautious, house):
    stranger = house.client("198.18.7.7")
    cautious.person.client, cautious.person.device = stranger, ""
    attempt, first = cautious.first_proof()
    for _ in range(3):
        assert "code_wrong" == cautious.answers_second(attempt, first, "totp", "000000").code
    told = [one.purpose for one in house.inbox.notices(cautious.person.address)]
    assert 1 == told.count("second_step_failed")


@pytest.mark.spec("C6", "M3")
@pytest.mark.attack("033", "001")
def test_tries_at_an_app_are_bounded_over_all_flows_of_strangers(cautious, house, clock):
    told = []
    for number in range(8):
        cautious.person.client, cautious.person.device = house.client(f"198.18.{number}.7"), ""
        clock.move(minutes=2)
        attempt, first = cautious.first_proof()
        told.append(cautious.answers_second(attempt, first, "totp", "000000").code)
        told += [attempt.type("000001").code for _ in range(3)]
    assert 10 == told.count("code_wrong")
    assert "too_many_tries" == told[-1]
    assert "too_many_tries" == attempt.type(cautious.app_code()).code


@pytest.mark.spec("C6", "F2", "M3")
def test_strangers_who_close_an_app_do_not_stop_a_browser_that_the_account_knows(
    cautious, house, clock
):
    at_home, device = cautious.person.client, cautious.person.device
    for number in range(4):
        cautious.person.client, cautious.person.device = house.client(f"198.18.{number}.7"), ""
        clock.move(minutes=2)
        attempt, first = cautious.first_proof()
        cautious.answers_second(attempt, first, "totp", "000000")
        for _ in range(3):
            attempt.type("000001")
    assert "too_many_tries" == attempt.type(cautious.app_code()).code
    cautious.person.client, cautious.person.device = at_home, device
    clock.move(minutes=2)
    attempt, first = cautious.first_proof()
    assert 200 == cautious.answers_second(attempt, first, "totp", cautious.app_code()).status


@pytest.mark.spec("M10", "M3", "C3")
@pytest.mark.attack("029", "022")
def test_of_many_right_second_proofs_at_once_one_session_comes(cautious):
    attempt, first = cautious.first_proof()
    attempt.option = first.json["options"][0]["id"]
    assert 201 == attempt.ask(cautious.person.device).status
    code = cautious.app_code()
    answers = at_once(
        5, lambda _: attempt.type(code, cautious.person.device), cautious.person.house
    )
    assert [200] == [one.status for one in answers if one.status == 200]


@pytest.mark.spec("M10")
@pytest.mark.attack("044")
def test_what_an_account_can_prove_is_read_at_that_moment(cautious):
    """An app that is removed between the asking and the answer proves nothing any more."""
    cautious.enrols_second_app()
    attempt, first = cautious.first_proof()
    chosen = [one for one in first.json["options"] if one["hint"] == "My tablet"]
    attempt.option = chosen[0]["id"]
    assert 201 == attempt.ask(cautious.person.device).status
    cautious.proves("methods.remove", {"id": cautious.tablet})
    assert 204 == cautious.deletes(f"/api/v1/methods/{cautious.tablet}").status
    told = attempt.type(cautious.app_code(), cautious.person.device)
    assert "flow_expired" == told.code  # and half a sign-in ends with every change (spec V5)

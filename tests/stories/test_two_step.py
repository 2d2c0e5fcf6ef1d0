"""Methods and two-step verification: an app as the second proof, and the road of a lost phone."""

import re

import pyotp
import pytest

from tests.support.people import Attempt, at_once
from tests.support.settled import Settled


class Guarded(Settled):
    """A person with an authenticator app and a recovery code."""

    secret: str = ""
    app: str = ""
    code: str = ""
    tablet: str = ""

    def enrols_app(self):
        body = {"kind": "totp", "name": "My phone"}
        self.proves("methods.add", body)
        begun = self.posts("/api/v1/methods", body)
        assert 201 == begun.status, begun.text
        self.app, self.secret = begun.json["id"], begun.json["secret"]
        confirmed = self.confirms_method(self.app, self.app_code())
        assert 200 == confirmed.status, confirmed.text

    def enrols_second_app(self):
        body = {"kind": "totp", "name": "My tablet"}
        self.proves("methods.add", body)
        begun = self.posts("/api/v1/methods", body).json
        self.tablet = begun["id"]
        code = pyotp.TOTP(re.sub(r"\W", "", begun["secret"])).at(self.person.house.clock.now())
        assert 200 == self.confirms_method(self.tablet, code).status

    def makes_recovery_code(self):
        body = {"kind": "recovery_code", "name": ""}
        self.proves("methods.add", body)
        begun = self.posts("/api/v1/methods", body).json
        self.code = begun["code"]
        last_group = re.split(r"\W+", self.code)[-1]
        assert 200 == self.confirms_method(begun["id"], last_group).status

    def confirms_method(self, method, code):
        return self.posts(f"/api/v1/methods/{method}/confirm", {"code": code})

    def app_code(self):
        return pyotp.TOTP(re.sub(r"\W", "", self.secret)).at(self.person.house.clock.now())

    def turns(self, *, on):
        self.proves(f"two_step.{'on' if on else 'off'}", {})
        return self.posts("/api/v1/two_step", {"on": on})

    def proves(self, act, parameters):
        """Prove for an act, by both proofs where two are wanted."""
        clock = self.person.house.clock
        clock.move(minutes=3)
        attempt = self.begins(act, parameters)
        assert 201 == attempt.ask(self.person.device).status
        answer = attempt.type(self.person.house.inbox.code(self.person.address))
        assert 200 == answer.status, answer.text
        if answer.json["state"] == "open":
            answer = self.answers_second(attempt, answer, "totp", self.app_code())
            assert (200, "passed") == (answer.status, answer.json.get("state")), answer.text
        return attempt

    def first_proof(self):
        attempt = self.person.asks_for_a_code()
        answer = attempt.type(self.person.house.inbox.code(self.person.address), self.person.device)
        assert 200 == answer.status, answer.text
        return attempt, answer

    def answers_second(self, attempt: Attempt, first, kind, code):
        attempt.option = next(one["id"] for one in first.json["options"] if one["kind"] == kind)
        asked = attempt.ask(self.person.device)
        assert (201, kind, None) == (asked.status, asked.json["kind"], asked.json["label"])
        return attempt.type(code, self.person.device)


@pytest.fixture
def guarded(settled):
    guarded = Guarded(settled.person)
    guarded.enrols_app()
    guarded.makes_recovery_code()
    return guarded


@pytest.fixture
def strict(guarded):
    answer = guarded.turns(on=True)
    assert (200, True) == (answer.status, answer.json["on"]), answer.text
    guarded.person.house.clock.move(minutes=2)
    return guarded


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
    assert "code_wrong" == guarded.confirms_method(begun["id"], "000000").code
    assert 200 == guarded.confirms_method(begun["id"], guarded.app_code()).status
    listed = guarded.person.gets("/api/v1/methods")
    assert ["My phone"] == [one["name"] for one in listed.json["data"]]
    assert re.sub(r"\W", "", begun["secret"]) not in listed.text


@pytest.mark.spec("M10", "M3")
def test_two_proofs_open_a_session_and_one_opens_nothing(strict):
    attempt, first = strict.first_proof()
    assert "open" == first.json["state"]
    assert {"totp", "recovery_code"} == {one["kind"] for one in first.json["options"]}
    assert "session" not in first.json
    second = strict.answers_second(attempt, first, "totp", strict.app_code())
    assert "passed" == second.json["state"]
    bearer = {"Authorization": f"Bearer {second.json['session']['token']}"}
    session = strict.person.client.get("/api/v1/session", bearer).json
    assert ["email_code", "totp"] == session["methods"]
    assert session["acr"].endswith("aal1")  # an e-mailed code adds no level (63B-4 §3.1.3.1)


@pytest.mark.spec("M10")
@pytest.mark.attack("038", "039")
def test_after_the_first_proof_no_road_leads_around_the_second(strict, house):
    attempt, first = strict.first_proof()
    code = house.inbox.code(strict.person.address)
    for _ in range(3):
        assert attempt.type(code, strict.person.device).code in {"code_used", "code_expired"}
    again = attempt.ask(strict.person.device)  # another code by mail is the same kind again
    assert "option_unknown" == again.code
    attempt.option = first.json["options"][0]["id"]
    attempt.ask(strict.person.device)
    assert "code_wrong" == attempt.type(code, strict.person.device).code
    assert "passed" != attempt.look().json["state"]


@pytest.mark.spec("M3")
@pytest.mark.attack("029")
def test_a_code_of_the_app_opens_one_session(strict):
    attempt, first = strict.first_proof()
    code = strict.app_code()
    assert 200 == strict.answers_second(attempt, first, "totp", code).status
    strict.person.house.clock.move(seconds=1)
    attempt, first = strict.first_proof()
    assert "code_used" == strict.answers_second(attempt, first, "totp", code).code


@pytest.mark.spec("M7")
@pytest.mark.attack("036")
def test_a_recovery_code_opens_one_session_and_is_replaced(strict):
    attempt, first = strict.first_proof()
    typed = strict.code.lower().replace("-", " ")
    passed = strict.answers_second(attempt, first, "recovery_code", typed)
    assert "passed" == passed.json["state"]
    new = passed.json["recovery_code"]
    assert new != strict.code
    strict.person.house.clock.move(seconds=61)
    attempt, first = strict.first_proof()
    assert "code_used" == strict.answers_second(attempt, first, "recovery_code", strict.code).code
    assert 200 == attempt.type(new, strict.person.device).status


@pytest.mark.spec("M10", "P8")
@pytest.mark.attack("041", "042")
def test_with_two_step_on_a_change_wants_two_proofs(strict):
    body = {"kind": "email", "address": "asha.second@example.net"}
    attempt = strict.begins("contacts.add", body)
    attempt.ask(strict.person.device)
    first = attempt.type(strict.person.house.inbox.code(strict.person.address))
    assert "open" == first.json["state"]
    assert "prove_more" == strict.posts("/api/v1/contacts", body).code
    strict.person.house.clock.move(seconds=31)
    second = strict.answers_second(attempt, first, "totp", strict.app_code())
    assert "passed" == second.json["state"]
    assert 201 == strict.posts("/api/v1/contacts", body).status


@pytest.mark.spec("M10", "N1")
def test_turning_it_on_ends_what_proved_too_little_and_tells_every_contact(guarded, house):
    guarded.has_added()
    other = guarded.person.token
    guarded.person.signs_in()
    answer = guarded.turns(on=True)
    assert 1 <= answer.json["ended"]
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
def test_a_right_first_proof_with_a_wrong_second_is_told_to_the_owner(strict, house):
    stranger = house.client("198.18.7.7")
    strict.person.client, strict.person.device = stranger, ""
    attempt, first = strict.first_proof()
    for _ in range(3):
        assert "code_wrong" == strict.answers_second(attempt, first, "totp", "000000").code
    told = [one.purpose for one in house.inbox.notices(strict.person.address)]
    assert 1 == told.count("second_step_failed")


@pytest.mark.spec("C6", "M3")
@pytest.mark.attack("033", "001")
def test_tries_at_an_app_are_bounded_over_all_flows_of_strangers(strict, house, clock):
    told = []
    for number in range(8):
        strict.person.client, strict.person.device = house.client(f"198.18.{number}.7"), ""
        clock.move(minutes=2)
        attempt, first = strict.first_proof()
        told.append(strict.answers_second(attempt, first, "totp", "000000").code)
        told += [attempt.type("000001").code for _ in range(3)]
    assert 10 == told.count("code_wrong")
    assert "too_many_tries" == told[-1]
    assert "too_many_tries" == attempt.type(strict.app_code()).code


@pytest.mark.spec("C6", "F2", "M3")
def test_strangers_who_close_an_app_do_not_stop_a_browser_that_the_account_knows(
    strict, house, clock
):
    at_home, device = strict.person.client, strict.person.device
    for number in range(4):
        strict.person.client, strict.person.device = house.client(f"198.18.{number}.7"), ""
        clock.move(minutes=2)
        attempt, first = strict.first_proof()
        strict.answers_second(attempt, first, "totp", "000000")
        for _ in range(3):
            attempt.type("000001")
    assert "too_many_tries" == attempt.type(strict.app_code()).code
    strict.person.client, strict.person.device = at_home, device
    clock.move(minutes=2)
    attempt, first = strict.first_proof()
    assert 200 == strict.answers_second(attempt, first, "totp", strict.app_code()).status


@pytest.mark.spec("M10", "M3", "C3")
@pytest.mark.attack("029", "022")
def test_of_many_right_second_proofs_at_once_one_session_comes(strict):
    attempt, first = strict.first_proof()
    attempt.option = first.json["options"][0]["id"]
    assert 201 == attempt.ask(strict.person.device).status
    code = strict.app_code()
    answers = at_once(5, lambda _: attempt.type(code, strict.person.device), strict.person.house)
    assert [200] == [one.status for one in answers if one.status == 200]


@pytest.mark.spec("M10")
@pytest.mark.attack("044")
def test_what_an_account_can_prove_is_read_at_that_moment(strict):
    """An app that is removed between the asking and the answer proves nothing any more."""
    strict.enrols_second_app()
    attempt, first = strict.first_proof()
    chosen = [one for one in first.json["options"] if one["hint"] == "My tablet"]
    attempt.option = chosen[0]["id"]
    assert 201 == attempt.ask(strict.person.device).status
    strict.proves("methods.remove", {"id": strict.tablet})
    assert 204 == strict.deletes(f"/api/v1/methods/{strict.tablet}").status
    assert 401 == attempt.type(strict.app_code(), strict.person.device).status

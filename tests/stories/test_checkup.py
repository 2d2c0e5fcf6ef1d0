"""The check-up: the owner is asked now and then, and sees what does not reach him (spec P7)."""

import pytest

from sekisho.records.delivery.rules import Rejected
from tests.support.signing import SignIn

pytestmark = pytest.mark.spec("P7")
PAGE = "/account/security/checkup"
API = "/api/v1/checkup"
QUESTION = "Are these contacts still right?"


def looks(settled):
    return settled.person.gets(API).json


def confirms(settled, what):
    return settled.posts(f"{API}/confirm", {"what": what})


def opens(settled):
    """The person's browser, with the session."""
    page = settled.person.client
    page.jar["sekisho_session"] = settled.person.token
    return page


def steps(settled):
    return {one["step"]: one["done"] for one in looks(settled)["steps"]}


def test_after_three_months_the_home_asks_and_an_answer_rests_for_three_more(settled, clock):
    assert QUESTION not in opens(settled).get("/account").text
    assert not looks(settled)["contacts_due"]
    clock.move(days=91)
    settled.person.signs_in()
    page = opens(settled)
    home = page.get("/account").text
    assert QUESTION in home
    assert "as*****<wbr>@example.org" in home
    answered = page.submit(PAGE, {"back": "home"}, at=PAGE)
    assert "/account?confirmed=1" == answered.header("Location")
    home = page.follow(answered).text
    assert QUESTION not in home
    assert "Thank you" in home
    assert "contacts_confirmed" in [one["kind"] for one in settled.person.events()]
    clock.move(days=91)
    settled.person.signs_in()
    assert QUESTION in opens(settled).get("/account").text


def test_a_program_asks_and_answers_too(settled, clock):
    clock.move(days=91)
    settled.person.signs_in()
    seen = looks(settled)
    assert (True, None) == (seen["contacts_due"], seen["contacts_confirmed_at"])
    (only,) = seen["contacts"]
    assert ("email", "as*****@example.org", "ok", None) == (
        only["kind"],
        only["hint"],
        only["health"],
        only["failing_since"],
    )
    answer = confirms(settled, "contacts")
    assert (200, False) == (answer.status, answer.json["contacts_due"])
    assert answer.json["contacts_confirmed_at"]
    for wrong in ("everything", "", None):
        assert "invalid_input" == confirms(settled, wrong).code


def test_adding_a_contact_is_an_answer_too(settled, clock):
    clock.move(days=91)
    settled.person.signs_in()
    assert looks(settled)["contacts_due"]
    assert not steps(settled)["second_contact"]
    settled.has_added()
    assert not looks(settled)["contacts_due"]
    assert steps(settled)["second_contact"]


@pytest.mark.spec("D4")
@pytest.mark.attack("071")
def test_a_contact_that_bounces_is_marked_and_still_told_of_everything(settled, house, clock):
    """A forged bounce would else be a way to silence somebody."""
    third = settled.has_added("asha.third@example.net")
    settled.has_added()
    clock.move(minutes=1)
    house.send_mail()
    send = house.mail.send
    house.office.providers["email"].send = lambda _: Rejected("550 no such user")
    assert 201 == settled.posts(f"/api/v1/contacts/{third}/test", {}).status
    house.send_mail()
    house.office.providers["email"].send = send

    page = opens(settled)
    assert "don&#39;t get through" in page.get("/account").text
    assert "Not reached" in page.get(PAGE).text
    (failing,) = [one for one in looks(settled)["contacts"] if one["health"] == "failing"]
    assert (third, True) == (failing["id"], bool(failing["failing_since"]))
    assert not steps(settled)["reached"]

    before = len(house.inbox.notices("asha.third@example.net"))
    settled.has_added("asha.fourth@example.net")
    assert before + 1 == len(house.inbox.notices("asha.third@example.net"))
    assert steps(settled)["reached"]  # that notice was taken
    assert "don&#39;t get through" not in page.get("/account").text


def test_a_year_later_a_contact_is_old_until_its_owner_says_that_it_is_right(settled, clock):
    clock.move(days=366)
    settled.person.signs_in()
    assert ["stale"] == [one["health"] for one in looks(settled)["contacts"]]
    assert "Not confirmed lately" in opens(settled).get(PAGE).text
    confirms(settled, "contacts")
    assert ["ok"] == [one["health"] for one in looks(settled)["contacts"]]


def stays_signed_in(person, clock, days):
    for _ in range(days):
        clock.move(hours=23, minutes=50)
        assert 200 == person.gets("/api/v1/session").status


@pytest.mark.spec("M10")
def test_a_second_step_that_was_never_used_is_to_be_tried_after_four_weeks(strict, clock):
    person = strict.person
    assert not looks(strict)["second_step_due"]
    assert steps(strict)["second_step"]
    stays_signed_in(person, clock, 29)
    assert looks(strict)["second_step_due"]
    assert not steps(strict)["second_step"]
    page = opens(strict)
    assert "Does your second step work?" in page.get("/account").text
    assert "prove_more" == confirms(strict, "second_step").code
    step_up = SignIn(strict.begins("two_step.try", {}), person.device)
    assert "open" == strict.sends_code(step_up).json["state"]
    assert 200 == step_up.by_code("totp", strict.app_code()).status
    answer = confirms(strict, "second_step")
    assert (200, False) == (answer.status, answer.json["second_step_due"])
    assert "Does your second step work?" not in page.get("/account").text
    assert "second_step_tried" in [one["kind"] for one in person.events()]


@pytest.mark.spec("M10")
def test_who_signed_in_with_it_is_not_asked(strict, clock):
    clock.move(hours=1)
    sign_in = strict.elsewhere()
    strict.sends_code(sign_in)
    assert 200 == sign_in.by_code("totp", strict.app_code()).status
    assert None is looks(strict)["second_step_due_at"]


@pytest.mark.spec("M10")
def test_where_two_step_verification_is_off_there_is_nothing_to_try(settled):
    assert None is looks(settled)["second_step_due_at"]
    settled.proves("two_step.try", {})
    assert "not_found" == confirms(settled, "second_step").code
    assert "Does your second step work?" not in opens(settled).get(PAGE).text


@pytest.mark.attack("095")
def test_a_form_of_another_site_confirms_nothing(settled, clock):
    clock.move(days=91)
    settled.person.signs_in()
    answer = opens(settled).form(PAGE, {"form_token": "x"}, {"Origin": "https://evil.example"})
    assert 403 == answer.status
    assert looks(settled)["contacts_due"]


def test_who_is_not_signed_in_sees_nothing(house):
    assert "not_signed_in" == house.api.get(API).code
    assert "not_signed_in" == house.api.post(f"{API}/confirm", {"what": "contacts"}).code
    assert "/sign-in" == house.api.get(PAGE).header("Location")

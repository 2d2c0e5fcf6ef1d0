"""Phones in a real browser: a number is typed, its code comes by text or is read by a call."""

from itertools import count

import pytest
from playwright.sync_api import expect

from tests.browser.judging import NARROW, is_clean

HOME = "/account/security"
_NUMBERS = count(10)  # each test has numbers of its own


@pytest.fixture
def number():
    """The last two digits of a number that nobody used before."""
    return f"{next(_NUMBERS):02}"


def begins_to_add(asha, typed):
    asha.opens(HOME)
    asha.follows("security.add_phone")
    asha.heading_is("add_phone.title")
    asha.page.get_by_label(asha.words("add_phone.label")).fill(typed)


def confirms(asha):
    asha.presses("security_add.button")
    asha.heading_is("step_up.title")
    asha.field().fill(asha.code())
    asha.presses("step_up.button")
    asha.heading_is("verify.title")


@pytest.mark.spec("P1", "P2", "P3", "M2")
def test_a_phone_is_added_by_a_text_on_a_narrow_screen(person, language, number):
    asha = person(language, viewport=NARROW)
    asha.signs_in()
    begins_to_add(asha, f"０９０（１２３４）５６{number}")
    is_clean(asha)
    confirms(asha)
    asha.reads(asha.words("phone.sent_sms", end=number))
    is_clean(asha)
    text = asha.server.letter(f"+8190123456{number}", asha.label())
    assert "sms" == text["channel"]
    asha.field().fill(text["code"])
    asha.presses("verify.button")
    asha.hears(asha.words("security.was_added", hint=f"******{number}"))
    expect(asha.page.locator(".card")).to_have_count(2)
    asha.reads(asha.words("phone.by_sms_voice"))
    is_clean(asha)


@pytest.mark.spec("M2", "P3")
def test_a_landline_is_called_and_can_be_called_again_without_scripts(person, language, number):
    asha = person(language, java_script_enabled=False)
    asha.signs_in()
    begins_to_add(asha, f"03-1234-56{number}")
    confirms(asha)
    asha.reads(asha.words("phone.sent_voice", end=number))
    call = asha.server.letter(f"+813123456{number}", asha.label())
    assert "voice" == call["channel"]
    asha.server.advance(31)
    asha.presses("phone.again_voice")
    asha.reads(asha.words("phone.sent_voice", end=number))
    again = asha.server.letter(f"+813123456{number}", asha.label())
    asha.field().fill(again["code"])
    asha.presses("verify.button")
    asha.heading_is("security.title")
    asha.reads(asha.words("phone.by_voice"))


@pytest.mark.spec("P3")
@pytest.mark.parametrize(
    ("typed", "flaw"), [("050-1234-5678", "voip"), ("090-1234-567", "invalid"), ("x", "unreadable")]
)
def test_a_number_that_will_not_do_is_refused_with_the_reason(person, language, typed, flaw):
    asha = person(language)
    asha.signs_in()
    begins_to_add(asha, typed)
    asha.presses("security_add.button")
    asha.is_told(asha.words(f"phone.{flaw}"))
    expect(asha.page.get_by_label(asha.words("add_phone.label"))).to_have_value(typed)

"""Security info in a real browser: adding and removing a contact, each after a step-up."""

import pytest
from playwright.sync_api import expect

from tests.browser.judging import NARROW, is_clean
from tests.browser.person import new_address

HOME = "/account/security"
HINTS = ("as*****@example.com", "se*****@example.com")


@pytest.fixture
def second():
    return new_address("second")


@pytest.fixture
def narrow(person, language):
    asha = person(language, viewport=NARROW)
    asha.signs_in()
    return asha


def begins_to_add(asha, address):
    asha.opens(HOME)
    asha.follows("security.add")
    asha.page.get_by_label(asha.words("security_add.label")).fill(address)
    asha.presses("security_add.button")
    asha.heading_is("step_up.title")


def confirms(asha, code=None):
    """Answer the step-up."""
    asha.field().fill(code or asha.code())
    asha.presses("step_up.button")


def enters(asha, address, code=None):
    """Give the new contact's code back."""
    asha.heading_is("verify.title")
    asha.field().fill(code or asha.code(address))
    asha.presses("verify.button")


def has_added(asha, address):
    begins_to_add(asha, address)
    confirms(asha)
    enters(asha, address)
    asha.heading_is("security.title")


def begins_to_remove(asha):
    asha.opens(HOME)
    asha.follows("security.remove")
    asha.heading_is("security_remove.title")
    asha.presses("security_remove.button")
    asha.heading_is("step_up.title")


def said_of_a_wrong_code(asha, label):
    return asha.words("refusal.code_wrong_labelled", label=label)


@pytest.mark.spec("P1", "P2", "P8", "N1")
def test_a_contact_is_added_and_proved_on_a_narrow_screen(narrow, second):
    asha, (old, new) = narrow, HINTS
    asha.follows("frame.security")
    asha.reads(asha.words("security.only_one"))
    is_clean(asha)
    asha.follows("security.add")
    is_clean(asha)
    asha.page.get_by_label(asha.words("security_add.label")).fill(second)
    asha.presses("security_add.button")
    asha.heading_is("step_up.title")
    asha.reads(asha.words("step_up.goes_to", hint=old))
    is_clean(asha)
    label = asha.label()
    confirms(asha, asha.wrong_code())
    asha.is_told(said_of_a_wrong_code(asha, label))
    is_clean(asha)
    confirms(asha)
    asha.heading_is("verify.title")
    asha.reads(asha.words("verify.sent", hint=new))
    is_clean(asha)
    enters(asha, second)
    asha.hears(asha.words("security.was_added", hint=new))
    expect(asha.page.locator(".card")).to_have_count(2)
    is_clean(asha)
    asha.server.awaited(asha.address, lambda one: one["purpose"] == "contact_added")


@pytest.mark.spec("P5", "P8", "N1")
def test_a_contact_is_removed_on_a_narrow_screen(narrow, second):
    asha, new = narrow, HINTS[1]
    has_added(asha, second)
    asha.follows("security.remove")
    is_clean(asha)
    asha.presses("security_remove.button")
    is_clean(asha)
    asha.presses("step_up.choose", hint=new)
    asha.field().fill(asha.code(second))
    is_clean(asha)
    asha.presses("step_up.button")
    asha.hears(asha.words("security.was_removed", hint=new))
    expect(asha.page.locator(".card")).to_have_count(1)
    asha.server.awaited(asha.address, lambda one: one["purpose"] == "contact_removed")


def test_the_road_is_whole_without_javascript(person, language, second):
    asha = person(language, java_script_enabled=False)
    asha.signs_in()
    asha.opens(f"{HOME}/add")
    asha.page.get_by_label(asha.words("security_add.label")).fill("no address")
    asha.presses("security_add.button")
    asha.is_told(asha.words("security_add.missing"))
    has_added(asha, second)
    begins_to_remove(asha)
    asha.presses("step_up.choose", hint=HINTS[0])
    label = asha.label()
    confirms(asha, asha.wrong_code())
    asha.is_told(said_of_a_wrong_code(asha, label))
    confirms(asha)
    asha.reads(asha.words("security.was_removed", hint=HINTS[1]))


def test_a_contact_is_added_by_keyboard_alone(asha, second):
    asha.signs_in()
    press, type_ = asha.page.keyboard.press, asha.page.keyboard.type
    asha.opens(HOME)
    asha.reaches(asha.page.get_by_role("link", name=asha.words("security.add"), exact=True))
    press("Enter")
    asha.heading_is("security_add.title")
    asha.reaches(asha.page.get_by_label(asha.words("security_add.label")))
    type_(second)
    press("Enter")
    asha.heading_is("step_up.title")
    expect(asha.field()).to_be_focused()
    type_(asha.code())
    press("Enter")
    asha.heading_is("verify.title")
    expect(asha.field()).to_be_focused()
    type_(asha.code(second))
    press("Enter")
    asha.hears(asha.words("security.was_added", hint=HINTS[1]))


def test_a_contact_is_removed_by_keyboard_alone(asha, second):
    asha.signs_in()
    has_added(asha, second)
    press, type_ = asha.page.keyboard.press, asha.page.keyboard.type
    asha.opens(HOME)
    asha.reaches(asha.page.get_by_role("link", name=asha.words("security.remove"), exact=True))
    press("Enter")
    asha.heading_is("security_remove.title")
    asha.reaches(
        asha.page.get_by_role("button", name=asha.words("security_remove.button"), exact=True)
    )
    press("Enter")
    asha.heading_is("step_up.title")
    chosen = asha.words("step_up.choose", hint=HINTS[1])
    asha.reaches(asha.page.get_by_role("button", name=chosen, exact=True))
    press("Enter")
    expect(asha.field()).to_be_focused()
    type_(asha.code(second))
    press("Enter")
    asha.hears(asha.words("security.was_removed", hint=HINTS[1]))


def test_a_contact_that_waits_is_entered_later_or_dropped_without_a_code(asha, second):
    asha.signs_in()
    begins_to_add(asha, second)
    confirms(asha)
    asha.heading_is("verify.title")
    asha.follows("verify.later")
    asha.reads(asha.words("security.pending"))
    asha.follows("security.enter")
    asha.heading_is("verify.title")
    asha.follows("verify.later")
    asha.follows("security.remove")
    asha.reads(asha.words("security_remove.effect_pending"))
    asha.presses("security.remove")
    asha.hears(asha.words("security.was_dropped", hint=HINTS[1]))
    expect(asha.page.locator(".card")).to_have_count(1)


@pytest.mark.spec("P8")
@pytest.mark.attack("041", "099")
def test_the_back_button_after_the_act_does_it_no_second_time(asha, second):
    asha.signs_in()
    has_added(asha, second)
    begins_to_remove(asha)
    asha.presses("step_up.choose", hint=HINTS[0])
    confirms(asha)
    asha.hears(asha.words("security.was_removed", hint=HINTS[1]))
    asha.page.go_back()
    asha.is_at(HOME)
    asha.heading_is("security.title")
    expect(asha.page.locator(".card")).to_have_count(1)


@pytest.mark.spec("C5", "P8")
def test_two_tabs_hold_two_step_ups_and_each_does_its_own(asha, second):
    asha.signs_in()
    third = new_address("third")
    begins_to_add(asha, second)
    first_tab, code_of_first = asha.page, asha.code()
    asha.opens_another_tab()
    begins_to_add(asha, third)
    label = asha.label()
    confirms(asha, code_of_first)
    asha.is_told(said_of_a_wrong_code(asha, label))
    confirms(asha)
    asha.reads(asha.words("verify.sent", hint="th*****@example.com"))
    asha.page = first_tab
    confirms(asha, code_of_first)
    asha.reads(asha.words("verify.sent", hint=HINTS[1]))
    enters(asha, second)
    asha.hears(asha.words("security.was_added", hint=HINTS[1]))
    expect(asha.page.locator(".card")).to_have_count(3)


@pytest.mark.spec("P8")
@pytest.mark.attack("041", "044")
def test_a_step_up_of_one_session_is_none_in_another_sessions_browser(person, language, second):
    asha, other = person(language), person(language)
    other.address = asha.address
    asha.signs_in()
    asha.server.advance(31)
    other.signs_in()
    begins_to_add(asha, second)
    at, code = asha.path(), asha.code()
    stolen = [one for one in asha.context.cookies() if "flow" in one["name"]]
    assert 1 == len(stolen)
    other.context.add_cookies(stolen)
    other.opens(at)
    other.is_at(HOME)
    expect(other.page.locator(".card")).to_have_count(1)
    confirms(asha, code)
    asha.heading_is("verify.title")

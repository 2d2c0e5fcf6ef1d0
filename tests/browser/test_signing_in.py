"""Signing in by a passkey and by a password in a real browser, and choosing another way (M9)."""

import pytest
from playwright.sync_api import expect

from tests.browser.judging import NARROW, is_clean
from tests.browser.person import elsewhere
from tests.browser.test_methods import GOOD, Device, adds_passkey, begins, chooses

pytestmark = pytest.mark.spec("M9")


@pytest.fixture
def asha(person, language):
    """Somebody with an account, in each language."""
    asha = person(language, viewport=NARROW)
    asha.signs_in()
    return asha


def has_password(asha):
    begins(asha, "password")
    chooses(asha, GOOD)
    asha.reads(asha.words("methods.was_added", name=asha.words("way.password")))


def carries_passkey(asha, other):
    """Add a passkey, and let another browser have the same authenticator."""
    device = Device(asha)
    adds_passkey(asha)
    asha.reads(asha.words("methods.was_added", name=asha.words("passkeys.first_name")))
    copy = Device(other)
    copy.says("setAutomaticPresenceSimulation", enabled=False)
    copy.says("addCredential", credential=device.credentials()[0])
    return copy


def wants_another_way(one):
    one.opens("/sign-in")
    one.page.get_by_label(one.words("name.label")).fill(one.address)
    one.presses("name.other")
    one.heading_is("more.title_first")


def gives(one, password):
    one.page.get_by_label(one.words("password.label"), exact=True).fill(password)
    one.presses("code.button")


@pytest.mark.spec("M5")
def test_a_passkey_signs_in_by_its_button(asha, person):
    other = elsewhere(person, asha)
    device = carries_passkey(asha, other)
    other.opens("/sign-in")
    is_clean(other)
    device.says("setAutomaticPresenceSimulation", enabled=True)
    other.presses("passkeys.sign_in")
    other.is_at("/account")


@pytest.mark.spec("M5")
def test_the_name_field_offers_the_passkey_by_itself(asha, person):
    other = elsewhere(person, asha)
    device = carries_passkey(asha, other)
    device.says("setAutomaticPresenceSimulation", enabled=True)
    other.opens("/sign-in")
    other.is_at("/account")


@pytest.mark.spec("M5")
def test_a_passkey_is_one_of_the_other_ways_of_a_name(asha, person):
    other = elsewhere(person, asha)
    device = carries_passkey(asha, other)
    wants_another_way(other)
    other.presses("way.passkey")
    other.heading_is("more.title_passkey")
    is_clean(other)
    device.says("setAutomaticPresenceSimulation", enabled=True)
    other.presses("method.passkey.button")
    other.is_at("/account")


@pytest.mark.spec("M6")
def test_a_password_signs_in_after_a_slip(asha, person):
    has_password(asha)
    other = elsewhere(person, asha)
    wants_another_way(other)
    is_clean(other)
    other.presses("way.password")
    other.heading_is("more.title_password")
    is_clean(other)
    gives(other, f"{GOOD}!")
    other.is_told(other.words("method.password.wrong", service="Sekisho"))
    is_clean(other)
    gives(other, GOOD)
    other.is_at("/account")


@pytest.mark.spec("M6")
def test_who_waits_for_a_code_may_take_another_way(asha, person):
    has_password(asha)
    other = elsewhere(person, asha)
    other.asks_for_a_code()
    other.follows("code.other_way")
    other.heading_is("more.title_first")
    other.presses("way.password")
    gives(other, GOOD)
    other.is_at("/account")


@pytest.mark.spec("M6")
def test_a_password_signs_in_without_javascript(asha, person):
    has_password(asha)
    other = elsewhere(person, asha, java_script_enabled=False)
    other.opens("/sign-in")
    expect(other.page.get_by_role("button", name=other.words("passkeys.sign_in"))).to_be_hidden()
    wants_another_way(other)
    other.presses("way.password")
    gives(other, GOOD)
    other.is_at("/account")

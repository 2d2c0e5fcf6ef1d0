"""Two-step verification in a real browser: an app by its typed key, and the recovery code."""

import re
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import expect

from tests.browser import judging
from tests.browser.judging import NARROW

HOME = "/account/security/methods"
HINT = "as*****@example.com"
APP = "Phone 1"
PASSWORD = "seven quiet herons wade home"
STEP = timedelta(seconds=30)


class Phone:
    """An authenticator app: it knows its key, and goes by the service's clock."""

    def __init__(self, server, key):
        self.server = server
        self.app = pyotp.TOTP(re.sub(r"\W", "", key))

    def code(self):
        """The next code; none is shown twice."""
        return self.app.at(self.server.advance(31))

    def wrong_code(self):
        """A code that the app does not show around now."""
        now = self.server.advance(31)
        shown = {self.app.at(now + step * STEP) for step in range(-2, 3)}
        return next(f"{code:06d}" for code in range(10) if f"{code:06d}" not in shown)


@pytest.fixture
def narrow(person, language):
    asha = person(language, viewport=NARROW)
    asha.signs_in()
    return asha


def without_scripts(person, language):
    one = person(language, java_script_enabled=False)
    one.runs_scripts = False
    return one


def is_clean(asha):
    """As every page is judged, where scripts run: axe is one itself."""
    if asha.runs_scripts:
        judging.is_clean(asha)


def confirms_by_mail(asha, *, is_alone=False):
    """Answer the step-up by the code that goes to the one contact."""
    asha.heading_is("step_up.title")
    if not is_alone and asha.field().count() == 0:
        asha.presses("step_up.choose", hint=HINT)
    asha.field().fill(asha.code())
    asha.presses("step_up.button")


def types_app_code(asha, code, button):
    asha.page.get_by_label(asha.words("method.totp.label")).fill(code)
    asha.presses(button)


def chooses_app(asha):
    """Choose the app where there is more than one way."""
    if asha.page.get_by_label(asha.words("method.totp.label")).count() == 0:
        asha.presses("more.named", way=asha.words("way.totp"), name=APP)


def sets_password(asha):
    asha.opens(f"{HOME}/add/password")
    asha.presses("security_add.button")
    confirms_by_mail(asha, is_alone=True)
    asha.page.get_by_label(asha.words("password.new_label"), exact=True).fill(PASSWORD)
    asha.presses("password.button")
    asha.reads(asha.words("methods.was_added", name=asha.words("way.password")))
    asha.server.advance(31)


def enrols_app(asha):
    """Add an app by the key that is typed into it, with a slip at its first code."""
    asha.opens(HOME)
    is_clean(asha)
    asha.follows("methods.add_totp")
    asha.heading_is("add_method.totp")
    is_clean(asha)
    named = asha.page.get_by_label(asha.words("add_method.name"), exact=True)
    named.fill("x" * 61)
    asha.presses("security_add.button")
    asha.is_told(asha.words("add_method.name_missing"))
    named.fill(APP)
    asha.presses("security_add.button")
    confirms_by_mail(asha)
    asha.heading_is("enrol.title_totp")
    asha.page.locator("summary", has_text=asha.words("enrol.no_camera")).click()
    is_clean(asha)
    phone = Phone(asha.server, asha.page.locator(".secret").inner_text())
    types_app_code(asha, phone.wrong_code(), "enrol.button")
    asha.is_told(asha.words("enrol.wrong_totp"))
    types_app_code(asha, phone.code(), "enrol.button")
    asha.reads(asha.words("methods.was_added", name=APP))
    return phone


def makes_recovery_code(asha):
    """Make a recovery code and give its last group back; return it."""
    asha.server.advance(31)
    asha.heading_is("add_method.recovery_code")
    is_clean(asha)
    asha.presses("security_add.button")
    confirms_by_mail(asha)
    asha.heading_is("enrol.title_recovery_code")
    is_clean(asha)
    code = asha.page.locator(".secret").inner_text()
    with asha.page.expect_download() as kept:
        asha.follows("recovery_code.download")
    assert code in kept.value.path().read_text()
    last = asha.page.get_by_label(asha.words("enrol.group_label"))
    last.fill("22222" if not code.endswith("22222") else "33333")
    asha.presses("enrol.button")
    asha.is_told(asha.words("enrol.wrong_recovery_code"))
    last.fill(re.split(r"\W+", code)[-1].lower())
    asha.presses("enrol.button")
    asha.reads(asha.words("methods.was_added", name=asha.words("way.recovery_code")))
    return code


def is_at_step(asha, step):
    asha.heading_is("two_step.turn_on")
    number = ("way", "try", "spare", "on").index(step) + 1
    shown = asha.words(f"two_step.step.{step}")
    asha.reads(asha.words("two_step.step_of", number=number, all=4, step=shown))
    is_clean(asha)


def turns_on(asha, phone):
    """Go on where the wizard is: try the app, take the recovery code as a spare, turn it on."""
    asha.opens(HOME)
    asha.follows("two_step.turn_on")
    is_at_step(asha, "try")
    asha.presses("checkup.try")
    chooses_app(asha)
    types_app_code(asha, phone.code(), "step_up.button")
    asha.reads(asha.words("checkup.told.tried"))
    is_at_step(asha, "spare")
    asha.follows("methods.add_recovery_code")
    code = makes_recovery_code(asha)
    asha.follows("two_step.go_on")
    is_at_step(asha, "on")
    asha.presses("two_step.turn_on")
    asha.server.advance(31)
    confirms_by_mail(asha)
    asha.reads(asha.words("two_step.was_on"))
    return code


def turns_off(asha, phone):
    """Turn it off: with it on, that takes both proofs."""
    asha.server.advance(31)
    asha.opens(HOME)
    asha.presses("two_step.turn_off")
    confirms_by_mail(asha)
    chooses_app(asha)
    expect(asha.page.get_by_label(asha.words("method.totp.label"))).to_be_visible()
    is_clean(asha)
    types_app_code(asha, phone.code(), "step_up.button")
    asha.reads(asha.words("two_step.was_off"))


def gives_the_code(other):
    other.server.advance(31)
    other.asks_for_a_code()
    other.types(other.code())


def gives_the_first_proof(other):
    gives_the_code(other)
    other.heading_is("more.title_totp")


def signs_in_by_app(other, phone):
    """Sign in with both proofs, after a slip at the second."""
    gives_the_first_proof(other)
    is_clean(other)
    types_app_code(other, phone.wrong_code(), "code.button")
    other.is_told(other.words("method.totp.wrong", service="Sekisho"))
    is_clean(other)
    types_app_code(other, phone.code(), "code.button")
    other.is_at("/account")


def gives_the_password(other):
    """Begin by the password, up to where the second proof is chosen."""
    other.server.advance(31)
    other.opens("/sign-in")
    other.page.get_by_label(other.words("name.label")).fill(other.address)
    other.presses("name.other")
    other.presses("way.password")
    other.page.get_by_label(other.words("password.label"), exact=True).fill(PASSWORD)
    other.presses("code.button")
    other.heading_is("more.title")
    is_clean(other)


def signs_in_by_password(other, phone):
    """Sign in with password and app."""
    gives_the_password(other)
    other.presses("more.named", way=other.words("way.totp"), name=APP)
    types_app_code(other, phone.code(), "code.button")
    other.is_at("/account")


def signs_in_without_the_phone(other, code):
    """Sign in with password and recovery code; return the code that takes its place."""
    gives_the_password(other)
    return gives_the_recovery_code(other, code)


def gives_the_recovery_code(other, code):
    """Sign in without the phone; return the code that takes the place of the one used."""
    other.presses("way.recovery_code")
    other.heading_is("more.title_recovery_code")
    other.page.get_by_label(other.words("method.recovery_code.label")).fill(code.lower())
    other.presses("code.button")
    other.heading_is("recovery_code.title")
    is_clean(other)
    new = other.page.locator(".secret").inner_text()
    other.follows("recovery_code.saved")
    other.is_at("/account")
    return new


@pytest.mark.spec("M3", "M6", "M7", "M9", "M10", "N1")
def test_the_whole_road_of_password_and_app_on_a_narrow_screen(narrow, person, language):
    asha = narrow
    sets_password(asha)
    phone = enrols_app(asha)
    asha.hears(asha.words("methods.was_added", name=APP))
    code = turns_on(asha, phone)
    is_clean(asha)
    for purpose in ("method_added", "two_step_on"):
        asha.server.awaited(asha.address, lambda one, wanted=purpose: one["purpose"] == wanted)
    signs_out(asha)
    signs_in_by_password(asha, phone)
    third = person(language, viewport=NARROW)
    third.address = asha.address
    assert code != signs_in_without_the_phone(third, code)
    turns_off(asha, phone)
    asha.server.awaited(asha.address, lambda one: one["purpose"] == "two_step_off")


@pytest.mark.spec("M3", "M7", "M10")
def test_the_road_is_whole_without_javascript(person, language):
    asha = without_scripts(person, language)
    asha.signs_in()
    phone = enrols_app(asha)
    code = turns_on(asha, phone)
    other = without_scripts(person, language)
    other.address = asha.address
    signs_in_by_app(other, phone)
    third = without_scripts(person, language)
    third.address = asha.address
    gives_the_first_proof(third)
    assert code != gives_the_recovery_code(third, code)
    turns_off(asha, phone)


@pytest.mark.spec("M7", "M10", "P8")
def test_the_last_app_stays_and_a_recovery_code_used_for_a_change_is_replaced(person):
    asha = person("ja")
    asha.signs_in()
    phone = enrols_app(asha)
    code = turns_on(asha, phone)
    card = asha.page.locator(".card", has_text=APP)
    card.get_by_role("link", name=asha.words("security.remove"), exact=True).click()
    asha.heading_is("remove_method.title")
    asha.is_told(asha.words("refusal.still_needed"))
    asha.follows("security_remove.cancel")
    expect(asha.page.locator(".card")).to_have_count(2)
    asha.server.advance(31)
    asha.presses("two_step.turn_off")
    confirms_by_mail(asha)
    asha.presses("way.recovery_code")
    asha.page.get_by_label(asha.words("method.recovery_code.label")).fill(code)
    asha.presses("step_up.button")
    asha.heading_is("recovery_code.title")
    assert code != asha.page.locator(".secret").inner_text()
    asha.reads(asha.words("recovery_code.then", what=asha.words("act.two_step.off")))
    asha.presses("recovery_code.saved")
    asha.reads(asha.words("two_step.was_off"))


def signs_out(asha):
    asha.opens("/account")
    asha.presses("home.sign_out")
    asha.is_at("/signed-out")


def ticks_the_box(asha, phone):
    """Ask to be trusted; a wrong answer leaves the tick where it was."""
    trusting = asha.page.get_by_label(asha.words("more.trust.other", count=30))
    expect(trusting).not_to_be_checked()
    asha.reads(asha.words("more.trust_hint"))
    is_clean(asha)
    trusting.check()
    types_app_code(asha, phone.wrong_code(), "code.button")
    expect(trusting).to_be_checked()
    types_app_code(asha, phone.code(), "code.button")
    asha.is_at("/account")


@pytest.mark.spec("S2")
def test_a_trusted_browser_asks_for_one_step_until_it_is_removed(narrow):
    asha = narrow
    phone = enrols_app(asha)
    turns_on(asha, phone)
    signs_out(asha)
    gives_the_first_proof(asha)
    ticks_the_box(asha, phone)

    signs_out(asha)
    gives_the_code(asha)
    asha.is_at("/account")
    asha.opens("/account/activity")
    asha.reads(asha.words("reason.trusted_browser"))

    asha.opens("/account/devices")
    expect(asha.page.locator("#browsers")).to_contain_text(asha.words("devices.trusted"))
    is_clean(asha)
    asha.presses("devices.remove")
    asha.is_at("/signed-out")
    gives_the_first_proof(asha)

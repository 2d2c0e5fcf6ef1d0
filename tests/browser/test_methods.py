"""Passkeys and a password in a real browser, with an authenticator of its own (spec M5, M6)."""

import pytest
from playwright.sync_api import expect

from tests.browser.judging import NARROW, is_clean
from tests.browser.running import awaited

HOME = "/account/security/methods"
DEVICE = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
GOOD = "seven quiet herons wade home"
BETTER = "a kettle sings behind the orchard"
TELLS_SIGNALS = """
for (const name of ["signalAllAcceptedCredentials", "signalCurrentUserDetails"]) {
  const real = window.PublicKeyCredential?.[name]?.bind(PublicKeyCredential);
  if (real) PublicKeyCredential[name] = async (details) => {
    await real(details);
    (window.signals ??= []).push([name, details]);
  };
}"""
TWO_SIGNALS = "window.signals?.length === 2 && window.signals"
NO_PASSKEYS = "delete window.PublicKeyCredential"


class Device:
    """A virtual authenticator in one page of a browser."""

    def __init__(self, person):
        self.cdp = person.context.new_cdp_session(person.page)
        self.cdp.send("WebAuthn.enable")
        made = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.id = made["authenticatorId"]

    def says(self, command, **values):
        return self.cdp.send(f"WebAuthn.{command}", {**values, "authenticatorId": self.id})

    def credentials(self):
        return self.says("getCredentials")["credentials"]


@pytest.fixture
def narrow(person, language):
    asha = person(language, viewport=NARROW)
    asha.signs_in()
    return asha


def confirms(asha):
    """Answer the step-up by the code that goes to the one contact."""
    asha.heading_is("step_up.title")
    hint = "as*****@example.com"
    if asha.page.get_by_label(asha.words("code.label", digits=6)).count() == 0:
        asha.presses("step_up.choose", hint=hint)
    asha.field().fill(asha.code())
    asha.presses("step_up.button")


def begins(asha, kind):
    asha.server.advance(31)
    asha.opens(HOME)
    asha.follows(f"methods.add_{kind}")
    is_clean(asha)
    asha.presses("security_add.button")
    confirms(asha)


def adds_passkey(asha):
    begins(asha, "passkey")
    asha.heading_is("passkeys.make_title")
    is_clean(asha)
    asha.presses("passkeys.make")


def chooses(asha, password):
    asha.page.get_by_label(asha.words("password.new_label"), exact=True).fill(password)
    asha.presses("password.button")


def renames(asha, name):
    asha.follows("methods.rename")
    asha.heading_is("rename_method.title")
    is_clean(asha)
    asha.page.get_by_label(asha.words("passkeys.name"), exact=True).fill(name)
    asha.presses("rename_method.button")
    asha.reads(asha.words("methods.was_renamed", name=name))


def removes(asha):
    asha.server.advance(31)
    asha.page.locator(".card").get_by_role("link", name=asha.words("security.remove")).click()
    asha.heading_is("remove_method.title")
    is_clean(asha)
    asha.presses("security_remove.button")
    confirms(asha)


def managers_hear(asha):
    """Which credentials the browser was told to keep."""
    told = dict(awaited(lambda: asha.page.evaluate(TWO_SIGNALS)))
    assert asha.address == told["signalCurrentUserDetails"]["name"]
    return told["signalAllAcceptedCredentials"]["allAcceptedCredentialIds"]


@pytest.mark.spec("M5", "N1")
def test_a_passkey_is_added_renamed_and_removed(narrow):
    asha, device = narrow, Device(narrow)
    adds_passkey(asha)
    asha.reads(asha.words("methods.was_added", name=asha.words("passkeys.first_name")))
    asha.reads(asha.words("passkeys.both_steps"))
    is_clean(asha)
    (credential,) = device.credentials()
    assert ("localhost", True) == (credential["rpId"], credential["isResidentCredential"])
    asha.server.awaited(asha.address, lambda one: one["purpose"] == "method_added")
    asha.context.add_init_script(TELLS_SIGNALS)
    renames(asha, "Laptop")
    assert 1 == len(managers_hear(asha))
    removes(asha)
    asha.reads(asha.words("methods.passkey_was_removed", name="Laptop"))
    expect(asha.page.locator(".card")).to_have_count(0)
    assert [] == managers_hear(asha)
    assert [] == device.credentials()  # the browser took it away


@pytest.mark.spec("M5")
def test_who_makes_none_is_told_without_blame_and_may_try_again(person, language):
    asha = person(language)
    asha.signs_in()
    device = Device(asha)
    device.says("setUserVerified", isUserVerified=False)
    device.says("setAutomaticPresenceSimulation", enabled=True)
    adds_passkey(asha)
    expect(asha.page.locator("[data-problem]")).to_have_text(asha.words("passkeys.not_made"))
    is_clean(asha)
    device.says("setUserVerified", isUserVerified=True)
    asha.presses("passkeys.make")
    asha.reads(asha.words("methods.was_added", name=asha.words("passkeys.first_name")))
    adds_passkey(asha)  # the same device again
    expect(asha.page.locator("[data-problem]")).to_have_text(asha.words("passkeys.twice"))


@pytest.mark.spec("M5")
def test_a_page_left_open_asks_anew(person):
    asha = person()
    asha.signs_in()
    Device(asha)
    begins(asha, "passkey")
    asha.page.evaluate("document.querySelector('[data-passkey]').dataset.seconds = 0")
    asha.server.advance(6 * 60)
    asha.presses("passkeys.make")
    asha.reads(asha.words("methods.was_added", name=asha.words("passkeys.first_name")))


@pytest.mark.spec("M5")
def test_without_javascript_the_page_says_what_passkeys_need(person, language):
    asha = person(language, java_script_enabled=False)
    asha.signs_in()
    asha.opens(f"{HOME}/add/passkey")
    asha.reads(asha.words("passkeys.needs_script"))
    asha.presses("security_add.button")
    confirms(asha)
    asha.heading_is("passkeys.make_title")
    asha.reads(asha.words("passkeys.needs_script"))
    button = asha.page.get_by_role("button", name=asha.words("passkeys.make"), exact=True)
    expect(button).to_be_hidden()


@pytest.mark.spec("M5")
def test_a_browser_without_passkeys_says_so(person, language):
    asha = person(language)
    asha.context.add_init_script(NO_PASSKEYS)
    asha.signs_in()
    begins(asha, "passkey")
    asha.reads(asha.words("passkeys.unsupported"))
    expect(asha.page.locator("[data-passkey-missing]")).to_be_visible()
    is_clean(asha)


def new_password(asha):
    return asha.page.get_by_label(asha.words("password.new_label"), exact=True)


def changes(asha):
    """Begin to change the password, up to its page."""
    asha.server.advance(31)
    asha.follows("methods.change")
    asha.heading_is("add_method.password_change")
    is_clean(asha)
    asha.presses("security_add.button")
    confirms(asha)
    asha.heading_is("password.title_new")


@pytest.mark.spec("M6")
def test_while_typing_one_sees_how_hard_a_password_is_to_guess(narrow):
    asha = narrow
    begins(asha, "password")
    asha.heading_is("password.title")
    is_clean(asha)
    field, said = new_password(asha), asha.page.locator("[data-said]")
    expect(field).to_have_attribute("autocomplete", "new-password")
    for typed, step in (
        ("password1", "easy"),
        (f"{asha.address}", "easy"),
        ("vu owl 37", "fair"),
        ("vu owl 37 kelps", "hard"),
        (GOOD, "very_hard"),
    ):
        field.fill(typed)
        expect(said).to_contain_text(asha.words(f"password.strength.{step}"))
    is_clean(asha)
    asha.presses("password.show")
    expect(field).to_have_attribute("type", "text")
    asha.presses("password.hide")
    expect(field).to_have_attribute("type", "password")


@pytest.mark.spec("M6", "N1", "S4")
def test_a_password_is_set_and_changed(narrow):
    asha = narrow
    begins(asha, "password")
    chooses(asha, "too short")
    asha.is_told(asha.words("password.unfit.too_short", shortest=15))
    is_clean(asha)
    chooses(asha, GOOD)
    asha.reads(asha.words("methods.was_added", name=asha.words("way.password")))
    is_clean(asha)
    changes(asha)
    chooses(asha, GOOD)
    asha.is_told(asha.words("password.unfit.used_before"))
    chooses(asha, BETTER)
    asha.reads(asha.words("methods.password_was_changed"))
    asha.server.awaited(asha.address, lambda one: one["purpose"] == "password_changed")


@pytest.mark.spec("M8")
def test_a_password_that_is_needed_stays_and_the_page_says_what_is_missing(narrow):
    asha = narrow
    begins(asha, "password")
    chooses(asha, GOOD)
    asha.page.locator(".card").get_by_role("link", name=asha.words("security.remove")).click()
    asha.is_told(asha.words("refusal.password_needed"))
    is_clean(asha)


@pytest.mark.spec("M6")
def test_a_password_is_set_without_javascript(person, language):
    asha = person(language, java_script_enabled=False)
    asha.signs_in()
    asha.opens(f"{HOME}/add/password")
    asha.presses("security_add.button")
    confirms(asha)
    expect(asha.page.locator("[data-strength]")).to_be_hidden()
    expect(asha.page.locator("[data-show]")).to_be_hidden()
    chooses(asha, "passwordpassword")
    asha.is_told(asha.words("password.unfit.well_known"))
    chooses(asha, GOOD)
    asha.reads(asha.words("methods.was_added", name=asha.words("way.password")))

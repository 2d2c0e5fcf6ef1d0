"""Passkeys in Chromium, with its virtual authenticator, under the policy that our pages have."""

import json

import pytest
import webauthn
from playwright.sync_api import expect

from sekisho.ground.db import Database
from sekisho.ground.sqlite import SqliteStore
from sekisho.migrations import schema
from tests.browser import passkey_site
from tests.browser.passkey_site import PasskeySite
from tests.browser.running import awaited
from tests.support.material import MovedClock, SeededChance, draw_keys

pytestmark = pytest.mark.spec("M5")

DEVICE = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# As a browser does that first fetches the related origins of another domain.
HEARS_ONE_AT_A_TIME = """
let isBusy = false;
for (const name of ["signalAllAcceptedCredentials", "signalCurrentUserDetails"]) {
  if (window.PublicKeyCredential) PublicKeyCredential[name] = async (details) => {
    if (isBusy) throw new DOMException("A request is already pending.", "OperationError");
    isBusy = true;
    await new Promise((go) => setTimeout(go, 10));
    isBusy = false;
    (window.signals ??= []).push([name, details]);
  };
}"""
NO_PASSKEYS = "delete window.PublicKeyCredential"
TELLS_ASKING = """
const get = navigator.credentials?.get.bind(navigator.credentials);
if (get) navigator.credentials.get = (options) => {
  window.asked = (window.asked ?? 0) + 1;
  return get(options);
};"""
TELLS_SIGNALS = """
for (const name of ["signalUnknownCredential", "signalAllAcceptedCredentials",
                    "signalCurrentUserDetails"]) {
  const real = PublicKeyCredential[name].bind(PublicKeyCredential);
  PublicKeyCredential[name] = async (details) => {
    await real(details);
    (window.signals ??= []).push([name, details]);
  };
}"""


@pytest.fixture
def clock():
    return MovedClock()


@pytest.fixture
def site(tmp_path, clock):
    schema.migrate(f"sqlite:///{tmp_path / 'one.db'}")
    db = Database(SqliteStore(tmp_path / "one.db"), clock, SeededChance(), draw_keys())
    with passkey_site.serving(PasskeySite(db)) as found:
        yield found
    db.store.close()


class Browser:
    """A browser with an authenticator of its own, and all that it complained of."""

    def __init__(self, context, site):
        self.site = site
        self.complaints = []
        context.add_init_script(
            "addEventListener('securitypolicyviolation', (event) =>"
            " console.error(event.violatedDirective))"
        )
        context.add_init_script(TELLS_ASKING)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context = context
        self.page = context.new_page()
        self.cdp = context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable")
        self.authenticator = self.gets()

    def _hear(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def gets(self, **more):
        sent = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, **more}})
        return sent["authenticatorId"]

    def loses(self):
        self.device("removeVirtualAuthenticator")

    def device(self, command, **values):
        values["authenticatorId"] = self.authenticator
        return self.cdp.send(f"WebAuthn.{command}", values)

    def credentials(self):
        return self.device("getCredentials")["credentials"]

    def opens(self, path):
        self.page.goto(self.site.origin + path)

    def presses(self):
        self.page.get_by_role("button", name="Passkey").click()

    def reads(self, told):
        expect(self.page.locator("#told")).to_have_text(told)

    def is_told(self, problem):
        expect(self.page.locator("[data-problem]")).to_have_text(problem)
        expect(self.page.get_by_role("status")).to_have_text(problem)

    def adds(self):
        self.opens("/add")
        self.presses()
        self.reads("added")

    def signals(self, count):
        """What password managers were told on this page, once that is so many things."""
        return awaited(
            lambda: self.page.evaluate(f"window.signals?.length === {count} && window.signals")
        )

    def waits(self):
        """See the field's own request wait for the device."""
        assert awaited(lambda: self.page.evaluate("window.asked"))

    def enters(self, told="signed in with 2"):
        self.opens("/enter?quiet=1")
        self.presses()
        self.reads(told)


@pytest.fixture
def browser(chromium, site):
    browsers = []

    def make():
        browsers.append(Browser(chromium.new_context(), site))
        return browsers[-1]

    yield make
    for one in browsers:
        one.context.close()
    assert [] == [complaint for one in browsers for complaint in one.complaints]


@pytest.fixture
def asha(browser):
    return browser()


def test_a_passkey_is_added_and_signs_in_without_a_name(asha, site):
    asha.adds()
    asha.enters()
    (credential,) = asha.credentials()
    assert credential["isResidentCredential"]
    assert ("acct.localhost", site.held()[0].account) == (credential["rpId"], passkey_site.ASHA)


def test_a_second_verifier_says_the_same_of_a_real_browser(asha, site):
    asha.adds()
    asha.enters()
    new, proof = site.answers
    made = webauthn.verify_registration_response(
        credential=new,
        expected_challenge=challenge_of(new),
        expected_rp_id="acct.localhost",
        expected_origin=site.origin,
        require_user_verification=True,
    )
    kept = site.held()[0]
    assert (kept.credential, kept.public_key) == (made.credential_id, made.credential_public_key)
    found = webauthn.verify_authentication_response(
        credential=proof,
        expected_challenge=challenge_of(proof),
        expected_rp_id="acct.localhost",
        expected_origin=site.origin,
        credential_public_key=made.credential_public_key,
        credential_current_sign_count=made.sign_count,
        require_user_verification=True,
    )
    assert kept.sign_count == found.new_sign_count


def challenge_of(answer):
    client_data = webauthn.base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"])
    return webauthn.base64url_to_bytes(json.loads(client_data)["challenge"])


def test_the_field_offers_the_passkey_by_itself(asha):
    asha.adds()
    asha.opens("/enter")
    asha.reads("signed in with 2")


def test_the_button_works_while_the_field_waits(asha):
    asha.adds()
    asha.device("setAutomaticPresenceSimulation", enabled=False)
    asha.opens("/enter")
    asha.waits()
    asha.device("setAutomaticPresenceSimulation", enabled=True)
    asha.presses()
    asha.reads("signed in with 2")


def test_options_that_grew_old_in_an_open_page_are_renewed(asha, site, clock):
    asha.adds()
    site.seconds = 0
    asha.opens("/enter?quiet=1")
    clock.move(minutes=10)
    asha.presses()
    asha.reads("signed in with 2")
    assert 1 == site.renewals


def test_the_field_of_a_page_left_open_renews_what_it_offers(asha, site, clock):
    asha.adds()
    asha.device("setAutomaticPresenceSimulation", enabled=False)
    asha.page.clock.install()
    asha.opens("/enter")
    asha.waits()
    clock.move(minutes=10)
    asha.device("setAutomaticPresenceSimulation", enabled=True)
    asha.page.clock.fast_forward("05:00")
    asha.reads("signed in with 2")
    assert 1 == site.renewals


@pytest.mark.attack("052")
def test_an_answer_after_its_time_is_refused(asha, clock):
    asha.adds()
    asha.opens("/enter?quiet=1")
    clock.move(minutes=5)
    asha.presses()
    asha.reads("refused: over")


@pytest.mark.attack("054")
def test_a_key_that_verifies_nobody_is_one_factor_of_somebody_named(asha, site):
    asha.loses()
    asha.authenticator = asha.gets(
        transport="usb", hasResidentKey=False, hasUserVerification=False, isUserVerified=False
    )
    asha.adds()
    assert not site.held()[0].can_sign_in_alone
    asha.opens("/enter?quiet=1")
    asha.presses()
    asha.is_told("cancelled")
    asha.opens("/enter?named=1")
    asha.presses()
    asha.reads("signed in with 1")


def test_who_is_not_verified_is_told_without_blame_and_may_try_again(asha):
    asha.adds()
    asha.device("setUserVerified", isUserVerified=False)
    asha.opens("/enter?quiet=1")
    asha.presses()
    asha.is_told("cancelled")
    asha.device("setUserVerified", isUserVerified=True)
    asha.presses()
    asha.reads("signed in with 2")


def test_one_device_has_one_passkey_of_an_account(asha, site):
    asha.adds()
    asha.opens("/add")
    asha.presses()
    asha.is_told("twice")
    assert 1 == len(site.held())


def test_a_synced_passkey_works_in_another_browser(asha, browser, site):
    asha.loses()
    asha.authenticator = asha.gets(defaultBackupEligibility=True, defaultBackupState=True)
    asha.adds()
    other = browser()
    other.device("addCredential", credential=asha.credentials()[0])
    other.enters()
    assert site.held()[0].is_synced


def test_a_copy_of_a_key_is_noted(asha, browser, site):
    asha.adds()
    copy = asha.credentials()[0]
    other = browser()
    asha.enters()
    other.device("addCredential", credential=copy)
    other.enters()
    assert [False, True] == [one.is_count_back for one in site.concluded]


@pytest.mark.parametrize("script", [TELLS_SIGNALS, HEARS_ONE_AT_A_TIME], ids=["all", "busy"])
def test_managers_are_told_of_a_removal(asha, site, script):
    asha.context.add_init_script(script)
    asha.adds()
    asha.page.evaluate(
        "() => { const form = document.createElement('form'); form.method = 'post';"
        " form.action = '/remove'; document.body.append(form); form.submit(); }"
    )
    asha.reads("removed")
    told = dict(asha.signals(2))
    assert [] == told["signalAllAcceptedCredentials"]["allAcceptedCredentialIds"]
    assert passkey_site.NAME == told["signalCurrentUserDetails"]["name"]


def test_a_manager_is_told_of_a_passkey_that_we_do_not_have(asha, site):
    asha.context.add_init_script(TELLS_SIGNALS)
    asha.adds()
    (held,) = site.held()
    site.db.write("remove", lambda work: passkey_site.passkey.remove(work, 11, held.method))
    asha.enters("refused: unknown")
    ((name, _),) = asha.signals(1)
    assert "signalUnknownCredential" == name


def test_a_browser_without_passkeys_is_told_and_shown_no_button(asha):
    asha.context.add_init_script(NO_PASSKEYS)
    asha.opens("/enter")
    expect(asha.page.get_by_text("none here")).to_be_visible()
    expect(asha.page.get_by_role("button", name="Passkey")).to_be_hidden()

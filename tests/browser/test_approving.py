"""A phone that approves, in real browsers: a second one is the phone, at 320 px.

How each of these pages looks is judged by test_pages.py; here they are walked.
"""

import json

import pytest
from playwright.sync_api import expect

from tests.browser import running
from tests.browser.judging import NARROW, is_clean
from tests.browser.person import Person, elsewhere
from tests.browser.test_two_step import confirms_by_mail
from tests.support.phones import base64url, point, private_key

pytestmark = pytest.mark.spec("M4")
HOME = "/account/security/methods"
NAME = "Pixel"
SUBSCRIPTION = {
    "endpoint": "https://push.example.net/1",
    "expirationTime": None,
    "keys": {"p256dh": base64url(point(private_key(3))), "auth": base64url(b"a" * 16)},
}
# A browser without a network cannot subscribe; what it would give stands here.
SUBSCRIBES = f"""PushManager.prototype.subscribe = async function (options) {{
  window.asked = options;
  return {{ toJSON: () => ({json.dumps(SUBSCRIPTION)}) }};
}};"""
COMES_BACK = "() => document.dispatchEvent(new Event('visibilitychange'))"
NOTES = """async () => {
  const found = await navigator.serviceWorker.ready;
  for (let times = 0; times < 50; times += 1) {
    const notes = await found.getNotifications();
    if (notes.length) return notes.map((one) => [one.title, one.body]);
    await new Promise((go) => setTimeout(go, 100));
  }
  return [];
}"""
STARTS_ANOTHER = """() => navigator.serviceWorker.register("/static/status.js").then(
  () => "started", (error) => error.name)"""
MAKES_A_POLICY = """() => { try { trustedTypes.createPolicy("mine", {}); return "made"; }
  catch (error) { return error.name; } }"""


@pytest.fixture
def phone(person):
    """Call it for another browser, which is the phone."""

    def bring(language, **options):
        return person(language, viewport=NARROW, **options)

    return bring


@pytest.fixture
def notified(playwright, whole_chromium, server):
    """A phone that may be notified, which the shell of Chromium never is."""
    browser = playwright.chromium.launch(
        executable_path=whole_chromium, args=[*running.WITHOUT_SANDBOX]
    )
    one = Person(browser.new_context(viewport=NARROW, permissions=["notifications"]), server, "en")
    yield one
    browser.close()
    assert [] == one.complaints


def settles(person, language):
    """Somebody who is signed in."""
    asha = person(language, viewport=NARROW)
    asha.signs_in()
    return asha


def looks(one):
    """Look at the page again, which makes it ask at once and not after some seconds."""
    one.page.evaluate(COMES_BACK)


def part(phone, name):
    """What the phone shows."""
    looks(phone)
    expect(phone.page.locator(f"[data-part={name}]")).to_be_visible()
    expect(phone.page.locator("[data-part]:visible")).to_have_count(1)


def shown_number(one):
    """The number on the screen of who waits."""
    return one.page.locator(".number bdi").inner_text()


def types(phone, number):
    phone.page.get_by_label(phone.words("app.number_label")).fill(number)
    phone.presses("app.approve")


def adds(asha, phone):
    """The whole road: scan (the code comes in the address), press, type the number."""
    asha.server.advance(31)
    asha.opens(f"{HOME}/add/push")
    asha.page.get_by_label(asha.words("add_method.name_push")).fill(NAME)
    asha.presses("security_add.button")
    confirms_by_mail(asha, is_alone=True)
    asha.heading_is("bind.title")
    asha.page.get_by_text(asha.words("bind.no_camera")).click()
    phone.opens(f"/app#{asha.page.locator('.secret').inner_text()}")
    part(phone, "pair")
    assert phone.page.url.endswith("/app")  # the code is out of the address bar
    phone.presses("app.pair_button")
    part(phone, "ask")
    looks(asha)
    asha.heading_is("bind.title_paired")
    types(phone, shown_number(asha))
    part(phone, "added")
    looks(asha)
    asha.reads(asha.words("methods.was_added", name=NAME))
    phone.presses("app.back")


def wants_the_phone(one):
    """Type a name, and choose the phone that approves; return the number."""
    one.opens("/sign-in")
    one.page.get_by_label(one.words("name.label")).fill(one.address)
    one.presses("name.other")
    one.presses("way.push")
    one.heading_is("more.title_push")
    return shown_number(one)


def forgives(one, *wanted):
    """What this test wanted to be refused is no complaint."""
    one.complaints[:] = [said for said in one.complaints if not said.startswith(wanted)]


@pytest.mark.attack("049")
def test_a_phone_is_added_approves_says_no_and_reports(person, phone, language):
    asha, held = settles(person, language), phone(language)
    adds(asha, held)
    other = elsewhere(person, asha)
    number = wants_the_phone(other)
    part(held, "ask")
    held.reads(asha.address)
    is_clean(held)
    types(held, f"{(int(number) + 1) % 100:02d}")
    expect(held.page.get_by_role("alert")).to_have_text(held.words("app.say_wrong_number"))
    forgives(held, "401")
    types(held, number)
    part(held, "approved")
    other.is_at("/account")  # by itself
    held.presses("app.back")
    wants_the_phone(asha := elsewhere(person, asha))
    part(held, "ask")
    held.presses("app.deny")
    part(held, "denied")
    looks(asha)
    asha.heading_is("ended.refused.title")
    held.presses("app.report")
    part(held, "reported")


def test_a_page_without_scripts_waits_for_the_phone_too(person, phone):
    asha, held = settles(person, "en"), phone("en")
    adds(asha, held)
    other = elsewhere(person, asha, java_script_enabled=False)
    number = wants_the_phone(other)
    part(held, "ask")
    types(held, number)
    part(held, "approved")
    other.page.reload()
    other.reads(other.words("approve.approved"))
    other.presses("approve.go_on")
    other.is_at("/account")
    held.opens("/app")  # its key is still there
    part(held, "idle")
    confirms_its_own_end(asha, held)


def confirms_its_own_end(asha, held):
    """Remove the phone, which it approves itself; it then asks for nothing more."""
    asha.opens(HOME)
    asha.follows("security.remove")
    asha.presses("security_remove.button")
    asha.presses("more.named", way=asha.words("way.push"), name=NAME)
    asha.reads(asha.words("approve.number"))
    part(held, "ask")
    held.reads(held.words("act.methods.remove"))
    types(held, shown_number(asha))
    looks(asha)
    asha.reads(asha.words("methods.was_removed", name=NAME))
    part(held, "gone")
    looks(held)
    assert 1 == len(held.complaints)
    forgives(held, "401")
    held.presses("app.gone_button")
    part(held, "pair")


@pytest.mark.spec("D1")
def test_a_push_wakes_the_phone_through_its_worker(person, notified):
    """What the push service would bring is handed to the real service worker of the page."""
    asha, held = settles(person, "en"), notified
    held.context.add_init_script(SUBSCRIBES)
    adds(asha, held)
    told = []
    wire = held.context.new_cdp_session(held.page)
    wire.on(
        "ServiceWorker.workerRegistrationUpdated", lambda one: told.extend(one["registrations"])
    )
    wire.send("ServiceWorker.enable")
    held.presses("app.tell_button")
    expect(held.page.locator("[data-tell]")).to_be_hidden()
    assert held.page.evaluate("asked.userVisibleOnly")
    note = {"title": "Sekisho", "text": "Is it you?", "ask": "chl_0000000000001"}
    brought = {
        "origin": held.server.origin,
        "registrationId": told[0]["registrationId"],
        "data": json.dumps(note),
    }
    wire.send("ServiceWorker.deliverPushMessage", brought)
    assert [["Sekisho", "Is it you?"]] == held.page.evaluate(NOTES)


@pytest.mark.attack("099")
def test_the_page_can_start_no_other_worker(phone):
    """Trusted Types: a text is no script's address, and the policy makes one address alone."""
    held = phone("en")
    held.opens("/app")
    part(held, "pair")
    assert "TypeError" == held.page.evaluate(STARTS_ANOTHER)
    with held.page.expect_console_message(lambda said: said.text.endswith(" trusted-types-policy")):
        assert "TypeError" == held.page.evaluate(MAKES_A_POLICY)
    forgives(held, "policy:", "Creating a TrustedTypePolicy", "This document requires")


def test_without_scripts_the_phones_page_says_what_is_missing(phone, language):
    held = phone(language, java_script_enabled=False)
    held.opens("/app")
    expect(held.page.locator("noscript .banner")).to_have_text(held.words("app.needs_script"))

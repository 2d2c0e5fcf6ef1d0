"""Signing in by the pages, without JavaScript: what is shown, and where each step leads."""

import re
from datetime import datetime

import pytest

from tests.support.people import wrong

pytestmark = pytest.mark.spec("M1")


@pytest.fixture
def browser(house, asha):
    return house.client()


def sends_a_name(browser, name="asha@example.org"):
    sent = browser.submit("/sign-in", {"name": name})
    assert 303 == sent.status, sent.text
    return sent.header("Location")


def types(browser, path, code):
    return browser.submit(path, {"code": code}, path)


def heading(answer):
    return re.search(r"<h1>(.*?)</h1>", answer.text, re.DOTALL)[1].strip()


def test_the_road_from_name_to_account(house, browser):
    assert "/sign-in" == browser.get("/").header("Location")
    path = sends_a_name(browser)
    passed = types(browser, path, house.inbox.code())
    assert "/account" == passed.header("Location")
    assert "asha@example.org" in browser.follow(passed).text.replace("<wbr>", "")
    assert "/account" == browser.get("/").header("Location")
    assert "/account" == browser.get("/sign-in").header("Location")


@pytest.mark.spec("C2", "C8")
def test_the_screen_shows_label_hint_and_until_when(house, browser):
    page = browser.get(sends_a_name(browser)).text
    (letter,) = house.inbox.codes()
    assert letter.label in page
    assert "as*****@example.org" in page.replace("<wbr>", "")
    assert 'autocomplete="one-time-code"' in page
    at = datetime.fromisoformat(letter.at)
    assert f"{at:%H}:{at.minute + 5:02d}" in page


@pytest.mark.spec("C2")
def test_the_name_page_has_the_standard_tokens(browser):
    assert 'autocomplete="username webauthn"' in browser.get("/sign-in").text


@pytest.mark.spec("M9")
def test_the_code_page_leads_to_other_ways(browser):
    page = browser.get(sends_a_name(browser)).text
    assert "/help/code" in page
    assert "/sign-in" in re.findall(r'href="([^"]*)"', page)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_wrong_code_is_told_and_the_page_stays(house, asha, language):
    browser = house.client(language=language)
    path = sends_a_name(browser)
    answer = types(browser, path, wrong(house.inbox.code()))
    assert (401, True) == (answer.status, f'<html lang="{language}"' in answer.text)
    assert 'name="code"' in answer.text


@pytest.mark.spec("C6")
def test_after_five_wrong_ones_the_page_takes_no_more_but_offers_a_new_code(house, browser, clock):
    path = sends_a_name(browser)
    code = house.inbox.code()
    for by in range(1, 6):
        types(browser, path, wrong(code, by))
    answer = types(browser, path, code)
    assert (429, True) == (answer.status, answer.header("Retry-After") is not None)
    assert 'name="code"' not in answer.text
    clock.move(seconds=30)
    again = browser.submit(path.replace("/code", "/resend"), {}, path)
    assert 303 == again.status
    assert "/account" == types(browser, path, house.inbox.code()).header("Location")


@pytest.mark.spec("C4", "C10")
def test_a_new_code_voids_the_earlier_one_and_the_page_says_which(house, browser, clock):
    path = sends_a_name(browser)
    first = house.inbox.codes()[0]
    resend = path.replace("/code", "/resend")
    too_soon = browser.submit(resend, {}, path)
    assert 429 == too_soon.status
    clock.move(seconds=30)
    assert f"{path}?again=1" == browser.submit(resend, {}, path).header("Location")
    newest = house.inbox.codes()[0]
    answer = types(browser, path, first.code)
    assert (401, True) == (answer.status, newest.label in answer.text)
    assert "/account" == types(browser, path, newest.code).header("Location")


def test_two_tabs_do_not_disturb_each_other(house, browser):
    paths, codes = [], []
    for _ in range(2):
        paths.append(sends_a_name(browser))
        (code,) = {letter.code for letter in house.inbox.codes()} - set(codes)
        codes.append(code)
    for path in paths:
        assert 200 == browser.get(path).status
    assert "/account" == types(browser, paths[0], codes[0]).header("Location")
    assert "/account" == types(browser, paths[1], codes[1]).header("Location")


@pytest.mark.attack("007")
def test_the_back_button_after_signing_in_leads_to_the_account(house, browser):
    path = sends_a_name(browser)
    types(browser, path, house.inbox.code())
    assert "/account" == browser.get(path).header("Location")


@pytest.mark.attack("007")
def test_after_signing_out_an_old_page_opens_nothing(house, browser):
    path = sends_a_name(browser)
    code = house.inbox.code()
    ticket = browser.jar["sekisho_flow"]
    types(browser, path, code)
    browser.submit("/sign-out", {}, "/account/devices/end-all")
    browser.jar["sekisho_flow"] = ticket
    answer = types(browser, path, code)
    assert (409, None) == (answer.status, browser.jar.get("sekisho_session"))


@pytest.mark.parametrize(
    ("minutes", "status"), [pytest.param(6, 401, id="code"), pytest.param(31, 410, id="flow")]
)
def test_what_expired_is_told(house, browser, clock, minutes, status):
    path = sends_a_name(browser)
    code = house.inbox.code()
    clock.move(minutes=minutes)
    assert status == types(browser, path, code).status


def test_another_browser_knows_nothing_of_the_flow(house, browser):
    """C5: the address of the page is no secret; the cookie is."""
    path = sends_a_name(browser)
    other = house.client()
    other.get("/sign-in")
    assert 404 == other.get(path).status
    assert 404 == types(other, path, house.inbox.code()).status


def test_without_cookies_the_page_says_so(house, asha):
    browser = house.client()
    answer = browser.form("/sign-in", {"name": asha.address}, {"Origin": browser.origin})
    assert 403 == answer.status
    assert "ookie" in answer.text
    assert [] == house.inbox.all()


@pytest.mark.parametrize("name", ["", "nobody", "a@b", "090-1234-5678"])
def test_what_is_no_address_is_asked_for_again(browser, name):
    answer = browser.submit("/sign-in", {"name": name})
    assert (422, True) == (answer.status, 'name="name"' in answer.text)


def test_the_language_is_chosen_by_a_link_and_kept(house):
    browser = house.client()
    chosen = browser.get("/sign-in?language=ja")
    assert "/sign-in" == chosen.header("Location")
    assert '<html lang="ja"' in browser.follow(chosen).text


@pytest.mark.parametrize("path", ["/account", "/account/devices", "/account/activity", "/sign-out"])
def test_who_is_not_signed_in_is_led_to_sign_in(house, path):
    assert "/sign-in" == house.client().get(path).header("Location")


# --- signed in ---


@pytest.fixture
def inside(house, browser):
    types(browser, path := sends_a_name(browser), house.inbox.code())
    assert path
    return browser


@pytest.mark.spec("S1")
def test_the_list_of_sessions_ends_one_and_says_which(house, asha, inside, clock):
    clock.move(hours=1)
    asha.signs_in()
    page = inside.get("/account/devices")
    actions = re.findall(r'action="(/account/devices/ses_[^"]*)"', page.text)
    other = next(action for action in actions if asha.session in action)
    answer = inside.submit(other, {}, "/account/devices")
    assert 200 == answer.status
    assert 401 == asha.gets("/api/v1/session").status
    assert 200 == inside.get("/account").status


@pytest.mark.spec("S1")
@pytest.mark.attack("106")
def test_a_session_of_somebody_else_is_not_found(house, ben, inside):
    ben.signs_in()
    answer = inside.submit(f"/account/devices/{ben.session}/end", {}, "/account/devices")
    assert (404, 200) == (answer.status, ben.gets("/api/v1/session").status)


@pytest.mark.spec("S1")
@pytest.mark.attack("107")
@pytest.mark.parametrize("keeps", ["yes", ""])
def test_signing_out_everywhere_asks_first_and_gives_a_receipt(house, asha, inside, clock, keeps):
    clock.move(hours=1)
    asha.signs_in()
    asked = inside.get("/account/devices/end-all")
    assert (200, 200) == (asked.status, asha.gets("/api/v1/session").status)
    fields = {"keep_current": keeps} if keeps else {}
    answer = inside.submit("/account/devices/end-all", fields, "/account/devices/end-all")
    assert 200 == answer.status
    assert 401 == asha.gets("/api/v1/session").status
    assert (200 if keeps else 303) == inside.get("/account").status


@pytest.mark.spec("A1")
def test_the_activity_page_shows_what_happened_by_pages(house, asha, inside, clock):
    for _ in range(8):
        for _ in range(6):
            clock.move(minutes=10)
            asha.begins().ask(asha.device)
        asha.types(house.inbox.code(asha.address))
    first = inside.get("/account/activity")
    older = re.search(r'href="(/account/activity\?after=[^"]*)"', first.text)
    assert older
    second = inside.get(older[1])
    assert 200 == second.status
    assert first.text != second.text
    assert 404 == inside.get("/account/activity?after=evt_x").status


def test_signed_out_says_so(inside):
    answer = inside.submit("/sign-out", {}, "/account/devices/end-all")
    assert "/signed-out" == answer.header("Location")
    assert 200 == inside.follow(answer).status

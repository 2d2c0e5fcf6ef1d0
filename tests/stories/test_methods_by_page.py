"""Passkeys and a password by the pages, without a script: what a browser's form would send."""

import html
import json
import re

import pytest

from tests.support.enrolled import BETTER, GOOD
from tests.support.soft_authenticator import SoftAuthenticator

HOME = "/account/security/methods"


class Browser:
    """A browser in which Asha is signed in."""

    def __init__(self, house, person):
        self.house = house
        self.person = person
        self.client = house.client("198.51.100.77")
        path = self.client.submit("/sign-in", {"name": person.address}).header("Location")
        self.client.submit(path, {"code": house.inbox.code(person.address)}, path)
        assert 200 == self.client.get("/account").status

    def proves(self, at, fields=None):
        """Submit a page that wants a step-up, and give its code back; return where that leads."""
        self.house.clock.move(minutes=2)
        begun = self.client.submit(at, fields or {}, at)
        assert 303 == begun.status, begun.text
        proof = begun.header("Location")
        by_mail = re.search(
            r'value="(opt_\w+)"[^>]*><span>Send a code', self.client.get(proof).text
        )
        if by_mail:
            self.client.submit(f"{proof}/code", {"option": by_mail[1]}, proof)
        code = self.house.inbox.code(self.person.address)
        return self.client.submit(proof, {"code": code}, proof)

    def begins(self, kind):
        """Begin a kind; return the path of the page that makes it."""
        done = self.proves(f"{HOME}/add/{kind}")
        assert 303 == done.status, done.text
        return done.header("Location")

    def answers(self, path, device):
        """Let a device answer what the page asks."""
        page = self.client.get(path).text
        options = json.loads(html.unescape(re.search(r'data-options="([^"]*)"', page)[1]))
        state = re.search(r'name="state" value="([^"]*)"', page)[1]
        fields = {"state": state, "credential": device.make(options)}
        return self.client.submit(path, fields, path)

    def methods(self):
        """The paths of what stands on the page, by its remove links."""
        return re.findall(rf"{HOME}/(mtd_\w+)/remove", self.client.get(HOME).text)


@pytest.fixture
def browser(house, asha):
    return Browser(house, asha)


@pytest.fixture
def device(house):
    return SoftAuthenticator(house.origin)


@pytest.mark.spec("M5", "P8")
def test_a_passkey_goes_the_whole_road_by_pages(browser, device):
    path = browser.begins("passkey")
    added = browser.answers(path, device)
    assert "Added: Passkey" in added.text
    (method,) = browser.methods()
    rename = f"{HOME}/{method}/rename"
    assert "60 characters" in browser.client.submit(rename, {"name": " "}, rename).text
    renamed = browser.client.submit(rename, {"name": "Laptop"}, rename)
    assert "The new name is: Laptop" in renamed.text
    assert "signalAllAcceptedCredentials" in renamed.text
    removed = browser.proves(f"{HOME}/{method}/remove")
    assert "Removed: Laptop" in removed.text
    assert "signalAllAcceptedCredentials" in removed.text
    assert [] == browser.methods()
    assert HOME == browser.client.get(path).header("Location")


@pytest.mark.spec("M5")
@pytest.mark.attack("052")
def test_a_wrong_answer_shows_the_page_again_with_a_new_challenge(browser, device):
    path = browser.begins("passkey")
    device.said = {"origin": "https://evil.example"}
    refused = browser.answers(path, device)
    assert 401 == refused.status
    assert "could not be used here" in refused.text
    device.said = {}
    assert "Added: Passkey" in browser.answers(path, device).text
    again = browser.client.submit(path, {"state": "AAAA", "credential": "{}"}, HOME)
    assert HOME == again.header("Location")


@pytest.mark.spec("M5")
def test_an_enrolment_that_is_over_leads_to_a_new_one(browser, clock):
    path = browser.begins("passkey")
    clock.move(minutes=10)
    page = browser.client.get(path)
    assert 401 == page.status
    assert "This took too long" in page.text
    assert f'href="{HOME}/add/passkey"' in page.text


@pytest.mark.spec("M5")
def test_where_browsers_have_no_passkeys_none_is_offered(house, browser):
    browser.client.origin = "http://192.0.2.7:8080"
    assert f"{HOME}/add/passkey" not in browser.client.get(HOME).text
    page = browser.client.get(f"{HOME}/add/passkey")
    assert "begins with https" in page.text
    assert "<button" not in page.text.partition("<main")[2]
    posted = browser.client.submit(f"{HOME}/add/passkey", {}, f"{HOME}/add/totp")
    assert 409 == posted.status


@pytest.mark.spec("M6", "M8", "P8")
def test_a_password_goes_the_whole_road_by_pages(browser, device):
    path = browser.begins("password")
    page = browser.client.get(path)
    assert 'autocomplete="new-password"' in page.text
    short = browser.client.submit(path, {"password": "short"}, path)
    assert (422, True) == (short.status, "too short" in short.text)
    known = browser.client.submit(path, {"password": "passwordpassword"}, path)
    assert "everybody tries first" in known.text
    assert "Added: Password" in browser.client.submit(path, {"password": GOOD}, path).text
    changing = browser.begins("password")
    assert (
        "Your password is changed"
        in browser.client.submit(changing, {"password": BETTER}, changing).text
    )
    (method,) = browser.methods()
    remove = f"{HOME}/{method}/remove"
    assert "Add a passkey or an authenticator app first" in browser.client.get(remove).text
    refused = browser.client.submit(remove, {}, f"{HOME}/add/totp")
    assert (409, None) == (refused.status, refused.header("Location"))
    browser.answers(browser.begins("passkey"), device)
    assert "Removed: Password" in browser.proves(remove).text


@pytest.mark.spec("M6")
def test_a_password_that_waited_too_long_is_begun_anew(browser, clock):
    path = browser.begins("password")
    clock.move(minutes=10)
    late = browser.client.submit(path, {"password": GOOD}, path)
    assert (410, True) == (late.status, "Start again" in late.text)
    assert [] == browser.methods()


@pytest.mark.attack("106", "065")
def test_pages_of_another_account_are_not_there(browser, house, ben):
    waiting = browser.begins("passkey")
    browser.answers(waiting, SoftAuthenticator(house.origin))
    (method,) = browser.methods()
    pending = browser.begins("password")
    house.clock.move(minutes=2)
    other = Browser(house, ben)
    assert [404, 404] == [
        other.client.get(f"{HOME}/{method}/{what}").status for what in ("rename", "remove")
    ]
    assert 404 == other.client.submit(f"{HOME}/{method}/rename", {"name": "x"}, HOME).status
    assert HOME == other.client.get(pending).header("Location")
    assert HOME == other.client.submit(pending, {"password": GOOD}, HOME).header("Location")


@pytest.mark.attack("095")
@pytest.mark.parametrize("what", ["rename", "passkey", "password", "remove"])
def test_a_form_of_another_site_changes_nothing(browser, what):
    path = f"{HOME}/mtd_0000000000000/{what}"
    answer = browser.client.form(path, {"name": "x"}, {"Origin": "https://evil.example"})
    assert 403 == answer.status

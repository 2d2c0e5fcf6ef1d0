"""What pages never do: run what is not ours, load from elsewhere, leave tokens lying about."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.running import awaited

THE_ROAD = ("/sign-in", "/account", "/account/activity", "/account/devices", "/help/code")
NEVER_KEPT = "no-store"


@pytest.fixture(scope="module")
def walked(arrive):
    """A person who was everywhere; told of once, to several tests."""
    asha = arrive("en")
    asha.asks_for_a_code()
    asha.types(asha.wrong_code())
    expect(asha.page.locator("[data-errors]")).to_be_visible()
    asha.types(asha.code())
    asha.is_at("/account")
    for path in (*THE_ROAD, "/account/devices/end-all", "/no-such-page", "/dev/inbox"):
        asha.opens(path)
    yield asha
    asha.context.close()


def test_no_browser_complains_on_the_whole_road(walked):
    assert [] == walked.complaints


@pytest.mark.attack("099")
def test_nothing_is_loaded_from_elsewhere_and_no_page_is_kept(walked):
    assert {walked.server.origin} == {origin_of(one.url) for one in walked.requests}
    answers = [(one, one.response()) for one in walked.requests]
    pages = [answer for one, answer in answers if one.resource_type == "document" and answer]
    assert len(pages) > len(THE_ROAD)
    assert {NEVER_KEPT} == {one.header_value("cache-control") for one in pages}
    assert {"same-origin"} == {one.header_value("referrer-policy") for one in pages}


@pytest.mark.attack("099")
def test_no_address_of_a_page_holds_a_secret(walked):
    """Tickets, sessions and codes live in cookies and bodies: history and logs hold none."""
    secrets = {one["value"] for one in walked.context.cookies() if one["httpOnly"]}
    assert len(secrets) >= 2
    codes = {one["code"] for one in walked.server.letters(walked.address) if one["code"]}
    told = " ".join(part for one in walked.requests for part in (one.url, referrer(one)))
    assert [] == [secret for secret in secrets | codes if secret in told]


@pytest.mark.attack("099")
def test_another_site_is_not_told_where_one_came_from(person):
    asha = person("en")
    asha.asks_for_a_code()
    elsewhere = asha.server.origin.replace("localhost", "127.0.0.1") + "/help/code"
    asha.page.evaluate("url => { location.href = url; }", elsewhere)
    asha.page.wait_for_url(elsewhere)
    last = next(one for one in reversed(asha.requests) if one.url == elsewhere)
    assert "" == referrer(last)


@pytest.mark.spec("S3")
def test_no_script_of_a_page_reads_the_cookies_that_open_something(walked):
    readable = walked.page.evaluate("document.cookie")
    names = {pair.partition("=")[0].strip() for pair in readable.split(";")}
    assert set() == names - {"sekisho_zone", "sekisho_language", "sekisho_theme"}


ADD = "document.body.append"
SMUGGLED = {
    "script": f"const it = document.createElement('script'); it.text = 'window.ran = 1'; {ADD}(it)",
    "handler": "document.body.setAttribute('onclick', 'window.ran = 1'); document.body.click()",
    "markup": "document.body.innerHTML = '<img src=x onerror=\"window.ran = 1\">'",
    "style": f"const it = document.createElement('style'); it.textContent = '*{{}}'; {ADD}(it)",
    "image": f"const it = new Image(); it.src = 'https://example.com/x.png'; {ADD}(it)",
}


@pytest.mark.parametrize("smuggled", SMUGGLED.values(), ids=SMUGGLED)
def test_the_policy_stops_what_is_smuggled_into_a_page(person, smuggled):
    asha = person("en")
    asha.opens("/sign-in")
    asha.page.evaluate(f"() => {{ try {{ {smuggled} }} catch {{}} }}")
    awaited(lambda: asha.page.evaluate("1") and asha.complaints)
    assert None is asha.page.evaluate("window.ran ?? null")
    asha.complaints.clear()


def origin_of(url):
    found = urlsplit(url)
    return f"{found.scheme}://{found.netloc}"


def referrer(request):
    return request.headers.get("referer", "")

"""The cookies that the service sets, and those that others set for it."""

import pytest

from sekisho.web import cookies

NEVER = "sekisho_"


def lines(answer):
    """The Set-Cookie lines by name: value and attributes."""
    found = {}
    for line in answer.all("Set-Cookie"):
        pair, *attributes = line.split("; ")
        name, _, value = pair.partition("=")
        found[name] = (value, set(attributes))
    return found


def road(house, address):
    """The whole road in a browser; all cookies that were set on it."""
    browser = house.client()
    shown = browser.get("/sign-in")
    sent = browser.submit("/sign-in", {"name": address})
    path = sent.header("Location")
    passed = browser.submit(path, {"code": house.inbox.code(address)}, path)
    assert "/account" == passed.header("Location")
    return lines(shown) | lines(sent) | lines(passed)


@pytest.mark.spec("S3")
def test_behind_https_secret_cookies_are_host_bound_secure_and_out_of_reach(secure_house):
    secure_house.make_account("asha@example.org")
    found = road(secure_house, "asha@example.org")
    expected = {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"}
    assert {
        "__Host-sekisho_form",
        "__Host-sekisho_flow",
        "__Host-sekisho_session",
        "__Host-sekisho_device",
    } == set(found)
    for name, (_, attributes) in found.items():
        assert expected <= attributes, name
        assert not [one for one in attributes if one.startswith("Domain")]


@pytest.mark.spec("S3")
def test_on_plain_http_the_names_are_plain(house):
    house.make_account("asha@example.org")
    found = road(house, "asha@example.org")
    assert {"sekisho_form", "sekisho_flow", "sekisho_session", "sekisho_device"} == set(found)
    for _, attributes in found.values():
        assert {"Path=/", "HttpOnly", "SameSite=Lax"} <= attributes
        assert "Secure" not in attributes


@pytest.mark.spec("S3")
def test_a_session_holds_256_random_bits(house, asha):
    tokens = set()
    for _ in range(4):
        asha.signs_in()
        tokens.add(asha.token[-43:])
        house.clock.move(hours=1)
    assert 4 == len(tokens)
    assert all(len(token) * 6 >= 256 for token in tokens)


@pytest.mark.spec("S3", "C9")
@pytest.mark.attack("096")
def test_a_cookie_that_was_set_before_signing_in_is_not_the_session(house, asha):
    browser = house.client()
    planted = "ses_0000000000000_" + "A" * 43
    browser.jar["sekisho_session"] = planted
    path = browser.submit("/sign-in", {"name": asha.address}).header("Location")
    browser.submit(path, {"code": house.inbox.code()}, path)
    assert planted != browser.jar["sekisho_session"]
    assert 200 == browser.get("/account").status
    stale = house.client()
    stale.jar["sekisho_session"] = planted
    assert 303 == stale.get("/account").status


@pytest.mark.spec("S3")
@pytest.mark.attack("096")
def test_signing_in_again_ends_the_session_before(house, asha):
    """One browser, two sign-ins: the first value opens nothing afterwards."""
    browser = house.client()
    path = browser.submit("/sign-in", {"name": asha.address}).header("Location")
    code = house.inbox.code()
    house.clock.move(seconds=40)
    second = browser.submit("/sign-in", {"name": asha.address}).header("Location")
    other_code = house.inbox.code()
    browser.submit(path, {"code": code}, path)
    first = browser.jar["sekisho_session"]
    browser.submit(second, {"code": other_code}, second)
    assert first != browser.jar["sekisho_session"]
    browser.jar["sekisho_session"], kept = first, browser.jar["sekisho_session"]
    assert 303 == browser.get("/account").status
    browser.jar["sekisho_session"] = kept
    assert 200 == browser.get("/account").status


@pytest.mark.attack("007", "096")
def test_signing_out_ends_the_session_and_takes_its_cookie(house, asha):
    browser = house.client()
    path = browser.submit("/sign-in", {"name": asha.address}).header("Location")
    browser.submit(path, {"code": house.inbox.code()}, path)
    token = browser.jar["sekisho_session"]
    answer = browser.submit("/sign-out", {}, "/account/devices/end-all")
    assert ("", True) == (
        lines(answer)["sekisho_session"][0],
        "Max-Age=0" in lines(answer)["sekisho_session"][1],
    )
    browser.jar["sekisho_session"] = token
    assert 303 == browser.get("/account").status


@pytest.mark.spec("S3")
def test_secure_names_are_the_only_ones_that_count_behind_https(secure_house):
    """A cookie without `__Host-` may come from a sibling host."""
    house = secure_house
    house.make_account("asha@example.org")
    browser = house.client()
    path = browser.submit("/sign-in", {"name": "asha@example.org"}).header("Location")
    browser.submit(path, {"code": house.inbox.code()}, path)
    token = browser.jar["__Host-sekisho_session"]
    sibling = house.client()
    sibling.jar = {"sekisho_session": token}
    assert 303 == sibling.get("/account").status
    sibling.jar = {"__Host-sekisho_session": token}
    assert 200 == sibling.get("/account").status


@pytest.mark.parametrize("name", [cookies.LANGUAGE, cookies.ZONE, cookies.THEME])
def test_choices_are_no_secrets(name):
    assert f"sekisho_{name}" == cookies.full_name(name, is_secure=True)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        pytest.param("sekisho_session=a", "a", id="alone"),
        pytest.param("x=1; sekisho_session=a", "a", id="after another"),
        pytest.param("sekisho_session=a; sekisho_session=b", "a", id="of two the first"),
        pytest.param('sekisho_session="a"', "a", id="quoted"),
        pytest.param("sekisho_session", "", id="without a value"),
        pytest.param("SEKISHO_SESSION=a", None, id="another case"),
        pytest.param("x" * 7000 + "; sekisho_session=a", None, id="too far behind"),
    ],
)
def test_a_cookie_header_is_read(header, value):
    assert value == cookies.read(header, is_secure=False).get("session")

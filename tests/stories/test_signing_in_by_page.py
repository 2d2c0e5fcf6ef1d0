"""Signing in by any kind on the pages, as a browser's forms would, and who forges them."""

import html
import re

import pytest

from tests.support.by_page import WAYS, Page, asked, number_of, session_of
from tests.support.signing import PASSWORD, WRONG
from tests.support.soft_authenticator import SoftAuthenticator
from tests.support.whole import E164, LAST_FOUR

pytestmark = pytest.mark.spec("M9")
TELLS = 'data-passkey-signal="signalUnknownCredential"'
CODE = re.compile(r"(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}")


def by_name_field(client, key):
    """The form by which a passkey of the first page signs in."""
    page = client.get("/sign-in")
    state = re.search(r'name="state" value="([^"]*)"', page.text)[1]
    return {"state": html.unescape(state), "credential": key.prove(asked(page))}


def proof(whole, house, kind, page):
    """Choose a kind on a page; the fields that are right."""
    confirm = {"confirm": LAST_FOUR} if kind in ("sms_code", "voice_code") else {}
    shown = page.opens(kind, **confirm)
    match kind:
        case "typed" | "sms_code" | "voice_code":
            to = whole.person.address if kind == "typed" else E164
            return {"code": house.inbox.code(to)}
        case "passkey":
            return {"credential": whole.key.prove(asked(shown))}
        case "push":
            assert 200 == whole.phone.approves(number_of(shown)).status
            return {"push": "true"}
        case "password":
            return {"password": PASSWORD}
        case "totp":
            return {"code": whole.app_code()}
        case _:
            return {"code": whole.code}


@pytest.mark.spec("M2", "M3", "M4", "M5", "M6", "M7", "S3")
@pytest.mark.attack("096")
def test_each_kind_signs_in_and_ends_the_session_that_the_browser_had(supplied, house, clock):
    """One browser after another way each time: a new session, and the one before is dead."""
    client, before = house.client("198.18.1.1"), ""
    slips = {"password": {"password": WRONG}, "totp": {"code": "000000"}}
    for kind in (one for one in WAYS if one != "email_code"):
        clock.move(hours=2)
        page = Page(house, supplied.person.address, client)
        client.jar = {name: it for name, it in client.jar.items() if name != "sekisho_device"}
        right = proof(supplied, house, kind, page)
        if kind in slips:
            slip = page.gives(**slips[kind])
            assert (401, True) == (slip.status, "data-errors" in slip.text)
        passed = page.gives(**right)
        if kind == "recovery_code":
            assert (200, True) == (passed.status, CODE.search(passed.text)[0] != supplied.code)
        else:
            assert "/account" == passed.header("Location"), (kind, passed.text)
        own = {"typed": "email_code"}.get(kind, kind)
        assert [own] == page.session()["methods"]
        token = client.jar["sekisho_session"]
        assert token != before
        if before:
            assert 401 == session_of(client, before)["status"]
        before = token
        assert 200 == client.get("/account").status


def offered(page):
    """The ways on that a page shows as buttons, in their order."""
    shown = page.client.get(page.ways).text
    return re.findall(r'name="option"[^>]*><span>(.*?)</span>', shown)


@pytest.mark.spec("C11")
@pytest.mark.attack("089")
def test_the_way_that_a_browser_took_last_comes_first_there_and_nowhere_else(equipped, house):
    own, name = house.client("198.18.1.1"), equipped.person.address
    strangers = [offered(Page(house, one)) for one in (name, "nobody@example.com")]
    for kind, right in (("totp", {"code": equipped.app_code()}), ("password", None)):
        own.jar.pop("sekisho_device", None)
        page = Page(house, name, own)
        page.opens(kind)
        assert 303 == page.gives(**right or {"password": PASSWORD}).status
        first, *others = offered(Page(house, name, own))
        assert first.startswith({"totp": "Code from an", "password": "Password"}[kind])
        assert "as*****" in "".join(others)
    assert [one[1:] for one in strangers] == [
        offered(Page(house, one))[1:] for one in (name, "nobody@example.com")
    ]
    assert strangers[0][1:] == strangers[1][1:]


@pytest.mark.spec("M5")
@pytest.mark.attack("106")
def test_a_password_manager_is_told_of_a_passkey_that_nobody_has_and_of_no_other(equipped, house):
    client = house.client("198.18.1.1")
    unknown = SoftAuthenticator(house.origin, credential=b"of nobody here")
    refused = client.submit("/sign-in/passkey", by_name_field(client, unknown))
    assert (401, True) == (refused.status, TELLS in refused.text)
    for name in ("nobody@example.com", equipped.person.address):
        page = Page(house, name)
        foreign = equipped.key if name.startswith("nobody") else unknown
        refused = page.gives(credential=foreign.prove(asked(page.opens("passkey"))))
        assert (401, foreign is unknown) == (refused.status, TELLS in refused.text)


@pytest.mark.spec("M5")
@pytest.mark.attack("052", "095", "096")
def test_the_first_pages_passkey_signs_in_once_and_forms_from_elsewhere_never(equipped, house):
    client, evil = house.client("198.18.1.1"), {"Origin": "https://evil.example"}
    fields = by_name_field(client, equipped.key)
    token = client.form_token("/sign-in")
    forged = [
        client.form("/sign-in/passkey", {**fields, "form_token": token}, evil),
        client.form("/sign-in/passkey", fields, {"Origin": client.origin}),
    ]
    assert [403, 403] == [one.status for one in forged]
    assert "sekisho_session" not in client.jar
    assert "/account" == client.submit("/sign-in/passkey", fields).header("Location")
    before = client.jar["sekisho_session"]
    again = client.submit("/sign-in/passkey", fields)
    assert (409, before) == (again.status, client.jar["sekisho_session"])
    fresh = house.client("198.18.1.1")
    fields = by_name_field(fresh, equipped.key)
    fresh.jar["sekisho_session"] = before
    assert "/account" == fresh.submit("/sign-in/passkey", fields).header("Location")
    assert before != fresh.jar["sekisho_session"]
    assert "not_signed_in" == session_of(house.api, before)["code"]


@pytest.mark.spec("C4", "M2", "M9")
def test_a_new_code_goes_where_the_last_one_went(supplied, house, clock):
    """To the phone, and not to the address that was typed; as a first proof and as a second."""
    supplied.turns_on()
    clock.move(hours=2)
    second, first = (Page(house, supplied.person.address) for _ in range(2))
    second.opens("password")
    second.gives(password=PASSWORD)
    flow = second.path.split("/")[2]
    headers = {"Sekisho-Flow": second.client.jar["sekisho_flow"]}
    ways = house.api.get(f"/api/v1/flows/{flow}", headers).json["options"]
    by_text = next(one["id"] for one in ways if one["kind"] == "sms_code")
    second.client.submit(second.path.replace("/code", "/way"), {"option": by_text}, second.path)
    clock.move(minutes=2)
    first.opens("sms_code", confirm=LAST_FOUR)
    for one in (first, second):
        clock.move(minutes=3)
        before = len(house.inbox.codes(supplied.person.address))
        phone = len(house.inbox.codes(E164))
        resend = one.path.replace("/code", "/resend")
        assert f"{one.path}?again=1" == one.client.submit(resend, {}, one.path).header("Location")
        assert (before, phone + 1) == tuple(
            len(house.inbox.codes(to)) for to in (supplied.person.address, E164)
        )


@pytest.mark.attack("095")
def test_no_form_from_elsewhere_goes_on_with_a_flow(equipped, house):
    """Nor one of another browser: its cookie of flows is not this one's."""
    page = Page(house, equipped.person.address)
    page.opens("password")
    evil = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    token = page.client.form_token(page.path)
    answer, way = page.path, page.path.replace("/code", "/way")
    forged = [
        page.client.form(answer, {"password": PASSWORD, "form_token": token}, evil),
        page.client.form(answer, {"password": PASSWORD}, {"Origin": page.client.origin}),
        page.client.form(way, {"option": "x", "form_token": token}, evil),
        page.client.form(way.replace("/way", "/forgotten"), {"form_token": token}, evil),
        page.client.form(way.replace("/way", "/resend"), {"form_token": token}, evil),
        page.client.form(way.replace("/way", "/new-password"), {"form_token": token}, evil),
    ]
    assert [403] * len(forged) == [one.status for one in forged]
    other = house.client("198.18.1.2")
    assert 404 == other.submit(answer, {"password": PASSWORD}).status
    assert "sekisho_session" not in {**page.client.jar, **other.jar}
    assert "/account" == page.gives(password=PASSWORD).header("Location")

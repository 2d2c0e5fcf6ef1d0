"""Every way in, from the list of routes: none is without its headers, its check or its count."""

import re

import pytest

from tests.support.people import begin, compared, wrong

PLACES = {
    "flow": "flw_0000000000000",
    "challenge": "chl_0000000000000",
    "ask": "chl_0000000000000",
    "session": "ses_0000000000000",
    "device": "dev_0000000000000",
    "id": "ses_0000000000000",
    "contact": "ctc_0000000000000",
    "message": "msg_0000000000000",
    "method": "mtd_0000000000000",
    "kind": "totp",
    "name": "sekisho.css",
    "code": "code_wrong",
}
NEVER_WRITES = ("GET", "HEAD")
# What programs call and a cookie opens too.
BY_COOKIE = (
    "/api/v1/session",
    "/api/v1/devices",
    "/api/v1/contacts",
    "/api/v1/methods",
    "/api/v1/two_step",
)


def path_of(route, **places):
    return re.sub(r"\{(\w+)\}", lambda found: (PLACES | places)[found[1]], route.path)


def is_program(route):
    return route.path.startswith(("/api/", "/dev/clock", "/hooks/"))


# --- what every route has in common ---


@pytest.mark.spec("C6")
@pytest.mark.attack("020")
def test_every_route_that_verifies_is_in_this_list(house):
    """A new way to answer a code must come here, and to the test below."""
    verifies = {
        ("POST", "/api/v1/flows/{flow}/challenges/{challenge}/answer"),
        ("POST", "/api/v1/contacts/{contact}/confirm"),
        ("POST", "/api/v1/methods/{method}/confirm"),
        ("POST", "/sign-in/{flow}/code"),
        ("POST", "/sign-in/passkey"),
        ("POST", "/sign-in/{flow}/new-password"),
        ("POST", "/api/v1/flows/{flow}/password"),
        ("POST", "/account/security/prove/{flow}"),
        ("POST", "/account/security/contacts/{contact}"),
        ("POST", "/account/security/methods/enrol"),
        ("POST", "/account/security/methods/{method}/passkey"),
        ("POST", "/account/security/methods/{method}/password"),
        ("POST", "/api/v1/push/asks/{ask}/decide"),
    }
    writes = {(route.method, route.path) for route in house.routes if route.method != "GET"}
    others = {
        ("POST", "/api/v1/flows"),
        ("POST", "/api/v1/flows/{flow}/challenges"),
        ("DELETE", "/api/v1/session"),
        ("DELETE", "/api/v1/sessions/{session}"),
        ("POST", "/api/v1/sessions/end_all"),
        ("POST", "/api/v1/contacts"),
        ("POST", "/api/v1/contacts/{contact}/code"),
        ("DELETE", "/api/v1/contacts/{contact}"),
        ("POST", "/api/v1/methods"),
        ("DELETE", "/api/v1/methods/{method}"),
        ("PATCH", "/api/v1/methods/{method}"),
        ("POST", "/account/security/methods/{method}/rename"),
        ("POST", "/api/v1/two_step"),
        ("POST", "/api/v1/push/phones"),  # a code of 128 bits, once
        ("PUT", "/api/v1/push/subscription"),
        ("POST", "/sign-in"),
        ("POST", "/sign-in/{flow}/resend"),
        ("POST", "/sign-in/{flow}/way"),
        ("POST", "/sign-in/{flow}/forgotten"),
        ("POST", "/sign-out"),
        ("POST", "/account/devices/{id}/end"),
        ("POST", "/account/devices/{id}/remove"),
        ("POST", "/account/devices/end-all"),
        ("POST", "/account/devices/remove-all"),
        ("DELETE", "/api/v1/devices/{device}"),
        ("POST", "/api/v1/devices/remove_all"),
        ("POST", "/account/security/add"),
        ("POST", "/account/security/add-phone"),
        ("POST", "/account/security/contacts/{contact}/code"),
        ("POST", "/account/security/contacts/{contact}/remove"),
        ("POST", "/account/security/contacts/{contact}/test"),
        ("POST", "/account/security/contacts/{contact}/test/arrived"),
        ("POST", "/api/v1/contacts/{contact}/test"),
        ("POST", "/api/v1/contacts/{contact}/test/arrived"),
        ("POST", "/account/security/notices"),
        ("POST", "/account/security/checkup"),
        ("POST", "/account/security/checkup/second-step"),
        ("POST", "/api/v1/checkup/confirm"),
        ("PUT", "/api/v1/notices"),
        ("POST", "/account/security/prove/{flow}/code"),
        ("POST", "/account/security/prove/{flow}/act"),
        ("POST", "/account/security/methods/add/{kind}"),
        ("POST", "/account/security/methods/{method}/remove"),
        ("POST", "/account/security/methods/two-step"),
        ("POST", "/dev/clock"),
        ("POST", "/hooks/twilio/{message}"),
        ("POST", "/hooks/webhook"),
    }
    assert writes == verifies | others


@pytest.mark.spec("C6")
@pytest.mark.attack("020", "007")
def test_pages_and_api_share_one_count(house, asha):
    """Five by the page, five by the API: then the hour is spent, whichever way."""
    total = 0
    browser = house.client("203.0.113.40")
    for number in range(3):
        path = browser.submit("/sign-in", {"name": asha.address}).header("Location")
        code = house.inbox.codes(asha.address)[0].code
        answers = [browser.submit(path, {"code": wrong(code, by)}, path) for by in range(1, 4)]
        total += sum(answer.status == 401 for answer in answers)
        attempt = begin(house.client(f"203.0.113.{number}"), asha.address)
        if attempt.ask().json["digits"] == 6:
            total += compared(attempt.type(wrong(code, by)) for by in range(20, 24))
    assert 10 <= total <= 10 + 3 * 3  # the rest were long codes of the page
    short = [event for event in range(total) if event < 10]
    assert 10 == len(short)


@pytest.mark.attack("020")
@pytest.mark.parametrize(
    "twist",
    [
        lambda path: path + "/",
        lambda path: path.replace("/api/v1/", "/api/v2/"),
        lambda path: path.replace("/api/", "/API/"),
        lambda path: path.replace("/answer", "/answer/answer"),
        lambda path: path.replace("/api", "//api"),
        lambda path: path.replace("/answer", "/%61nswer/"),
        lambda path: path + ".json",
        lambda path: path.replace("/challenges/", "/challenges//"),
    ],
)
def test_another_spelling_of_the_path_is_not_found_or_counted_alike(house, asha, twist):
    attempt = asha.asks_for_a_code()
    code = house.inbox.code()
    path = twist(attempt.answer_path)
    tried = [house.api.post(path, {"code": wrong(code)}, attempt.headers) for _ in range(6)]
    told = [answer.code for answer in tried]
    assert told in (["not_found"] * 6, ["code_wrong"] * 5 + ["too_many_tries"], [None] * 6)
    assert 200 != tried[0].status
    assert 5 >= compared([*tried, *(attempt.type(wrong(code, 2)) for _ in range(6))])


@pytest.mark.attack("020", "026")
@pytest.mark.parametrize(
    "method", ["PUT", "PATCH", "DELETE", "OPTIONS", "GET", "HEAD", "TRACE", "FOO"]
)
def test_no_other_method_answers(house, asha, method):
    attempt = asha.asks_for_a_code()
    body = f'{{"code": "{house.inbox.code()}"}}'.encode()
    answer = house.api.send(method, attempt.answer_path, body, attempt.headers)
    assert answer.status in (200, 204, 405, 422)
    assert b"token" not in answer.body
    assert 200 == asha.types(house.inbox.code()).status


@pytest.mark.attack("020")
@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-Method-Override"])
def test_no_header_makes_another_method_of_it(house, asha, name):
    attempt = asha.asks_for_a_code()
    answer = house.api.send("GET", attempt.answer_path, headers=attempt.headers | {name: "POST"})
    assert 405 == answer.status


@pytest.mark.attack("026")
def test_no_get_changes_anything(house, asha):
    """A mail scanner follows every address; code and session live on, no mail goes out."""
    asha.signs_in()
    browser = house.client("203.0.113.41")
    path = browser.submit("/sign-in", {"name": asha.address}).header("Location")
    code = house.inbox.code(asha.address)
    mails = len(house.inbox.all())
    for method in ("GET", "HEAD", "OPTIONS"):
        for _ in range(3):
            for route in house.routes:
                found = path_of(route, flow=path.split("/")[2], session=asha.session)
                for query in ("", f"?code={code}", "?keep_current=no"):
                    browser.send(method, found + query)
                    asha.client.send(method, found + query, headers=asha.bearer)
    assert 200 == asha.gets("/api/v1/session").status
    assert mails == len(house.inbox.all())
    assert "/account" == browser.submit(path, {"code": code}, path).header("Location")


@pytest.mark.attack("098", "099")
def test_every_page_has_the_headers_of_a_page(house, asha):
    browser = signed_in(house, asha)
    seen = 0
    for route in house.routes:
        for client in (browser, house.client()):
            answer = client.get(path_of(route))
            if "text/html" not in (answer.header("Content-Type") or ""):
                continue
            seen += 1
            policy = answer.header("Content-Security-Policy")
            assert "frame-ancestors 'none'" in policy
            assert "default-src 'none'" in policy
            assert "require-trusted-types-for 'script'" in policy
            assert "unsafe" not in policy
            assert "DENY" == answer.header("X-Frame-Options")
            assert "no-store" == answer.header("Cache-Control")
            assert answer.header("Referrer-Policy") in ("no-referrer", "same-origin")
            assert "same-origin" == answer.header("Cross-Origin-Opener-Policy")
    assert seen > 12


@pytest.mark.attack("098", "099")
def test_refusals_and_redirects_have_them_too(house, asha):
    browser = house.client()
    answers = [
        browser.get("/nothing/here"),
        browser.form("/sign-in", {"name": "x"}),
        browser.get("/sign-in/flw_0000000000000/code"),
        browser.send("PUT", "/sign-in"),
        browser.get("/account"),
    ]
    assert [404, 403, 404, 405, 303] == [answer.status for answer in answers]
    for answer in answers:
        assert "frame-ancestors 'none'" in answer.header("Content-Security-Policy")
        assert "no-store" == answer.header("Cache-Control")


def test_everything_says_that_its_type_is_its_type(house, asha):
    for route in house.routes:
        answer = house.api.get(path_of(route))
        assert "nosniff" == answer.header("X-Content-Type-Options")


@pytest.mark.attack("099")
def test_what_is_not_a_file_is_never_kept_by_anybody(house, asha):
    browser = signed_in(house, asha)
    for route in house.routes:
        answer = browser.get(path_of(route))
        kept = ("/static/", "/favicon", "/.well-known/security.txt")
        if not path_of(route).startswith(kept) or answer.status != 200:
            assert "no-store" == answer.header("Cache-Control"), route.path


@pytest.mark.attack("099", "027")
def test_no_address_of_a_page_holds_a_secret(house, asha):
    browser = house.client()
    sent = browser.submit("/sign-in", {"name": asha.address})
    code = house.inbox.code()
    path = sent.header("Location")
    passed = browser.submit(path, {"code": code}, path)
    secrets = [code, *browser.jar.values()]
    for answer in (sent, passed, browser.follow(passed), browser.get("/account/activity")):
        where = [
            answer.header("Location") or "",
            *re.findall(r'(?:href|action|src)="([^"]*)"', answer.text),
        ]
        assert [] == [one for one in where for secret in secrets if secret in one]


@pytest.mark.attack("099")
def test_pages_load_nothing_from_elsewhere(house, asha):
    browser = signed_in(house, asha)
    for route in house.routes:
        answer = browser.get(path_of(route))
        if "text/html" in (answer.header("Content-Type") or ""):
            found = re.findall(r'(?:href|src|action)="([^"]*)"', answer.text)
            assert [] == [one for one in found if not re.match(r"[/#](?!/)|mailto:", one)], (
                route.path
            )


# --- forms from elsewhere ---


def writes_of(house):
    return [route for route in house.routes if route.method not in NEVER_WRITES]


def signed_in(house, person):
    browser = house.client("198.51.100.77")
    path = browser.submit("/sign-in", {"name": person.address}).header("Location")
    browser.submit(path, {"code": house.inbox.code(person.address)}, path)
    assert 200 == browser.get("/account").status
    return browser


@pytest.mark.attack("095")
@pytest.mark.parametrize(
    ("origin", "has_token"),
    [
        pytest.param(None, False, id="no Origin, no token"),
        pytest.param(None, True, id="no Origin"),
        pytest.param("null", True, id="an opaque Origin"),
        pytest.param("https://evil.example", True, id="another site"),
        pytest.param("http://localhost:8081", True, id="another port"),
        pytest.param("https://localhost", True, id="another scheme"),
        pytest.param("http://localhost.evil.example", True, id="a longer name"),
        pytest.param("http://localhost", False, id="our Origin without a token"),
    ],
)
def test_every_write_by_cookie_refuses_a_form_from_elsewhere(house, asha, origin, has_token):
    browser = signed_in(house, asha)
    path = browser.submit("/sign-in", {"name": asha.address})  # leads home: signed in
    token = browser.form_token("/account/devices/end-all")
    headers = {"Origin": origin} if origin else {}
    for route in writes_of(house):
        if is_program(route) and not route.path.startswith(BY_COOKIE):
            continue  # takes no cookie: see the test below
        fields = {"form_token": token} if has_token else {}
        found = path_of(route)
        if is_program(route):
            more = {"Sekisho-Form": token} if has_token else {}
            answer = browser.send(route.method, found, headers=headers | more)
        else:
            answer = browser.form(found, fields, headers)
        assert 403 == answer.status, route.path
    assert 200 == browser.get("/account").status
    assert path.status in (303, 403, 200)


@pytest.mark.attack("095")
def test_the_token_of_another_browser_is_refused(house, asha):
    browser, other = signed_in(house, asha), house.client()
    token = other.form_token()
    answer = browser.form("/sign-out", {"form_token": token}, {"Origin": browser.origin})
    assert (403, 200) == (answer.status, browser.get("/account").status)


@pytest.mark.attack("095")
def test_what_programs_call_takes_no_cookie_but_from_our_own_forms(house, asha):
    browser = signed_in(house, asha)
    token = browser.form_token("/account/devices/end-all")
    headers = {"Origin": browser.origin, "Sekisho-Form": token}
    assert 403 == browser.delete("/api/v1/session").status
    assert 204 == browser.delete("/api/v1/session", headers).status


@pytest.mark.attack("095")
def test_the_flows_of_programs_lean_on_no_cookie(house, asha):
    """So a page of another site can do no more with them than its own server could."""
    browser = house.client()
    path = browser.submit("/sign-in", {"name": asha.address}).header("Location")
    flow = path.split("/")[2]
    body = {"code": house.inbox.code()}
    answer = browser.post(f"/api/v1/flows/{flow}/challenges/chl_0000000000000/answer", body)
    assert "flow_unknown" == answer.code


@pytest.mark.attack("095")
@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_page_of_another_site_does_not_move_the_clock_of_dev(house, origin):
    body = b'{"advance_seconds": 5}'
    answer = house.api.send("POST", "/dev/clock", body, {"Origin": origin}, kind="text/plain")
    assert 403 == answer.status


# --- redirects ---


@pytest.mark.attack("094")
@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "http://localhost@evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://xn--e1awd7f.example",
        "%2f%2fevil.example",
        "/%09/evil.example",
        "https://localhost.evil.example",
        ".evil.example",
        "///evil.example",
    ],
)
def test_no_parameter_leads_elsewhere(house, asha, target):
    browser = house.client()
    query = "&".join(
        f"{name}={target}" for name in ("next", "return_to", "redirect_uri", "url", "continue")
    )
    sent = browser.submit(f"/sign-in?{query}", {"name": asha.address, "next": target})
    path = sent.header("Location")
    passed = browser.submit(f"{path}?{query}", {"code": house.inbox.code(), "next": target}, path)
    others = [
        browser.get(f"{place}?{query}&language=ja") for place in ("/", "/sign-in", "/account")
    ]
    for answer in (sent, passed, *others):
        assert re.fullmatch(r"/(?![/\\]).*", answer.header("Location"))
        assert re.fullmatch(r"/[a-z]*[a-z0-9/_-]*", answer.header("Location").partition("?")[0])


@pytest.mark.attack("094")
@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/?language=ja",
        "/\\evil.example?language=ja",
        "/%2f%2fevil.example?language=ja",
        "//sign-in?language=ja",
        "///sign-in?language=ja",
        "//problems/code_wrong?language=ja",
    ],
)
def test_choosing_a_language_leads_nowhere_else(house, path):
    answer = house.api.get(path)
    assert (answer.header("Location") or "/").startswith("/")
    assert not (answer.header("Location") or "/").startswith(("//", "/\\"))

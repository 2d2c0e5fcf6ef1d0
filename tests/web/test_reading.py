"""What a request says of itself is not believed: its address, its host, its size, its shape."""

import io
import json
import time

import pytest

from tests.support.houses import SECURE
from tests.support.people import begin, person

SPOOFS = [
    "X-Forwarded-For",
    "Forwarded",
    "True-Client-IP",
    "X-Real-IP",
    "CF-Connecting-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Originating-IP",
    "Via",
]


def seen_from(house, owner, headers, peer):
    """The address that the owner sees of somebody who asks with these headers from `peer`."""
    client = house.client(peer)
    attempt = begin(client, owner.address)
    client.post(f"{attempt.path}/challenges", {"option": attempt.option}, attempt.headers | headers)
    house.clock.move(seconds=1)
    owner.signs_in()
    asked = [event for event in owner.events() if event["kind"] == "code_asked"]
    return asked[-1]["ip"]


@pytest.fixture
def proxied(build_house):
    return build_house(trusted_proxies="10.0.0.0/8, 2001:db8:ffff::/48")


@pytest.fixture
def owner(proxied):
    return person(proxied, "asha@example.org", "198.51.100.10")


@pytest.mark.attack("083")
@pytest.mark.parametrize("name", SPOOFS)
def test_nobody_names_his_own_address(house, asha, name):
    value = "for=1.2.3.4" if name == "Forwarded" else "1.2.3.4"
    assert "203.0.113.9" == seen_from(house, asha, {name: value}, "203.0.113.9")


@pytest.mark.attack("083")
@pytest.mark.parametrize(
    ("peer", "chain", "seen"),
    [
        pytest.param("10.0.0.1", "203.0.113.9", "203.0.113.9", id="our proxy says who"),
        pytest.param("10.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9", id="right-most untrusted"),
        pytest.param("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9", id="two of our proxies"),
        pytest.param("10.0.0.1", "1.2.3.4, x, 10.0.0.2", "10.0.0.2", id="never left of nonsense"),
        pytest.param("10.0.0.1", "", "10.0.0.1", id="our proxy says nothing"),
        pytest.param("10.0.0.1", "203.0.113.9:443", "10.0.0.1", id="a port is nonsense"),
        pytest.param("203.0.113.9", "1.2.3.4", "203.0.113.9", id="not one of our proxies"),
        pytest.param("2001:db8:ffff::1", "2001:db8::9", "2001:db8::9", id="IPv6"),
        pytest.param("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9", id="IPv4 in IPv6"),
    ],
)
def test_only_our_proxies_are_believed(proxied, owner, peer, chain, seen):
    headers = {"X-Forwarded-For": chain} if chain else {}
    assert seen == seen_from(proxied, owner, headers, peer)


@pytest.mark.attack("083")
@pytest.mark.parametrize("name", SPOOFS[1:])
def test_of_our_proxy_too_one_header_alone_is_believed(proxied, owner, name):
    assert "10.0.0.1" == seen_from(proxied, owner, {name: "1.2.3.4"}, "10.0.0.1")


@pytest.mark.attack("083")
def test_a_new_address_in_the_header_is_no_new_limit(build_house):
    house = build_house(limits__requests_hour_ip=3)
    answers = []
    for number in range(5):
        attempt = begin(house.api, f"n{number}@example.org")
        headers = attempt.headers | {"X-Forwarded-For": f"198.18.0.{number}"}
        body = {"option": attempt.option}
        answers.append(house.api.post(f"{attempt.path}/challenges", body, headers).status)
    assert [201] * 3 + [429] * 2 == answers


# --- the host ---


@pytest.mark.attack("093")
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "id.example.com.evil.example",
        "evil.example:443",
        "id.example.com:8443",
        "id.example.com@evil.example",
        "id.example.com evil.example",
        "id.example.com,evil.example",
        "localhost",
        "127.0.0.1",
        "",
    ],
)
def test_another_host_is_misdirected(secure_house, host):
    client = secure_house.client()
    answers = [
        client.send(method, path, headers={"Host": host})
        for path in ("/sign-in", "/api/v1/flows", "/account", "/nothing")
        for method in ("GET", "POST", "PUT")
    ]
    assert {421} == {answer.status for answer in answers}


@pytest.mark.attack("093")
def test_health_answers_for_any_host(secure_house):
    for path in ("/livez", "/readyz"):
        assert 200 == secure_house.client().send("GET", path, headers={"Host": "10.1.2.3"}).status


@pytest.mark.attack("093")
@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "http"},
        {"X-Forwarded-Server": "evil.example"},
        {"Forwarded": "host=evil.example;proto=http"},
        {"X-Host": "evil.example"},
        {"X-Original-URL": "/evil"},
        {"X-Rewrite-URL": "/evil"},
        {"X-Forwarded-Port": "8080"},
        {"X-Forwarded-Prefix": "//evil.example"},
        {"X-HTTP-Host-Override": "evil.example"},
        {"Host": "ID.EXAMPLE.COM"},
        {"Referer": "https://evil.example/"},
    ],
)
def test_no_header_comes_into_mail_or_answer(secure_house, headers):
    house = secure_house
    house.make_account("asha@example.org")
    client = house.client()
    attempt = begin(client, "asha@example.org")
    body = {"option": attempt.option}
    client.post(f"{attempt.path}/challenges", body, attempt.headers | headers)
    answers = [attempt.type("000000"), client.send("GET", "/sign-in", headers=headers)]
    passed = client.post(
        attempt.answer_path.replace("//", "/chl_0000000000000/"),
        {"code": house.inbox.code()},
        attempt.headers | headers,
    )
    assert 200 == passed.status
    letters = house.inbox.all()
    assert {"sign_in", "new_sign_in"} == {letter.purpose for letter in letters}
    for letter in letters:
        assert "evil" not in letter.subject + letter.text + letter.html
        assert "id.example.com" in letter.text
    assert [] == [one for one in (*answers, passed) if "evil" in one.text + str(one.headers)]


def test_a_problem_names_its_page_at_the_public_url(secure_house):
    problem = begin(secure_house.client(), "a@example.org").look()
    assert 200 == problem.status
    refused = secure_house.client().get("/api/v1/session").json
    assert f"{SECURE}/problems/not_signed_in" == refused["type"]


# --- size and shape ---


@pytest.mark.attack("086")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"code": "' + b"1" * 1_000_000 + b'"}', id="a code of a megabyte"),
        pytest.param(b"[" * 70_000, id="brackets without end"),
        pytest.param(
            json.dumps({f"k{n}": n for n in range(100_000)}).encode(), id="a hundred thousand keys"
        ),
    ],
)
def test_a_large_body_is_refused_unread(house, asha, body):
    attempt = asha.asks_for_a_code()
    began = time.perf_counter()
    answers = [
        house.api.send("POST", path, body, attempt.headers)
        for path in (attempt.answer_path, "/api/v1/flows", "/sign-in", "/api/v1/sessions/end_all")
    ]
    assert time.perf_counter() - began < 1
    assert [413] * 4 == [answer.status for answer in answers]
    assert 200 == asha.types(house.inbox.code()).status


@pytest.mark.attack("086", "013")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 60_000, id="open brackets"),
        pytest.param(b'{"code":' + b"[" * 20_000 + b"]" * 20_000 + b"}", id="nested arrays"),
        pytest.param(b'{"a":' * 9_000 + b"1" + b"}" * 9_000, id="nested objects"),
        pytest.param(b'{"code": "\\ud800"}', id="half a surrogate"),
        pytest.param(b'{"code": 1e999999}', id="a number without end"),
        pytest.param(b'{"code": ' + b"9" * 60_000 + b"}", id="a long number"),
        pytest.param(
            json.dumps({f"k{n}": n for n in range(4_000)}).encode(), id="four thousand keys"
        ),
        pytest.param(b'{"code": "' + "👨‍👩‍👧".encode() * 2_000 + b'"}', id="many signs"),
        pytest.param(
            b'{"code": "' + "\ufdfa".encode() * 20_000 + b'"}', id="signs that NFKC makes long"
        ),
    ],
)
def test_a_body_of_a_strange_shape_is_invalid_input_and_quick(house, asha, body):
    attempt = asha.asks_for_a_code()
    asha.signs_in()
    began = time.perf_counter()
    answers = [
        house.api.send("POST", path, body, attempt.headers | asha.bearer)
        for path in (
            attempt.answer_path,
            f"{attempt.path}/challenges",
            "/api/v1/flows",
            "/api/v1/sessions/end_all",
            "/dev/clock",
        )
    ]
    assert time.perf_counter() - began < 2
    assert {(422, "invalid_input")} == {(answer.status, answer.code) for answer in answers}


@pytest.mark.attack("086")
def test_a_body_without_a_length_is_capped_too(house):
    endless = io.BytesIO(b"x" * 200_000)
    answer = house.api.send(
        "POST",
        "/api/v1/flows",
        headers={"Transfer-Encoding": "chunked"},
        **{"wsgi.input": endless, "wsgi.input_terminated": True},
    )
    assert (413, True) == (answer.status, endless.tell() <= 65 * 1024)


@pytest.mark.attack("086")
@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "sekisho_session=" + "x" * 60_000},
        {"Cookie": ";" * 60_000},
        {"Accept-Language": "ja;q=0.5," * 8_000},
        {"User-Agent": "Mozilla/5.0 (" + "A" * 60_000},
        {"Authorization": "Bearer " + "x" * 60_000},
        {"Sekisho-Device": "dev_" + "x" * 60_000},
        {"Sekisho-Flow": "x" * 60_000},
        {"X-Forwarded-For": "1.2.3.4," * 8_000},
        {"Origin": "x" * 60_000},
        {"Cookie": "a\u00e9=\u00ff"},
        {"User-Agent": "\u00ff\u00fe\u0000\u001b[31m"},
    ],
)
def test_long_and_strange_headers_do_no_harm(house, headers):
    began = time.perf_counter()
    for path in ("/sign-in", "/account", "/api/v1/session", "/help/code"):
        assert house.api.get(path, headers).status in (200, 303, 401)
    assert time.perf_counter() - began < 1


@pytest.mark.attack("086")
@pytest.mark.parametrize(
    "query", ["a=1&" * 5_000, "language=" + "j" * 9_000, "%" * 9_000, "a[]=" * 3_000, "\u00ff"]
)
def test_long_and_strange_queries_do_no_harm(house, query):
    for path in ("/sign-in", "/dev/inbox.json", "/api/v1/events", "/help/code"):
        assert house.api.get(f"{path}?{query}").status in (200, 303, 401)


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in/flw_%00/code",
        "/sign-in/%ff%fe/code",
        "/api/v1/flows/%E3%81%82",
        "/%00",
        "/\u00ff",
        "/problems/%2e%2e",
        "/static/..%2f..%2fetc%2fpasswd",
        "/static/%2e%2e/house.py",
    ],
)
def test_strange_paths_are_not_found(house, path):
    assert house.api.get(path).status in (403, 404)  # 403: a browser without our cookie


@pytest.mark.attack("062", "095")
def test_of_a_doubled_field_one_counts(house, asha):
    """HTTP parameter pollution: never two values, never an array."""
    browser = house.client()
    token = browser.form_token()
    body = f"form_token={token}&name={asha.address}&name=evil@example.net".encode()
    kind = "application/x-www-form-urlencoded"
    browser.send("POST", "/sign-in", body, {"Origin": browser.origin}, kind=kind)
    assert 1 == len(house.inbox.all())

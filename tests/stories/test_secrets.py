"""Where a code, a token or an address may be seen: in its owner's hands, and nowhere else."""

import io
import json
import re
import sqlite3
from contextlib import closing

import psycopg
import pytest
import structlog

from sekisho.doors import logs
from tests.support.people import begin, wrong

ADDRESS = "canary.asha@canary-host.example"


def everything_stored(store):
    """The whole store as a thief of the files sees it."""
    if store.kind == "sqlite":
        with closing(sqlite3.connect(store.address)) as connection:
            names = [
                row[0]
                for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            return "\n".join(
                repr(row) for name in names for row in connection.execute(f"SELECT * FROM {name}")
            )
    with closing(psycopg.connect(store.address)) as connection:
        names = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        return "\n".join(
            repr(row)
            for (name,) in names
            for row in connection.execute(f'SELECT * FROM "{name}"'.encode())
        )


def seen(text, secrets):
    return [secret for secret in secrets if secret.lower() in text.lower()]


@pytest.mark.spec("C9")
@pytest.mark.attack("027", "129")
def test_the_store_shows_no_code_token_or_address(house, store):
    account = house.make_account(ADDRESS)
    browser = house.client()
    path = browser.submit("/sign-in", {"name": ADDRESS}).header("Location")
    before_sending = everything_stored(store)
    code = house.inbox.code()
    waiting = everything_stored(store)
    browser.submit(path, {"code": code}, path)
    house.inbox.all()
    stored = before_sending + waiting + everything_stored(store)
    tokens = [value[-43:] for name, value in browser.jar.items() if name != "sekisho_form"]
    assert [] == seen(stored, [code, "canary", *tokens])
    assert account


@pytest.mark.spec("C9")
@pytest.mark.attack("129")
def test_what_is_stored_of_a_code_answers_to_no_guess_without_the_key(house, store, asha):
    """Every code under every plain or salted hash that comes to mind: none matches."""
    import hashlib  # noqa: PLC0415 - the thief's own tool

    asha.asks_for_a_code()
    code = house.inbox.code().encode()
    stored = everything_stored(store)
    salts = [b"", asha.attempt.id.encode(), asha.attempt.challenge.encode(), asha.address.encode()]
    for name in ("md5", "sha1", "sha256", "sha512", "blake2b"):
        for salt in salts:
            for guess in (code, salt + code, code + salt):
                digest = hashlib.new(name, guess).digest()
                assert digest.hex()[:16] not in stored
                assert repr(digest)[2:-1][:24] not in stored


@pytest.mark.spec("C9")
@pytest.mark.attack("027")
def test_no_answer_page_or_header_shows_a_code(house, asha):
    answers = []
    browser = house.client()
    sent = browser.submit("/sign-in", {"name": asha.address})
    path = sent.header("Location")
    code = house.inbox.code()
    answers += [sent, browser.get(path), browser.submit(path, {"code": wrong(code)}, path)]
    passed = browser.submit(path, {"code": code}, path)
    answers += [passed, *(browser.get(page) for page in ("/account", "/account/activity", path))]
    attempt = begin(browser, asha.address)
    answers += [attempt.begun, attempt.ask(), attempt.type(code), attempt.look()]
    assert [] == [one for one in answers if code in one.text or code in str(one.headers)]


@pytest.mark.spec("D8", "N1")
@pytest.mark.attack("027")
def test_of_all_letters_only_the_codes_own_shows_it(house, asha):
    asha.asks_for_a_code()
    code = house.inbox.code()
    asha.types(code)
    assert [] == [letter for letter in house.inbox.notices() if code in letter.text + letter.html]


@pytest.fixture
def log():
    """The lines that were logged as `serve` logs them."""
    before, written = structlog.get_config(), io.StringIO()
    logs.configure()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(written), cache_logger_on_first_use=False
    )
    yield lambda: written.getvalue().splitlines()
    structlog.configure(**before)


class Broken(Exception):
    """A failure whose text holds what was being worked on."""


@pytest.mark.attack("101", "027")
@pytest.mark.parametrize(
    "canary",
    ["\n{}", "\r\nfake: line", '"}\n{"event":"fake"}', "\x1b[31mred", "\u2028fake", "\x00"],
)
def test_a_log_line_is_one_json_object_whatever_came_in(house, asha, log, canary):
    def fail(step):
        raise Broken(f"{step} {canary} {asha.address} 482913")

    client = house.client(agent=f"Chrome/1 {canary}")
    attempt = begin(client, asha.address)
    house.db.step = fail
    answers = [
        attempt.ask(),
        client.get(f"/nothing?x={canary}", {"Sekisho-Device": canary, "X-Request-ID": canary}),
        client.submit("/sign-in", {"name": asha.address}),
    ]
    assert [503, 404, 503] == [answer.status for answer in answers]
    lines = log()
    assert 2 == len(lines), lines
    for line in lines:
        told = json.loads(line)
        assert "request_failed" == told["event"]
        assert [] == seen(line, ["asha", "482913", "fake", "\x1b", "canary"])


@pytest.mark.attack("101", "027")
def test_a_refusal_and_its_log_line_share_the_request_id(house, asha, log):
    def fail(step):
        raise Broken(step)

    attempt = begin(house.api, asha.address)
    house.db.step = fail
    refused = attempt.ask().json
    (line,) = log()
    assert refused["request_id"] == json.loads(line)["request_id"]
    assert re.fullmatch(r"req_[0-9a-z]{13}", refused["request_id"])


PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "${7*7}",
    "</title><svg onload=alert(1)>",
    "<!--",
    "]]>",
    "\u202e<b>",
    "&lt;script&gt;",
    "Chrome/1 <b>bold</b> Windows",
]


@pytest.mark.attack("103")
@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_browser_calls_itself_is_on_no_page(house, payload):
    house.make_account(ADDRESS)
    browser = house.client(agent=payload)
    path = browser.submit("/sign-in", {"name": ADDRESS}).header("Location")
    browser.submit(path, {"code": house.inbox.code()}, path)
    letters = house.inbox.all()
    pages = ("/account", "/account/devices", "/account/activity", "/dev/inbox")
    shown = [browser.get(page).text for page in pages]
    shown += [letter.html + letter.text + letter.subject for letter in letters]
    for text in shown:
        assert payload not in text
        assert "<b>bold" not in text
        assert "49" not in re.findall(r"\b49\b", text.replace(house.inbox.all()[-1].code, ""))


@pytest.mark.attack("103")
@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_was_typed_comes_back_escaped(house, payload):
    browser = house.client()
    answer = browser.submit("/sign-in", {"name": payload})
    assert 422 == answer.status
    for sign in ("<script>", "<img", "<svg", "<b>", "onmouseover='"):
        assert sign not in answer.text
    path = browser.submit("/sign-in", {"name": ADDRESS}).header("Location")
    answer = browser.submit(path, {"code": payload}, path)
    assert payload not in answer.text or "<" not in payload


@pytest.mark.attack("103", "093")
@pytest.mark.parametrize("host", ['localhost"><script>alert(1)</script>', "local<b>host", "x'y"])
def test_the_host_is_escaped_where_any_is_accepted(house, host):
    answer = house.client().send("GET", "/sign-in", headers={"Host": host})
    assert "<script>alert" not in answer.text
    assert "<b>host" not in answer.text

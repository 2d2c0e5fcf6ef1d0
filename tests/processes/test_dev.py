"""`sekisho dev`, by its commands and its HTTP: the banner, the inbox, the clock, the contract."""

import json
import re
import socket
from contextlib import closing

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31

from tests.support import running
from tests.support.calling import ask, begin
from tests.support.running import awaited, command, free_port


@pytest.fixture
def folder(dev):
    """The data folder of the running `dev`."""
    return dev.log.with_name("data")


def test_the_banner_says_where_everything_is(dev, folder):
    origin = dev.origin.replace("127.0.0.1", "localhost")
    for line in (
        r"  sekisho \S+ · development mode · data in .*data \(delete it to start again\)",
        rf"  Sign in        {origin}\b",
        rf"  Inbox          {origin}/dev/inbox\b",
        rf"  API            {origin}/openapi\.json",
        r"  People to try  aiko@example\.test   ben@example\.test",
        r"  Time machine   sekisho clock advance \w+",
    ):
        assert re.search(line, dev.said), line
    assert "Warning" not in dev.said
    told = dev.said.replace(str(folder), "/home/aiko/sekisho/data")
    assert all(len(line) <= 120 for line in told.splitlines())


def test_everything_that_it_says_is_there(dev, folder):
    told = command("status", "--data", folder, "--json")
    assert 0 == told.code
    known = told.json
    assert {"url", "sign_in", "inbox", "data", "pid"} <= set(known)
    assert dev.process.pid == known["pid"]
    for path in ("/", "/sign-in", "/dev/inbox", "/dev/inbox.json", "/openapi.json", "/help/code"):
        assert dev.caller.get(path).status in (200, 303), path


@pytest.mark.spec("D1", "C9")
def test_the_inbox_shows_every_message_of_an_address(dev):
    flow = ask(dev.caller, "taro@example.com", locale="ja")
    letter = dev.letter("TARO@example.com", flow.challenge["label"])
    assert {
        "id",
        "channel",
        "to",
        "subject",
        "text",
        "html",
        "code",
        "label",
        "purpose",
        "at",
    } == set(letter)
    assert letter["id"].startswith("msg_")
    assert ("email", "taro@example.com", "sign_in") == (
        letter["channel"],
        letter["to"],
        letter["purpose"],
    )
    assert re.fullmatch(r"\d{6}", letter["code"])
    assert letter["code"] in letter["subject"]
    assert letter["code"] in letter["text"]
    assert [] == dev.letters("nobody@example.com")
    assert 200 == flow.answer(letter["text"]).status
    notice = awaited(lambda: [one for one in dev.letters("taro@example.com") if not one["code"]])[0]
    assert (None, None, "new_sign_in") == (notice["code"], notice["label"], notice["purpose"])
    assert notice == dev.letters("taro@example.com")[0]


@pytest.mark.spec("C2", "C10")
def test_the_clock_is_moved_and_codes_flows_and_waits_follow(dev, folder):
    flow = ask(dev.caller, "clock@example.com")
    code = dev.letter("clock@example.com", flow.challenge["label"])["code"]
    assert "too_soon" == flow.ask().code
    first = dict(flow.challenge)

    moved = command("clock", "advance", "30s", "--data", folder, "--json")
    assert 0 == moved.code
    assert flow.challenge["resend_at"] <= moved.json["now"]
    assert 201 == flow.ask().status
    assert first["expires_at"] < flow.challenge["expires_at"]
    assert "code_earlier" == flow.answer(code).code

    newest = dev.letter("clock@example.com", flow.challenge["label"])["code"]
    answer = dev.caller.post("/dev/clock", {"advance_seconds": 301})
    assert 200 == answer.status
    expired = flow.answer(newest)
    assert (401, "code_expired") == (expired.status, expired.code)

    told = command("clock", "advance", "31m", "--data", folder)
    assert (0, True) == (told.code, told.out.startswith("it is now "))
    over = flow.answer(newest)
    assert (410, "flow_expired") == (over.status, over.code)
    assert "expired" == flow.look().json["state"]


def test_the_clock_moves_by_lengths_and_never_back(dev, folder):
    assert 2 == command("clock", "advance", "a day", "--data", folder).code
    far = command("clock", "advance", "9999d", "--data", folder)
    assert (3, True) == (far.code, "invalid_input" in far.err)
    for body in ({"advance_seconds": -1}, {"advance_seconds": "1"}, {}, []):
        assert 422 == dev.caller.post("/dev/clock", body).status, body


@pytest.mark.attack("095")
def test_no_page_of_another_site_moves_the_clock(dev):
    for origin in ("https://evil.example", "null", "http://localhost:1"):
        answer = dev.caller.post("/dev/clock", {"advance_seconds": 1}, {"Origin": origin})
        assert (403, "cross_site") == (answer.status, answer.code)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:8080", 200),
        ("shop.localhost", 200),
        ("anything.test", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:8080", 200),
        ("192.168.1.9:8080", 200),
        ("evil.example", 404),
        ("localhost.evil.example", 404),
        ("127.0.0.1.nip.io", 404),
        ("test", 404),
        ("", 404),
    ],
)
def test_the_inbox_is_for_who_asks_by_an_address_or_a_local_name(dev, host, status):
    for path in ("/dev/inbox", "/dev/inbox.json"):
        assert status == dev.caller.get(path, {"Host": host}).status, host
    moved = dev.caller.post("/dev/clock", {"advance_seconds": 0}, {"Host": host})
    assert status == moved.status
    assert 200 == dev.caller.get("/sign-in", {"Host": host}).status, "any host is accepted"


def test_the_openapi_document_is_valid_and_names_what_the_contract_names(dev):
    answer = dev.caller.get("/openapi.json")
    assert (200, "application/json") == (answer.status, answer.header("Content-Type"))
    found = list(jsonschema_rs.Draft202012Validator(OPENAPI_31).iter_errors(answer.json))
    assert [] == [(error.message, list(error.instance_path)) for error in found]
    assert answer.json["openapi"].startswith("3.1")
    named = {
        (method.upper(), re.sub(r"{\w+}", "{}", path))
        for path, methods in answer.json["paths"].items()
        for method in methods
    }
    assert {
        ("POST", "/api/v1/flows"),
        ("GET", "/api/v1/flows/{}"),
        ("POST", "/api/v1/flows/{}/challenges"),
        ("POST", "/api/v1/flows/{}/challenges/{}/answer"),
        ("GET", "/api/v1/session"),
        ("DELETE", "/api/v1/session"),
        ("GET", "/api/v1/sessions"),
        ("DELETE", "/api/v1/sessions/{}"),
        ("POST", "/api/v1/sessions/end_all"),
        ("GET", "/api/v1/events"),
    } <= named


def test_an_unknown_person_signs_up_and_the_operator_sees_it(dev, folder):
    flow = ask(dev.caller, "unheard-of@example.com")
    code = dev.letter("unheard-of@example.com", flow.challenge["label"])["code"]
    account = flow.answer(code).json["account"]["id"]
    listed = command("events", account, "--data", folder, "--json")
    assert {"signed_in", "account_created"} <= {one["kind"] for one in listed.json["data"]}


def test_a_port_that_was_asked_for_and_is_busy_is_an_error(dev, tmp_path):
    port = dev.origin.rpartition(":")[2]
    busy = command("dev", "--port", port, "--data", tmp_path / "data")
    assert (1, "") == (busy.code, busy.out)
    assert port in busy.err
    assert not (tmp_path / "data" / "root.key").exists()


def test_the_default_port_moves_on_and_says_so(tmp_path):
    with closing(socket.socket()) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8080))
            taken.listen()
        except OSError:
            pass  # somebody else has it, which is as good
        log = tmp_path / "log"
        log.touch()
        found = running.start("dev", "--data", tmp_path / "data", log=log)
        with running.stopped_after(found):
            found.wait_until(lambda: "Ctrl-C" in found.said)
            told = re.search(
                r"Sign in +(http://localhost:(\d+))  \(port 8080 is taken\)", found.said
            )
            assert told, found.said
            assert 8080 < int(told[2]) < 8100
            found.origin = f"http://127.0.0.1:{told[2]}"
            awaited(lambda: running.answers(found))


def test_production_refuses_dev(tmp_path):
    refused = command("dev", "--data", tmp_path / "data", env={"SEKISHO_ENV": "production"})
    assert (1, "") == (refused.code, refused.out)
    assert "SEKISHO_ENV=production" in refused.err
    assert not (tmp_path / "data").exists()


def test_a_host_beyond_loopback_opens_with_a_warning(tmp_path):
    port = free_port()
    found = running.start(
        *("dev", "--data", tmp_path / "data", "--host", "0.0.0.0", "--port", port),
        log=tmp_path / "log",
    )
    found.origin = f"http://127.0.0.1:{port}"
    with running.stopped_after(found):
        awaited(lambda: running.answers(found))
        assert "Warning: --host 0.0.0.0" in found.said
        assert 201 == begin(found.caller, "a@example.com").ask().status
        toml = tmp_path / "data" / "running.json"
        assert found.origin == json.loads(toml.read_text())["url"]

"""Canaries: marked secrets go a whole journey, and are looked for in all that is left behind."""

import json
import re
import shutil
from urllib.parse import quote

import psycopg
import pytest

from tests.support import running
from tests.support.calling import ask, bearer, begin, browser, wrong
from tests.support.running import Caller, awaited, command, free_port, stopped_after

ADDRESS = "canary.quokka+7f3a@marked-domain.example"
AGENT = 'Marked-Agent/9.7 \t\\u001b[31m \\n {"level":"fatal"}'
SOURCE = "198.51.100.231"


def all_octets(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def found_in(secrets, octets):
    """Which of these secrets stand in there: plain, as JSON, in a URL, in UTF-16 or as hex."""
    return {
        name
        for name, secret in secrets.items()
        for form in (
            secret.encode(),
            json.dumps(secret).strip('"').encode(),
            quote(secret).encode(),
            secret.encode("utf-16-le"),
            secret.encode().hex().encode(),
        )
        # Six digits inside a longer number are no code: ids and instants are full of them.
        if re.search(rb"(?<!\d)" + re.escape(form) + rb"(?!\d)", octets, re.IGNORECASE)
    }


def journey(caller, letter_of, address=ADDRESS):
    """Sign up, in again as a stranger, wrongly, and out; return every secret that was met."""
    secrets = {"address": address, "local part": address.partition("@")[0]}
    problems = []
    for number in range(3):
        flow = ask(caller, address)
        code = letter_of(address, flow.challenge["label"])
        secrets |= {f"code {number}": code, f"flow {number}": flow.begun["secret"]}
        problems += [flow.answer(wrong(code)), flow.answer(f"no {address}"), flow.ask()]
        passed = flow.answer(code).json
        secrets |= {
            f"session {number}": passed["session"]["token"],
            f"device {number}": passed["device"]["token"],
        }
        problems.append(flow.answer(code))
    token = {"Authorization": f"Bearer {passed['session']['token']}"}
    assert 200 == caller.get("/api/v1/events", token).status
    problems += [
        caller.post("/api/v1/flows", {"purpose": address, "name": address}),
        caller.post("/api/v1/flows", {"purpose": "sign_in", "name": [address]}),
        caller.post("/api/v1/flows", {"purpose": "sign_in", "name": f"\x1b[31m\n{address}"}),
        caller.get(f"/api/v1/{quote(address)}?a={quote(address)}", token),
        caller.delete(f"/api/v1/sessions/{quote(address)}", token),
        caller.get("/api/v1/session", {"Authorization": f"Bearer {address}"}),
    ]
    assert all(problem.status >= 400 for problem in problems)
    told = b"".join(problem.body for problem in problems)
    assert set() == found_in(secrets, told)
    return secrets


@pytest.fixture
def letter_of(mailbox):
    return mailbox.code


@pytest.mark.spec("C9", "K4")
@pytest.mark.attack("027", "101", "129")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_secret_is_left_in_store_logs_metrics_or_refusals(
    tmp_path, mailbox, store_of, kind, letter_of
):
    mailbox.forget()
    data, management = tmp_path / "data", free_port()
    store = store_of(kind)
    env = {
        **mailbox.environment,
        **store,
        "SEKISHO_SIGN_UP": "open",
        "SEKISHO_TRUSTED_PROXIES": "127.0.0.0/8",
        "SEKISHO_RESEND_PAUSES_SECONDS": "[3600]",
    }
    served = running.serve(data, "--management-port", management, env=env)
    with stopped_after(served):
        caller = served.caller.with_headers(User_Agent=AGENT, X_Forwarded_For=SOURCE)
        secrets = journey(caller, letter_of) | {"agent": "Marked-Agent", "source": SOURCE}
        awaited(lambda: len(mailbox.notices(ADDRESS)) >= 2)
        # Mail that cannot be handed over is logged with its cause: the server's words, not ours.
        mailbox.sink.manners[ADDRESS] = "refuse"
        mailbox.sink.rcpt_texts[ADDRESS] = f"550 5.1.1 <{ADDRESS}> unknown \x1b[31m"
        strange = begin(caller, ADDRESS)
        strange.ask()
        awaited(lambda: "not handed over" in served.said)
        metrics = Caller(f"http://127.0.0.1:{management}").get("/metrics").body
        listed = command("message", "list", "--data", data, "--json", env=env).out
        octets = all_octets(data)
    mailbox.sink.manners.clear()
    octets |= {path: path.read_bytes() for path in tmp_path.glob("*.log")}
    octets |= {"metrics": metrics, "message list": listed.encode()}
    if store:
        octets["dump"] = dump(store["SEKISHO_DATABASE_URL"])
    assert {} == {str(at): found for at, raw in octets.items() if (found := found_in(secrets, raw))}
    assert_every_line_is_one_event(tmp_path / "data-serve.log")


def dump(url):
    """Every row of every table, as the server writes them out."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        rows = []
        for (name,) in names:
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT'.encode()) as copy:
                rows += [bytes(chunk) for chunk in copy]
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT BINARY'.encode()) as copy:
                rows += [bytes(chunk) for chunk in copy]
    assert rows
    return b"".join(rows)


def assert_every_line_is_one_event(log):
    for line in log.read_bytes().splitlines():
        assert b"\x1b" not in line
        if line.startswith(b"{"):
            event = json.loads(line)
            assert {"event", "level", "timestamp"} <= set(event)
            assert "fatal" != event["level"]


@pytest.mark.attack("027", "101", "103")
def test_in_dev_the_inbox_alone_holds_codes_and_addresses(tmp_path):
    data = tmp_path / "data"
    with stopped_after(running.dev(data, env={"SEKISHO_RESEND_PAUSES_SECONDS": "[3600]"})) as dev:
        caller = dev.caller.with_headers(User_Agent=AGENT)
        secrets = journey(caller, lambda to, label: dev.letter(quote(to), label)["code"])
        awaited(lambda: len(dev.letters(quote(ADDRESS))) >= 5)
        page = browser(dev.origin).get("/dev/inbox").text
        assert "\x1b" not in page
        octets = all_octets(data)
    inbox = {path for path in octets if path.name == "inbox.jsonl"}
    assert {True} == {ADDRESS.encode() in octets[path] for path in inbox}
    assert {0o600} == {path.stat().st_mode & 0o777 for path in inbox}
    tokens = {name: one for name, one in secrets.items() if name[:4] in ("flow", "sess", "devi")}
    assert set() == found_in(tokens, b"".join(octets[path] for path in inbox))
    octets |= {path: path.read_bytes() for path in tmp_path.glob("*.log")}
    left = {str(at): found_in(secrets, raw) for at, raw in octets.items() if at not in inbox}
    assert {} == {at: found for at, found in left.items() if found}


@pytest.mark.attack("129")
def test_a_copy_of_the_folder_without_the_key_opens_nowhere(tmp_path, mailbox):
    data = tmp_path / "data"
    env = {**mailbox.environment, "SEKISHO_SIGN_UP": "open"}
    with stopped_after(running.serve(data, env=env)) as served:
        flow = ask(served.caller, ADDRESS)
        passed = flow.answer(mailbox.code(ADDRESS, flow.challenge["label"]))
        assert 200 == served.caller.get("/api/v1/session", bearer(passed)).status
        copy = shutil.copytree(data, tmp_path / "stolen")
    told = command("account", "show", ADDRESS, "--data", copy)
    assert (1, True) == (told.code, "root key" in told.err)
    port = free_port()
    env = {**env, "SEKISHO_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    told = command("serve", "--data", copy, "--port", port, env=env)
    assert (1, True) == (told.code, "root key" in told.err)
    assert not copy.with_name("stolen.key").exists(), "no new key for a store that holds something"


@pytest.mark.attack("101", "103")
def test_what_a_browser_calls_itself_is_shown_as_text_and_sent_as_text(service, mailbox, address):
    """Signs that steer a terminal end the request at the door; all else a program may be called."""
    steering = service.caller.with_headers(User_Agent="Marked \x1b[31m")
    assert (400, b"") == ((answer := steering.get("/sign-in")).status, answer.body)
    names = [
        "<script>alert(1)</script>",
        "'\"><img src=x onerror=alert(1)>",
        "{{7*191}} ${7*191} <%= 7*191 %>",
        "\u202emoc.elgoog".encode().decode("latin-1"),
        AGENT,
    ]
    person = browser(service.origin, "198.51.100.232")
    for number, name in enumerate(names):
        caller = service.caller.with_headers(User_Agent=name, X_Forwarded_For=f"198.51.99.{number}")
        flow = ask(caller, address)
        passed = flow.answer(mailbox.code(address, flow.challenge["label"]))
        person.jar["sekisho_session"] = passed.json["session"]["token"]
        for path in ("/account", "/account/activity", "/account/devices"):
            page = person.get(path)
            assert 200 == page.status
            for bad in ("<script>alert", "<img src=x", "1337", "\x1b["):
                assert bad not in page.text.partition("<main")[2], (path, name)
    letters = mailbox.sink.to(address)
    assert [] == [one for one in letters if b"<script>" in one.raw or b"onerror" in one.raw]

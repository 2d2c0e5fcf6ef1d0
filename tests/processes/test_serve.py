"""`sekisho serve`: what it refuses to start with, where its settings come from, its two ports."""

import re

import pytest

from tests.support import running
from tests.support.calling import ask, bearer, begin, wrong
from tests.support.running import MAIL_FROM, awaited, command, free_port, stopped_after

GOOD = {
    "SEKISHO_PUBLIC_URL": "https://id.example.com",
    "SEKISHO_SMTP_URL": "smtp://127.0.0.1:9?starttls=no",
    "SEKISHO_MAIL_FROM": MAIL_FROM,
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SEKISHO_SMTP_URL", None),
        ("SEKISHO_MAIL_FROM", None),
        ("SEKISHO_PUBLIC_URL", None),
        ("SEKISHO_PUBLIC_URL", "http://id.example.com"),
        ("SEKISHO_PUBLIC_URL", "http://localhost.example.com"),
        ("SEKISHO_PUBLIC_URL", "http://192.168.1.9:8080"),
        ("SEKISHO_PUBLIC_URL", "https://id.example.com/path"),
        ("SEKISHO_PUBLIC_URL", "https://user@id.example.com"),
        ("SEKISHO_PUBLIC_URL", "id.example.com"),
        ("SEKISHO_SMTP_URL", "mail.example.com"),
        ("SEKISHO_MAIL_FROM", "nobody"),
        ("SEKISHO_DATABASE_URL", "mysql://root@localhost/sekisho"),
        ("SEKISHO_VALKEY_URL", "localhost:6379"),
        ("SEKISHO_TRUSTED_PROXIES", "everybody"),
        ("SEKISHO_TRUSTED_PROXIES", "0.0.0.0/0"),
        ("SEKISHO_TIME_ZONE", "Tokyo"),
        ("SEKISHO_SIGN_UP", "maybe"),
        ("SEKISHO_WORKER", "elsewhere"),
        ("SEKISHO_CODES_DIGITS", "5"),
        ("SEKISHO_CODES_DIGITS", "9"),
        ("SEKISHO_CODES_SIGN_IN_MINUTES", "11"),
        ("SEKISHO_CODES_TRIES", "6"),
        ("SEKISHO_CODES_TRIES", "five"),
        ("SEKISHO_GUESSES_STRANGER_HOUR", "11"),
        ("SEKISHO_GUESSES_STRANGER_90_DAYS", "101"),
        ("SEKISHO_LIMITS_REQUESTS_HOUR_IP", "0"),
        ("SEKISHO_RESEND_PAUSES_SECONDS", "[]"),
        ("SEKISHO_DKIM_KEY_FILE", "/nowhere/dkim.pem"),
    ],
)
def test_it_does_not_start_with_and_names(tmp_path, name, value):
    env = {**GOOD, "SEKISHO_DKIM_SELECTOR": "s1"} if "DKIM" in name else dict(GOOD)
    env.pop(name, None)
    if value is not None:
        env[name] = value
    port = free_port()
    refused = command("serve", "--data", tmp_path / "data", "--port", port, env=env)
    assert (1, "", 1) == (refused.code, refused.out, len(refused.err.splitlines())), refused.err
    assert name in refused.err


def test_it_refuses_what_would_not_work(tmp_path, service):
    busy = service.origin.rpartition(":")[2]
    told = command("serve", "--data", tmp_path / "data", "--port", busy, env=GOOD)
    assert (1, True) == (told.code, f"port {busy}" in told.err)
    data = ("serve", "--data", tmp_path / "data", "--port", free_port())
    told = command(*data, "--management-port", busy, env=GOOD)
    assert (1, True) == (told.code, f"port {busy}" in told.err)
    told = command(*data, "--workers", 2, env=GOOD)
    assert (1, True) == (told.code, "SQLite is served by one process" in told.err)
    away = {**GOOD, "SEKISHO_DATABASE_URL": "postgresql://127.0.0.1:9/sekisho"}
    told = command(*data, env=away)
    assert (1, 1, True) == (told.code, len(told.err.splitlines()), "does not answer" in told.err)
    (tmp_path / "file").touch()
    told = command("serve", "--data", tmp_path / "file" / "data", env=GOOD)
    assert (1, 1) == (told.code, len(told.err.splitlines()))


def test_settings_come_from_the_file_then_the_environment(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    toml = data / "sekisho.toml"
    toml.write_text(
        'service_name = "From the file"\nsign_up = "open"\n'
        "[codes]\ntries = 4\nsign_in_minutes = 3\n[resend]\npauses_seconds = [5, 6]\n"
    )
    secret = tmp_path / "smtp"
    secret.write_text("smtp://127.0.0.1:25?starttls=no\n")
    env = {"SEKISHO_CODES_TRIES": "3", "SEKISHO_SMTP_URL_FILE": str(secret)}
    shown = command("settings", "--data", data, "--json", env=env).json["data"]
    found = {row["name"]: row["value"] for row in shown}
    assert ("From the file", "open") == (found["service_name"], found["sign_up"])
    assert (3, 3, [5, 6]) == (
        found["codes.tries"],
        found["codes.sign_in_minutes"],
        found["resend.pauses_seconds"],
    )
    assert "(set)" == found["smtp_url"]

    gone = command("settings", "--data", data, env={"SEKISHO_SMTP_URL_FILE": "/nowhere/smtp"})
    assert (1, True) == (gone.code, "SEKISHO_SMTP_URL_FILE" in gone.err)
    toml.write_text("[codes]\ntriez = 4\n")
    unknown = command("settings", "--data", data)
    assert (1, True) == (unknown.code, "codes.triez" in unknown.err)
    toml.write_text("[codes\n")
    broken = command("settings", "--data", data)
    assert (1, True) == (broken.code, "sekisho.toml" in broken.err)


def test_a_file_of_settings_closes_the_sign_up_of_dev_too(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "sekisho.toml").write_text('sign_up = "closed"\n')
    with stopped_after(running.dev(data)) as dev:
        flow = ask(dev.caller, "unknown@example.com")
        known = ask(dev.caller, "aiko@example.test")
        dev.letter("aiko@example.test", known.challenge["label"])
        assert [] == dev.letters("unknown@example.com")
        assert 401 == flow.answer("123456").status


@pytest.fixture(scope="module")
def closed(tmp_path_factory, mailbox):
    """A real service as it comes: sign-up closed, the message worker apart, metrics on."""
    folder = tmp_path_factory.mktemp("closed") / "data"
    port = free_port()
    secret = folder.with_name("smtp")
    secret.write_text(mailbox.sink.url)
    env = {
        "SEKISHO_SMTP_URL_FILE": str(secret),
        "SEKISHO_MAIL_FROM": MAIL_FROM,
        "SEKISHO_WORKER": "apart",
        "SEKISHO_SERVICE_NAME": "Example",
    }
    served = running.serve(folder, "--management-port", port, env=env)
    served.management = f"http://127.0.0.1:{port}"
    with stopped_after(served):
        yield served
        assert [] == served.errors


@pytest.fixture(scope="module")
def owner(closed):
    """Somebody whom the operator vouched for."""
    folder = closed.log.with_name("data")
    made = command("account", "create", "--email", "owner@example.org", "--data", folder)
    assert 0 == made.code, made.err
    return "owner@example.org"


@pytest.mark.spec("C11")
@pytest.mark.attack("089")
def test_where_sign_up_is_closed_an_unknown_name_gets_the_same_answers(closed, owner):
    told = []
    for name in (owner, "nobody@example.org"):
        flow = ask(closed.caller, name)
        answers = [flow.ask(), *(flow.answer("x"), flow.answer("000000"))]
        shapes = [(a.status, a.code, sorted(a.json)) for a in answers]
        told.append((sorted(flow.begun), sorted(flow.challenge), shapes))
    assert told[0] == told[1]


@pytest.mark.spec("D2")
def test_the_worker_apart_sends_what_was_posted_before_it_came(closed, owner, mailbox, tmp_path):
    flow = ask(closed.caller, owner)
    assert [] == mailbox.letters(owner)
    folder = closed.log.with_name("data")
    env = {name: value for name, value in closed.env.items() if "LIMITS" not in name}
    worker = running.start("worker", "--data", folder, log=tmp_path / "worker.log", env=env)
    with stopped_after(worker):
        code = mailbox.code(owner, flow.challenge["label"])
        assert 200 == flow.answer(code).status
        # Posted by another process, so no bell rings here: seen at the next look.
        awaited(lambda: mailbox.notices(owner))
        assert 0 == worker.stop()
    assert [] == mailbox.letters("nobody@example.org")


@pytest.mark.spec("K4")
def test_metrics_stand_on_the_management_port_alone(closed):
    assert 200 == closed.caller.get("/livez").status
    assert 404 == closed.caller.get("/metrics").status
    metrics = running.Caller(closed.management).get("/metrics")
    assert 200 == metrics.status
    assert metrics.header("Content-Type").startswith("text/plain")
    for line in metrics.text.splitlines():
        assert re.fullmatch(r"(# .*|\w+(\{.*\})? \S+)", line), line


def test_nothing_of_dev_is_served(closed):
    for path in ("/dev/inbox", "/dev/inbox.json"):
        assert 404 == closed.caller.get(path).status
    assert 404 == closed.caller.post("/dev/clock", {"advance_seconds": 60}).status


def test_a_public_url_of_https_sets_strict_cookies(tmp_path):
    env = {**GOOD, "SEKISHO_SIGN_UP": "open"}
    served = running.serve(tmp_path / "data", env=env)
    with stopped_after(served):
        refused = served.caller.get("/sign-in")
        assert (421, 200) == (refused.status, served.caller.get("/readyz").status)
        page = served.caller.get("/sign-in", {"Host": "id.example.com"})
        assert 200 == page.status
        assert "max-age" in page.header("Strict-Transport-Security")
        for line in page.all("Set-Cookie"):
            assert line.startswith("__Host-sekisho_")
            assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(line.split("; "))
        assert "localhost" not in page.text


@pytest.mark.spec("K2", "S1")
@pytest.mark.attack("063", "107")
def test_two_serving_processes_agree_within_a_second(tmp_path, mailbox, store_of):
    env = {**mailbox.environment, **store_of("postgresql"), "SEKISHO_SIGN_UP": "open"}
    with stopped_after(running.serve(tmp_path / "data", "--workers", 2, env=env)) as served:
        assert 2 == len(served.serving)
        tokens = []
        for _ in range(4):
            flow = ask(served.caller, "twice@example.org")
            code = mailbox.code("twice@example.org", flow.challenge["label"])
            tokens.append(bearer(flow.answer(code)))
        look = [served.caller.get("/api/v1/session", token).status for token in tokens * 8]
        assert {200} == set(look)
        ended = served.caller.post("/api/v1/sessions/end_all", {"keep_current": True}, tokens[0])
        assert {"ended": 3} == ended.json
        # Each request has a connection of its own, and the kernel deals them out to both.
        look = [served.caller.get("/api/v1/session", token).status for token in tokens[1:] * 10]
        assert {401} == set(look)
        assert 200 == served.caller.get("/api/v1/session", tokens[0]).status
        assert [] == served.errors


@pytest.mark.spec("C6")
def test_two_nodes_and_their_workers_start_on_one_empty_store(tmp_path, mailbox, store_of):
    env = {**mailbox.environment, **store_of("postgresql"), "SEKISHO_SIGN_UP": "open"}
    key = {"SEKISHO_ROOT_KEY_FILE": str(tmp_path / "shared.key")}
    ports = [free_port(), free_port()]
    nodes = [
        running.start(
            *("serve", "--data", tmp_path / f"node{port}", "--port", port),
            log=tmp_path / f"{port}.log",
            env={**running.WIDE, **env, **key, "SEKISHO_PUBLIC_URL": f"http://127.0.0.1:{port}"},
        )
        for port in ports
    ]
    with stopped_after(nodes[0]), stopped_after(nodes[1]):
        for node, port in zip(nodes, ports, strict=True):
            node.origin = f"http://127.0.0.1:{port}"
            node.wait_until(lambda node=node: running.answers(node))
        flow = ask(nodes[0].caller, "both@example.org")
        code = mailbox.code("both@example.org", flow.challenge["label"])
        flow.caller = nodes[1].caller
        assert "code_wrong" == flow.answer(wrong(code)).code
        assert 200 == flow.answer(code).status
        flow.caller = nodes[0].caller
        assert "code_used" == flow.answer(code).code
        assert 201 == begin(nodes[1].caller, "both@example.org").ask().status

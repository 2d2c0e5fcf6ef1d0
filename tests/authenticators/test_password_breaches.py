"""Asking for breached passwords: five signs leave us, and silence is no refusal."""

import hashlib
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sekisho.authenticators.password.breaches import Breached, Breaches, NotAsked, NotFound

LEAKED = "vu owl 37 kelps"
DIGEST = hashlib.sha1(LEAKED.encode()).hexdigest().upper()
OTHERS = [f"{number:035X}:{number}" for number in range(1, 900)]
PADDING = f"{hashlib.sha1(b'padding').hexdigest().upper()[5:]}:0"


class Range:
    """The range API as it is offered: a real server on this machine."""

    def __init__(self, leaked=(), status=200, lines=None, pause=0.0):
        self.asked = []
        self.leaked = leaked
        self.status = status
        self.lines = lines
        self.pause = pause
        self.stop = threading.Event()

    def answer(self, request):
        self.asked.append((request.path, request.headers))
        prefix = request.path.rpartition("/")[2]
        found = [f"{digest[5:]}:{times}" for digest, times in self.leaked if digest[:5] == prefix]
        body = "\r\n".join(OTHERS + found + [PADDING] if self.lines is None else self.lines)
        request.send_response(self.status)
        request.send_header("Location", "http://127.0.0.1:9/")
        request.end_headers()
        pause = self.pause
        for sign in body if pause else [body]:
            request.wfile.write(sign.encode())
            self.stop.wait(pause)


@contextmanager
def serving(range_api):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            try:
                range_api.answer(self)
            except OSError:
                return

        def log_message(self, *_arguments):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/mirror/"
    finally:
        range_api.stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


def looked(range_api, password=LEAKED, seconds=5.0):
    with serving(range_api) as url, Breaches(url, seconds) as breaches:
        return breaches.look(password)


@pytest.mark.spec("M6")
@pytest.mark.attack("085")
def test_a_breached_password_is_found_with_five_signs_and_padding_asked_for():
    api = Range(leaked=[(DIGEST, 42)])
    assert Breached(42) == looked(api)
    [(path, headers)] = api.asked
    assert f"/mirror/range/{DIGEST[:5]}" == path
    assert "true" == headers["Add-Padding"]
    assert DIGEST[5:] not in f"{path}{headers}"


@pytest.mark.attack("085")
def test_what_is_padding_or_not_there_is_no_breach():
    assert NotFound() == looked(Range())
    assert NotFound() == looked(Range(leaked=[(DIGEST, 0)]))
    assert NotFound() == looked(Range(lines=[]))


@pytest.mark.attack("085")
def test_small_letters_are_the_same_hash():
    assert Breached(7) == looked(Range(lines=[f"{DIGEST[5:].lower()}:7"]))


@pytest.mark.parametrize(
    ("api", "cause"),
    [
        pytest.param(Range(status=503), "status 503", id="out of order"),
        pytest.param(Range(status=302), "status 302", id="sent elsewhere: not followed"),
        pytest.param(Range(lines=["<html>"]), "the answer is no range", id="another page"),
        pytest.param(Range(lines=["A" * 300_000]), "the answer is too long", id="too long"),
    ],
)
def test_an_answer_that_says_nothing_is_noted_and_no_refusal(api, cause):
    assert NotAsked(cause) == looked(api)


def test_an_answer_that_drips_is_given_up_in_time():
    begun = time.monotonic()
    found = looked(Range(lines=[f"{DIGEST[5:]}:7"] * 40, pause=0.02), seconds=0.2)
    assert found in {NotAsked("no answer in time"), NotAsked("the answer is too slow")}
    assert time.monotonic() - begun < 5


class Dripping(Range):
    """A server whose head never ends: each sign comes in time, and all of them never do."""

    def answer(self, request):
        request.wfile.write(b"HTTP/1.0 200 OK\r\nX-Long: ")
        while not self.stop.wait(0.02):
            request.wfile.write(b"a")


def test_a_head_that_never_ends_is_given_up_in_time():
    begun = time.monotonic()
    assert NotAsked("no answer in time") == looked(Dripping(), seconds=0.2)
    assert time.monotonic() - begun < 5


def test_a_list_that_hangs_holds_nobody_for_longer():
    """More questions than threads: all are given up in time, and none waits for the others'."""
    api = Range(lines=["0"] * 400, pause=0.02)
    found = []
    with serving(api) as url, Breaches(url, 0.2) as breaches:
        threads = [
            threading.Thread(target=lambda: found.append(breaches.look(LEAKED))) for _ in range(8)
        ]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert time.monotonic() - begun < 5
        api.stop.set()
    assert [NotAsked] * 8 == [type(one) for one in found]


def test_a_list_that_was_slow_is_asked_again_once_it_answers():
    api = Range(lines=["0"] * 400, pause=0.02)
    with serving(api) as url, Breaches(url, 0.3) as breaches:
        slow = [breaches.look(LEAKED) for _ in range(2)]  # as many as there are threads
        api.pause, api.lines = 0, [f"{DIGEST[5:]}:7"]
        until = time.monotonic() + 20
        found = breaches.look(LEAKED)
        while found != Breached(7) and time.monotonic() < until:
            found = breaches.look(LEAKED)
    assert [NotAsked, NotAsked] == [type(one) for one in slow]
    assert Breached(7) == found


def test_a_list_that_is_not_there_is_noted():
    with serving(Range()) as url:
        pass
    with Breaches(url) as breaches:
        found = breaches.look(LEAKED)
    assert isinstance(found, NotAsked)
    assert DIGEST[5:] not in found.cause


@pytest.mark.parametrize("url", ["no url at all", "http://127.0.0.1:port", "ftp://127.0.0.1"])
def test_an_address_that_is_none_is_noted(url):
    with Breaches(url) as breaches:
        assert isinstance(breaches.look(LEAKED), NotAsked)

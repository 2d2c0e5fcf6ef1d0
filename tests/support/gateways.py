"""A fake SMS gateway: a real HTTP server on loopback that answers as Twilio does, or as badly as it is told.

It remembers each request that arrived whole, and numbers what it took, so that a message that came twice is seen.
Run as a module it is a process of its own, which tells what it took by `GET /`.
"""

import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

_SECONDS = 20.0  # the longest that a slow answer waits for the end of its test


@dataclass(frozen=True)
class Request:
    """A request that arrived whole."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass
class FakeGateway:
    """What it was asked and how it answers; `delay` is before each answer, `drip` between its bytes."""

    requests: list[Request] = field(default_factory=list)
    status: int = 201
    body: bytes = b""
    delay: float = 0.0
    drip: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    closing: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def twilio_url(self, options: str = "from=+15550100") -> str:
        """The URL as an operator writes it."""
        return f"twilio://AC0123:t0ken@127.0.0.1:{self.port}?tls=no&name=g{self.port}&{options}"

    def webhook_url(self, secret: str) -> str:
        """The same for a webhook."""
        return f"webhook://127.0.0.1:{self.port}/send?tls=no&name=g{self.port}&secret={secret}"

    def numbers(self) -> list[str]:
        """Every number that a message arrived for, in order."""
        return [request.form["To"] for request in list(self.requests)]


@contextmanager
def running(**behaviour: object) -> Iterator[FakeGateway]:
    """Run a gateway while the block lasts."""
    gateway = FakeGateway(**behaviour)  # type: ignore[arg-type]  # tests name the fields rightly
    server = _Server(gateway)
    gateway.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        gateway.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def apart() -> Iterator[FakeGateway]:
    """Run a gateway as a process of its own while the block lasts; `texts` reads what it took."""
    command = [sys.executable, "-m", "tests.support.gateways"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None  # noqa: PT018 -- both are pipes
        yield FakeGateway(port=int(process.stdout.readline()))
        process.stdin.close()  # its end is its sign to go


def texts(port: int) -> list[dict[str, str]]:
    """Return the messages that a gateway apart took, the newest first."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        return list(json.load(answer))[::-1]


def dead_url() -> str:
    """The URL of a gateway that is not there."""
    with running() as gateway:
        return gateway.twilio_url()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, gateway: FakeGateway) -> None:
        self.gateway = gateway
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _SECONDS
    server: _Server

    def do_POST(self) -> None:
        """Remember the request, wait, answer."""
        gateway = self.server.gateway
        if gateway.closing.is_set():  # a kept connection of a server that is gone
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        names = {name.lower(): value for name, value in self.headers.items()}
        gateway.requests.append(Request(self.path, names, body))
        number = len(gateway.requests)
        gateway.closing.wait(gateway.delay)
        try:
            self._answer(gateway, gateway.body or json.dumps({"sid": f"SM{number:032x}"}).encode())
        except OSError:
            self.close_connection = True

    def do_GET(self) -> None:
        """Tell what was taken."""
        taken = [request.form for request in list(self.server.gateway.requests)]
        self._answer(FakeGateway(status=200), json.dumps(taken).encode())

    def _answer(self, gateway: FakeGateway, said: bytes) -> None:
        self.send_response(gateway.status)
        for name, value in gateway.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if not gateway.drip:
            self.wfile.write(said)
            return
        for octet in said:
            self.wfile.write(bytes([octet]))
            if gateway.closing.wait(gateway.drip):
                return

    def log_message(self, *args: object) -> None:
        """Print nothing."""
        del args


if __name__ == "__main__":
    with running() as found:
        print(found.port, flush=True)  # noqa: T201 -- who started it reads where it listens
        sys.stdin.read()

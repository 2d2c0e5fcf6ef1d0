"""One kept connection to a running service; a request can be held back by its last byte."""

import json
import select
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a refusal, else the status."""
        return str(self.json["code"]) if self.status >= 400 else str(self.status)


class Wire:
    """A connection; it is opened with the first request, and again when the server closed it."""

    def __init__(self, port: int) -> None:
        """Remember where the service is."""
        self._port = port
        self._socket: socket.socket | None = None
        self._held = b""

    def hold(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] = _NONE
    ) -> None:
        """Send a request but for its last byte."""
        octets = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += ["Content-Type: application/json", f"Content-Length: {len(octets)}", "", ""]
        whole = "\r\n".join(lines).encode() + octets
        if self._socket is not None and select.select([self._socket], [], [], 0)[0]:
            self.close()  # nothing was asked, so what there is to read is that the server hung up
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=120)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(whole[:-1])
        self._held = whole[-1:]

    def let_go(self) -> None:
        """Send the last byte."""
        assert self._socket is not None
        self._socket.sendall(self._held)

    def read(self) -> Answer:
        """Read the answer."""
        assert self._socket is not None
        octets = b""
        while b"\r\n\r\n" not in octets:
            octets += self._more()
        head, _, body = octets.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = {
            line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines[1:]
        }
        while len(body) < int(fields.get("content-length", "0")):
            body += self._more()
        return Answer(int(lines[0].split()[1]), body)

    def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] = _NONE
    ) -> Answer:
        """Send a request and read its answer."""
        self.hold(method, path, body, headers)
        self.let_go()
        return self.read()

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _more(self) -> bytes:
        assert self._socket is not None
        octets = self._socket.recv(65536)
        if not octets:
            raise ConnectionError("the service hung up")
        return octets

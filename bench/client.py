"""A minimal HTTP/1.1 client over asyncio: keep-alive, one request at a time on a line.

It reads as little as it can, because its own work takes the processor from what is measured.
"""

import asyncio
from dataclasses import dataclass

_END_OF_HEAD = b"\r\n\r\n"


class BadAnswer(Exception):
    """The answer was not the one that counts as done; the text begins with its status."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, its head as it came."""

    status: int
    head: bytes
    body: bytes

    def must(self, *statuses: int) -> "Answer":
        """Return itself when its status is one of these, or raise BadAnswer."""
        if self.status not in statuses:
            raise BadAnswer(f"{self.status} {self.body[:300]!r}")
        return self

    def cookies(self) -> bytes:
        """Return what was set as cookies, as the next request's Cookie header sends it."""
        found = [
            line.partition(b":")[2].partition(b";")[0].strip()
            for line in self.head.split(b"\r\n")
            if line[:11].lower() == b"set-cookie:"
        ]
        return b"; ".join(found)


class Line(asyncio.Protocol):
    """One connection to a server, made when first used and again whenever the server closed it."""

    def __init__(self, host: str, port: int) -> None:
        """Name the server; nothing is connected yet."""
        self._host, self._port = host, port
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._buffer = b""

    async def send(self, request: bytes) -> Answer:
        """Send one request and return its answer; a line that died idle is made anew once."""
        was_used = self._transport is not None
        try:
            return await self._send(request)
        except ConnectionError:
            if not was_used:
                raise
            return await self._send(request)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    async def _send(self, request: bytes) -> Answer:
        loop = asyncio.get_running_loop()
        if self._transport is None:
            self._buffer = b""
            self._transport, _ = await loop.create_connection(lambda: self, self._host, self._port)
        self._waiting = loop.create_future()
        self._transport.write(request)
        return await self._waiting

    def data_received(self, data: bytes) -> None:
        """Collect until the answer is whole."""
        self._buffer = self._buffer + data if self._buffer else data
        end = self._buffer.find(_END_OF_HEAD)
        if end < 0:
            return
        head = self._buffer[:end]
        body = _body(head.lower(), self._buffer[end + 4 :])
        if body is not None:
            self._buffer = b""
            self._finish(head, body)

    def eof_received(self) -> None:
        """Let the transport close; an answer that was cut off ends in `connection_lost`."""

    def connection_lost(self, _: Exception | None) -> None:
        """Tell whoever waits that no answer will come."""
        self._transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionResetError("the server closed the line"))

    def _finish(self, head: bytes, body: bytes) -> None:
        if b"connection: close" in head.lower():
            self.close()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(Answer(int(head[9:12]), head, body))


def _body(head: bytes, rest: bytes) -> bytes | None:
    """Return the body, or None while some of it is still to come."""
    place = head.find(b"content-length:")
    if place >= 0:
        length = int(head[place + 15 : place + 30].split(b"\r\n", 1)[0])
        return rest if len(rest) >= length else None
    if b"transfer-encoding: chunked" in head:
        return _joined(rest) if rest.endswith(b"0\r\n\r\n") else None
    return b""


def _joined(chunks: bytes) -> bytes:
    parts = []
    while chunks:
        size, _, chunks = chunks.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        parts.append(chunks[:length])
        chunks = chunks[length + 2 :]
    return b"".join(parts)


def request(host: bytes, start: bytes, body: bytes | None = None, *headers: bytes) -> bytes:
    """Compose one request; `start` is the method and path, each header a whole line."""
    lines = [start + b" HTTP/1.1", b"Host: " + host, b"User-Agent: sekisho-bench/1", *headers]
    if body is not None:
        lines.append(b"Content-Type: application/json")
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + _END_OF_HEAD + (body or b"")

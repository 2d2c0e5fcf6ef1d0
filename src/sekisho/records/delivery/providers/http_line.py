"""Kept connections to one HTTP gateway; a request ends at its deadline whatever the gateway does.

httpx2 waits anew for every byte, so a gateway that sends one a second would hold a hand for ever
(attack 128): the sockets below it get the time that is left. No redirects, no proxies or passwords
from the environment, TLS verified. Only the look-up of a name waits as long as the system does.
"""

import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import httpcore2
import httpx2

from sekisho.ground.clock import wait_clock

_MOST_BYTES = 65_536  # of an answer; what follows is not read
_CONNECTIONS = 32  # SEKISHO_DELIVERY_CONNECTIONS goes as far
_IDLE_SECONDS = 30.0
_LATE = "no full answer in time"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway said."""

    status: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unreached:
    """The request did not arrive whole, so nothing was sent on."""

    cause: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The request went out and no whole answer came: what became of it is unknown."""

    cause: str


Choose = Callable[[str, int], str]
_NEVER_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.WriteError,
    httpx2.WriteTimeout,
    httpx2.UnsupportedProtocol,
)


class HttpLine:
    """A class because it holds the connections; several threads may use it at once."""

    def __init__(self, base: str, ca_file: str | None = None, choose: Choose | None = None) -> None:
        """Hold the address; a connection is made with the first request.

        `choose` looks a host up and returns the address to connect to, or raises OSError where
        none may be: for URLs that strangers named.
        """
        self._base = base.rstrip("/")
        self._until = _Until()
        context = ssl.create_default_context(cafile=ca_file)
        transport = _Transport(context, _Backend(self._until, choose))
        self._client = httpx2.Client(transport=transport, trust_env=False, follow_redirects=False)

    def post(
        self, path: str, body: bytes, headers: Mapping[str, str], within: timedelta
    ) -> Answer | Unreached | Unanswered:
        """Post a body and read the answer, all in this time."""
        seconds = within.total_seconds()
        self._until.at = wait_clock() + seconds
        request = self._client.build_request(
            "POST", self._base + path, content=body, headers=dict(headers), timeout=seconds
        )
        try:
            response = self._client.send(request, stream=True)
        except _NEVER_SENT as error:
            return Unreached(f"no connection: {_why(error)}")
        except (httpx2.HTTPError, OSError) as error:
            return Unanswered(f"no answer: {_why(error)}")
        try:
            return Answer(response.status_code, _body(response.iter_bytes()))
        except (httpx2.HTTPError, OSError) as error:
            return Unanswered(f"no whole answer: {_why(error)}")
        finally:
            response.close()

    def close(self) -> None:
        """Hang up."""
        self._client.close()


class _Until(threading.local):
    """The deadline of the request that this thread makes."""

    at = 0.0

    def left(self) -> float:
        seconds = self.at - wait_clock()
        if seconds <= 0:
            raise httpcore2.ReadTimeout(_LATE)
        return seconds


class _Transport(httpx2.HTTPTransport):
    """httpx2's own, over sockets that know the deadline (a test with a slow gateway guards it)."""

    def __init__(self, context: ssl.SSLContext, backend: "_Backend") -> None:
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_CONNECTIONS,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=backend,
        )


class _Backend(httpcore2.NetworkBackend):
    def __init__(self, until: _Until, choose: Choose | None) -> None:
        self._sockets = httpcore2.SyncBackend()
        self._until = until
        self._choose = choose

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        if self._choose is not None:
            try:
                host = self._choose(host, port)
            except OSError as error:
                raise httpcore2.ConnectError(str(error)) from error
        stream = self._sockets.connect_tcp(
            host, port, min(timeout or 1.0, self._until.left()), local_address, socket_options
        )
        return _Stream(stream, self._until)


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, until: _Until) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout  # it begins anew at every read
        return self._stream.read(max_bytes, self._until.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._stream.write(buffer, self._until.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        del timeout
        stream = self._stream.start_tls(ssl_context, server_hostname, self._until.left())
        return _Stream(stream, self._until)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _body(chunks: Iterable[bytes]) -> bytes:
    body = b""
    for chunk in chunks:
        body += chunk
        if len(body) > _MOST_BYTES:
            break
    return body[:_MOST_BYTES]


def _why(error: Exception) -> str:
    return type(error).__name__ if not str(error).isascii() else str(error)[:100] or _LATE

"""Asking a list of breached passwords, by k-anonymity: five of forty signs of a SHA-1 leave us.

The range API of Have I Been Pwned, from any base URL (an own mirror). An option: without an answer
in time a password is not refused, and that it was not compared is noted.
"""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx2
import structlog

from sekisho.ground.clock import wait_clock

_LOG = structlog.get_logger()
_PREFIX = 5  # hexadecimal signs: about a thousand passwords share them
_MOST_BYTES = 262_144  # of an answer; padded ones have up to 1,000 lines of 45 bytes
_SECONDS = 1.5  # for all of it
_AT_ONCE = 2  # questions; a list that hangs holds no more threads than these


@dataclass(frozen=True, slots=True)
class Breached:
    """The password stands in breaches so many times."""

    times: int


@dataclass(frozen=True, slots=True)
class NotFound:
    """The list answered, and the password is not in it."""


@dataclass(frozen=True, slots=True)
class NotAsked:
    """No answer that can be used; `cause` is for the log and holds nothing of the password."""

    cause: str


Finding = Breached | NotFound | NotAsked


class Breaches:
    """The list at a base URL; a class because it holds the connections."""

    def __init__(self, base_url: str, seconds: float = _SECONDS) -> None:
        """Ask `base_url` + /range/…, and give up after `seconds` in all."""
        self._base_url = base_url.rstrip("/")
        self._seconds = seconds
        self._client = httpx2.Client(timeout=seconds, trust_env=False)
        # httpx2 bounds each wait; only who waits for a thread can bound them all together.
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sekisho-breaches")

    def __enter__(self) -> Self:
        """Return itself, to be closed when it is left."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Let the connections go."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def look(self, password: str) -> Finding:
        """Ask for one password; waits for the network, so never in a transaction or a turn."""
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        asked = self._threads.submit(self._lines, digest[:_PREFIX])
        try:
            lines = asked.result(self._seconds)
        except TimeoutError:
            asked.cancel()
            return NotAsked("no answer in time")
        except _Unusable as error:
            return NotAsked(str(error))
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return NotAsked(type(error).__name__)  # its text may hold the address and its secrets
        return _find(lines, digest[_PREFIX:])

    def knows(self, password: str) -> bool | None:
        """Say whether a password stands in breaches; None where nobody said so in time."""
        match self.look(password):
            case Breached():
                return True
            case NotFound():
                return False
            case NotAsked(cause):
                _LOG.warning("breaches_not_asked", cause=cause)
                return None

    def _lines(self, prefix: str) -> list[bytes]:
        until = wait_clock() + self._seconds
        body = bytearray()
        url = f"{self._base_url}/range/{prefix}"
        # Add-Padding: all answers are of about one length, so that it does not tell the prefix.
        with self._client.stream("GET", url, headers={"Add-Padding": "true"}) as answer:
            if answer.status_code != httpx2.codes.OK:
                raise _Unusable(f"status {answer.status_code}")
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > _MOST_BYTES:
                    raise _Unusable("the answer is too long")
                if wait_clock() > until:
                    raise _Unusable("the answer is too slow")
        return bytes(body).splitlines()


class _Unusable(Exception):
    """An answer that says nothing."""


def _find(lines: list[bytes], rest: str) -> Finding:
    wanted = rest.encode("ascii")
    for line in lines:
        suffix, colon, times = line.strip().partition(b":")
        if not colon or not times.isdigit():
            return NotAsked("the answer is no range")
        if suffix.upper() == wanted:
            return Breached(int(times)) if int(times) else NotFound()  # 0 times is padding
    return NotFound()

"""Counts of coarse limits in Valkey or Redis, shared by all nodes: a first filter, not the only.

Valkey away means counting in the process until it answers again: the gate does not fail open.
"""

import threading

import structlog
import valkey

from sekisho.ground.clock import wait_clock
from sekisho.records.limits.gate import Count, Window

_TIMEOUT = 0.25  # seconds; a slow Valkey must not slow a sign-in (SECURITY.md R7)
_PAUSE = 2.0  # seconds without asking after it did not answer
_TWO_HOURS = 7200
_LOG = structlog.get_logger()


class ValkeyCounter:
    """Counts kept in Valkey. A class because it holds connections and its fallback."""

    def __init__(self, url: str) -> None:
        """Hold the address; a connection is made with the first count."""
        self._client = valkey.Valkey.from_url(
            url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT
        )
        self._fallback = Window()
        self._lock = threading.Lock()
        self._away_until = 0.0

    def add(self, keys: tuple[str, ...], hour: int) -> list[Count]:
        """Count one under each key, in Valkey and in this process."""
        own = self._fallback.add(keys, hour)
        shared = self._shared(keys, hour, 1)
        if shared is None:
            return own
        return [
            Count(max(mine.now, theirs.now), max(mine.before, theirs.before))
            for mine, theirs in zip(own, shared, strict=True)
        ]

    def take_back(self, keys: tuple[str, ...], hour: int) -> None:
        """Forget one under each key."""
        self._fallback.take_back(keys, hour)
        self._shared(keys, hour, -1)

    def _shared(self, keys: tuple[str, ...], hour: int, step: int) -> list[Count] | None:
        if wait_clock() < self._away_until:
            return None
        pipe = self._client.pipeline(transaction=False)
        for key in keys:
            name = f"sekisho:{hour}:{key}"
            pipe.incrby(name, step)
            pipe.expire(name, _TWO_HOURS)
            pipe.get(f"sekisho:{hour - 1}:{key}")
        try:
            answers = pipe.execute()  # type: ignore[no-untyped-call]
        except (valkey.ValkeyError, OSError) as error:
            self._rest(error)
            return None
        return [
            Count(int(answers[place]), int(answers[place + 2] or 0))
            for place in range(0, len(answers), 3)
        ]

    def _rest(self, error: Exception) -> None:
        with self._lock:
            self._away_until = wait_clock() + _PAUSE
        _LOG.warning("valkey_away", cause=type(error).__name__)

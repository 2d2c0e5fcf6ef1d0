"""The clock: the only place that reads time. Not a scheduler.

Instants are aware UTC datetimes; the stores keep them as microseconds since 1970.
A clock that jumps is not believed (attack 126): while the wall clock and the time since boot
disagree by more than `JUMP`, time goes on from the last agreement and `is_steady` is false.
"""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

JUMP = timedelta(minutes=5)  # SECURITY.md attack 126
_ANCHOR_LIFE = 3600.0  # seconds; slewing by NTP over a longer time is no jump
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Return the instant as microseconds since 1970, the form the stores keep."""
    return (at - _EPOCH) // _MICROSECOND


def instant(at: int) -> datetime:
    """Return the instant that `micros` made into a number."""
    return _EPOCH + timedelta(microseconds=at)


class Clock(Protocol):
    """What tells time: the system's clock, or in tests one that is moved."""

    def now(self) -> datetime:
        """Return the present instant; it never runs back within one clock."""

    def is_steady(self) -> bool:
        """Say whether the last reading can be believed."""


class SystemClock:
    """The wall clock, checked against the time since boot.

    A class because it remembers its last agreement and its highest reading.
    """

    def __init__(self, *, not_before: datetime = _EPOCH, ahead: timedelta = timedelta()) -> None:
        """Start at the wall clock; `not_before` is the store's high-water mark, `ahead` dev's."""
        self._lock = threading.Lock()
        self._ahead = ahead.total_seconds()
        self._wall, self._boot = time.time(), _since_boot()
        self._not_before = not_before
        self._highest = not_before.timestamp()
        self._steady = self._wall + self._ahead >= self._highest - JUMP.total_seconds()

    def now(self) -> datetime:
        """Return the wall clock while it is steady, else the last agreement plus the time since."""
        wall, boot = time.time(), _since_boot()
        with self._lock:
            expected = self._wall + (boot - self._boot)
            agrees = abs(wall - expected) <= JUMP.total_seconds()
            if agrees and boot - self._boot > _ANCHOR_LIFE:
                self._wall, self._boot = wall, boot
            reading = (wall if agrees else expected) + self._ahead
            self._steady = agrees and reading >= self._highest - JUMP.total_seconds()
            self._highest = max(self._highest, reading)
            return datetime.fromtimestamp(self._highest, UTC)

    def is_steady(self) -> bool:
        """Say whether wall clock, time since boot and the high-water mark agree."""
        self.now()
        return self._steady

    def advance(self, by: timedelta) -> timedelta:
        """Move the service's time on (`dev` only) and return how far ahead it now is."""
        with self._lock:
            self._ahead += by.total_seconds()
            return timedelta(seconds=self._ahead)


def wait_clock() -> float:
    """Return seconds on a clock for measuring waits; its zero means nothing."""
    return time.monotonic()


def _since_boot() -> float:
    # CLOCK_BOOTTIME goes on while a laptop sleeps; elsewhere the monotonic clock must do.
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


def read(text: str) -> datetime:
    """Return the instant that an RFC 3339 text names."""
    return datetime.fromisoformat(text).astimezone(UTC)

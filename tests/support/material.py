"""Bare material for tests: a clock that is moved, chance that repeats itself, keys drawn from it."""

import random
import threading
from datetime import UTC, datetime, timedelta

from sekisho.ground import keys as ground_keys
from sekisho.ground.keys import Keys

START = datetime(2026, 3, 5, 5, 5, tzinfo=UTC)  # Thursday, 14:05 in Japan


class MovedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: datetime = START) -> None:
        """Stand at `at`."""
        self._now = at
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return where the clock stands."""
        return self._now

    def is_steady(self) -> bool:
        """Say that a moved clock is always to be believed."""
        return True

    def move(self, **by: float) -> datetime:
        """Move on, as in `clock.move(minutes=10)`, and return where the clock stands then."""
        with self._lock:
            self._now += timedelta(**by)
            return self._now


class SeededChance:
    """Chance that draws the same again for the same seed; safe among threads."""

    def __init__(self, seed: int = 1) -> None:
        """Begin at `seed`."""
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def octets(self, count: int) -> bytes:
        """Draw `count` bytes."""
        with self._lock:
            return self._random.randbytes(count)

    def below(self, bound: int) -> int:
        """Draw a number from 0 to `bound` - 1."""
        with self._lock:
            return self._random.randrange(bound)


def draw_keys(seed: int = 7) -> Keys:
    """Draw the keys that tests share."""
    return ground_keys.draw(SeededChance(seed))

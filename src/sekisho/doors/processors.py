"""Which processor a serving process computes on: one at a time, and not one that others need more.

The interpreter computes on one processor at a time. Spread over several, its threads wake each
other across them for every lock, which costs more than the work itself (decision 0014). Threads
that roam (ground/roaming.py) compute without the interpreter and are left where they are.
"""

import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sekisho.ground import roaming
from sekisho.ground.chance import Chance, SystemChance

SWITCH_SECONDS = 0.1  # a thread that waits for the interpreter asks for it no more often
_LOOK_SECONDS = 1.0
_MUCH = 0.25  # of a processor: how much more others must take here than elsewhere
_TICKS = 100  # a second, as Linux tells them


@dataclass(frozen=True, slots=True)
class Load:
    """Seconds of work since boot: of each processor, and of this process without what roams."""

    processors: Mapping[int, float]
    mine: float


def settle() -> None:
    """Keep this process to one processor at a time, where the kernel lets us (Linux)."""
    sys.setswitchinterval(SWITCH_SECONDS)
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) == 1:
        return
    allowed = frozenset(os.sched_getaffinity(0))
    roaming.PROCESS.settle(allowed)
    chance = SystemChance()
    at = sorted(allowed)[chance.below(len(allowed))]
    _move(at)
    threading.Thread(target=_watch, args=(allowed, at, chance), daemon=True).start()


def better(before: Load, now: Load, at: int, seconds: float) -> int:
    """Return the processor to be on: another only where others take much less of it."""
    taken = {
        number: (busy - before.processors.get(number, busy)) / seconds
        for number, busy in now.processors.items()
    }
    taken[at] = taken.get(at, 1.0) - (now.mine - before.mine) / seconds
    best = min(taken, key=lambda number: taken[number])
    return best if taken[at] - taken[best] > _MUCH else at


def read_load(text: str, allowed: frozenset[int], mine: float) -> Load:
    """Read what `/proc/stat` says of the processors that we may use."""
    found = {}
    for line in text.splitlines():
        name, _, figures = line.partition(" ")
        number = name.removeprefix("cpu")
        if name != number and number.isdigit() and int(number) in allowed:
            user, nice, system, _idle, _wait, *interrupts = map(int, figures.split()[:7])
            found[int(number)] = (user + nice + system + sum(interrupts)) / _TICKS
    return Load(found, mine)


def _watch(allowed: frozenset[int], at: int, chance: Chance) -> None:
    wait = threading.Event()
    before = _look(allowed)
    while not wait.wait(_LOOK_SECONDS):
        now = _look(allowed)
        found = better(before, now, at, _LOOK_SECONDS)
        before = now
        # By a toss, so that two that meet on one processor do not both leave it for the other.
        if found != at and chance.below(2):
            at = found
            _move(at)


def _look(allowed: frozenset[int]) -> Load:
    spent = os.times()
    mine = spent.user + spent.system - roaming.PROCESS.spent()
    return read_load(Path("/proc/stat").read_text(), allowed, mine)


def _move(at: int) -> None:
    for thread in Path("/proc/self/task").iterdir():
        roaming.PROCESS.keep(int(thread.name), at)

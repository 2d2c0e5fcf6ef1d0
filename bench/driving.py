"""The driver: so many lines at once, each with its next request as soon as the last is answered.

Processor time is the processes' own accounting, so it holds on a busy machine; rates and waits do
not, and a row says when others were at work or when the driver itself was the bottleneck.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bench import processes
from bench.client import BadAnswer, Line

Job = Callable[[Line], Awaitable[None]]

CORES = os.cpu_count() or 1
MOST_FAILURES = 0.001
_GIVE_UP = 100  # failures
_BUSY_DRIVER = 0.85  # of one processor
_MOST_BY_OTHERS = 0.1  # of the machine


class OutOfStock(Exception):
    """What the job needs was used up; the measurement ends here."""


@dataclass(frozen=True, slots=True)
class Meters:
    """Which process trees to read, by what they are called; the database's apart by user.

    `worker_threads` is how the names of threads begin that are the worker inside the server.
    """

    trees: dict[str, int]
    database: int | None = None
    worker_user: str = "no such user"
    worker_threads: tuple[str, ...] = ()

    def read(self) -> dict[str, float]:
        """Return the processor seconds used so far, by name."""
        used = {
            name: sum(map(processes.cpu_seconds, processes.tree(root)))
            for name, root in self.trees.items()
        }
        for prefix in self.worker_threads:
            inside = [processes.thread_seconds(pid, prefix) for pid in self._of_server()]
            used["worker"] = used.get("worker", 0.0) + sum(inside)
            used["server"] -= sum(inside)
        if self.database is not None:
            used |= self._read_database(self.database)
        times = os.times()
        return used | {"driver": times.user + times.system, "all": processes.machine_cpu_seconds()}

    def _of_server(self) -> list[int]:
        return processes.tree(self.trees["server"])

    def _read_database(self, root: int) -> dict[str, float]:
        used = {"database": 0.0, "worker's database": 0.0}
        for pid in processes.tree(root):
            is_worker = f"postgres: {self.worker_user} " in processes.title(pid)
            used["worker's database" if is_worker else "database"] += processes.cpu_seconds(pid)
        return used


@dataclass(frozen=True, slots=True)
class Measured:
    """One operation at one concurrency: counts, waits and processor seconds by name."""

    done: int
    failed: int
    first_failure: str
    wall_seconds: float
    waits: tuple[float, ...] = field(repr=False)
    used: dict[str, float]

    @property
    def counts(self) -> bool:
        """Whether so few failed that the figures mean something."""
        return self.done > 0 and self.failed <= MOST_FAILURES * (self.done + self.failed)

    @property
    def rate(self) -> float:
        """Operations a second."""
        return self.done / self.wall_seconds

    def wait_ms(self, share: float) -> float:
        """Return the wait that this share of the operations stayed within."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1e3

    def cpu_ms(self, *names: str) -> float:
        """Return the processor time of these for one operation."""
        return sum(self.used.get(name, 0.0) for name in names) / self.done * 1e3

    @property
    def others(self) -> float:
        """Which share of the machine was used by processes that are not measured here."""
        mine = sum(seconds for name, seconds in self.used.items() if name != "all")
        return max(0.0, self.used["all"] - mine) / self.wall_seconds / CORES

    @property
    def remarks(self) -> list[str]:
        """What was wrong with the measurement itself."""
        remarks = []
        if self.used["driver"] / self.wall_seconds > _BUSY_DRIVER:
            remarks.append("the driver was the bottleneck")
        if self.others > _MOST_BY_OTHERS:
            remarks.append(f"others used more than {_MOST_BY_OTHERS:.0%} of the machine")
        return remarks


class _Tally:
    """What one measurement gathers while it runs."""

    def __init__(self, job: Job, deadline: float) -> None:
        self.job = job
        self.deadline = deadline
        self.waits: list[float] = []
        self.failures: list[str] = []

    async def work(self, line: Line) -> None:
        """Do the job on one line until time, stock or patience is over."""
        while (begun := time.perf_counter()) < self.deadline and len(self.failures) < _GIVE_UP:
            try:
                await self.job(line)
            except OutOfStock:
                return
            except (BadAnswer, ConnectionError, TimeoutError) as error:
                self.failures.append(f"{type(error).__name__}: {error}")
            else:
                self.waits.append(time.perf_counter() - begun)


async def drive(lines: list[Line], job: Job, meters: Meters, seconds: float) -> Measured:
    """Do the job on all lines for so many seconds, or until it raises OutOfStock."""
    before = meters.read()
    begun = time.perf_counter()
    tally = _Tally(job, begun + seconds)
    await asyncio.gather(*(tally.work(line) for line in lines))
    wall = time.perf_counter() - begun
    after = meters.read()
    return Measured(
        len(tally.waits),
        len(tally.failures),
        tally.failures[0] if tally.failures else "",
        wall,
        tuple(tally.waits),
        {name: after[name] - before.get(name, 0.0) for name in after},
    )

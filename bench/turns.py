"""A turn: one subject is started, warmed, driven through its operations and stopped again."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from math import gcd
from typing import TypeVar

from bench.budget import BESIDE
from bench.client import Line
from bench.driving import Job, Measured, OutOfStock, drive
from bench.subjects import Asked, Person, Session, Subject
from bench.subjects.sekisho import Sekisho

Tell = Callable[[str, str, Measured, int], None]
Kept = TypeVar("Kept")

_WARMING_SECONDS = 1.5
_MOST_PEOPLE = 200_000  # who ask in one run
_PREPARING_LINES = 16
_PREPARING_SECONDS = 120
_SETTLING_SECONDS = 0.5
_IDLE_WORKER_SECONDS = 0.02  # of processor time in that while
_LONGEST_SETTLING = 120  # such whiles
_BARE = (1,)
_TRIED = (1, 8, 64)
_BESIDE = (8,)
_MORE_CHECKS = 1.4  # codes made ready for each code request that was possible in the same time


class People:
    """Who may still ask, each so many times within the hour. A class because it is used up."""

    def __init__(self, people: Iterable[Person], uses: int) -> None:
        """Hold these people."""
        self._queue = deque((person, uses) for person in people)
        self._uses = uses

    def add(self, person: Person) -> None:
        """Let one more person in."""
        self._queue.append((person, self._uses))

    def take(self) -> Person:
        """Return the one who has waited longest."""
        if not self._queue:
            raise OutOfStock
        person, uses = self._queue.popleft()
        if uses > 1:
            self._queue.append((person, uses - 1))
        return person

    def __len__(self) -> int:
        """Count them."""
        return len(self._queue)


def everybody(accounts: int) -> list[Person]:
    """Return the accounts, many as they are, in an order that jumps through the whole store."""
    step = max(1, int(accounts * 0.618))
    while gcd(step, accounts) != 1:
        step += 1
    return [Person(place * step % accounts) for place in range(min(accounts, _MOST_PEOPLE))]


@dataclass(slots=True)
class Known:
    """What outlives the turns of one subject: who may still ask, who became familiar, sessions."""

    strangers: People
    familiar: People = field(default_factory=lambda: People((), 2))
    with_passwords: People = field(default_factory=lambda: People((), 2))
    sessions: deque[Session] = field(default_factory=lambda: deque(maxlen=4000))


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is driven: seconds and operations at most for each figure, and which."""

    seconds: float
    most: int = 1_000_000
    only: tuple[str, ...] = ()

    def wants(self, part: "Part") -> bool:
        """Say whether this operation is asked for; the few are asked for of strangers."""
        return not self.only or (part.operation in self.only and part.caller != "familiar")


@dataclass(frozen=True, slots=True)
class Part:
    """One operation of a turn: what is made ready first, and what is measured.

    `beside` is done on as many lines at the same time; `at_once` says at which concurrency alone;
    what is done `here` the driver does itself, as no server is asked.
    """

    operation: str
    caller: str
    act: Job
    prepare: Callable[[Measured | None], Awaitable[None]] | None = None
    beside: Job | None = None
    at_once: tuple[int, ...] = ()
    here: bool = False


class Turn:
    """One subject between its start and its stop. A class because it holds lines and stock."""

    def __init__(self, subject: Subject, known: Known, extent: Extent) -> None:
        """Hold them; the subject is running."""
        self.subject = subject
        self.known = known
        self.extent = extent
        self._begun: deque[Asked] = deque()
        self._asked: deque[Asked] = deque()
        self._ready: deque[tuple[Asked, str]] = deque()

    async def warm(self) -> None:
        """Let caches fill and connections open; its figures are thrown away."""
        measured = await self._drive(8, self._journey, _WARMING_SECONDS)
        if not measured.counts:
            raise RuntimeError(f"{self.subject.name} does not work: {measured.first_failure}")

    async def run(self, at_once: int, tell: Tell) -> None:
        """Measure every operation at one concurrency, telling each."""
        async for part, measure in self.parts(at_once):
            tell(part.operation, part.caller, await measure(), at_once)

    async def parts(
        self, at_once: int
    ) -> AsyncIterator[tuple[Part, Callable[[], Awaitable[Measured]]]]:
        """Yield each operation with what measures it, everything made ready before."""
        last: list[Measured] = []

        async def measure() -> Measured:
            if part.beside is not None:
                last.append(await self._drive_beside(at_once, part.act, part.beside))
                return last[-1]
            measured = await self._drive(at_once, part.act)
            if part.here:
                used = measured.used | {"server": measured.used["driver"], "driver": 0.0}
                measured = replace(measured, used=used)
            last.append(measured)
            return measured

        for part in self._parts():
            if not self.extent.wants(part) or at_once not in (part.at_once or (at_once,)):
                continue
            if part.prepare:
                await part.prepare(last[-1] if last else None)
            await self.settle()
            yield part, measure

    async def settle(self) -> None:
        """Wait until the message worker has emptied the outbox."""
        meters = self.subject.meters()
        for _ in range(_LONGEST_SETTLING):
            before = meters.read().get("worker", 0.0)
            await asyncio.sleep(_SETTLING_SECONDS)
            if meters.read().get("worker", 0.0) - before <= _IDLE_WORKER_SECONDS:
                return

    def _parts(self) -> Iterator[Part]:
        subject = self.subject
        if isinstance(subject, Sekisho):
            yield from self._halves(subject)
        yield from self._code(self.known.strangers, "stranger")
        if isinstance(subject, Sekisho) and len(self.known.with_passwords):
            yield from self._passwords(subject)
        yield Part("session check", "", self._look)
        yield Part("journey", "stranger", self._journey)
        if len(self.known.familiar):
            yield from self._code(self.known.familiar, "familiar")

    def _halves(self, subject: Sekisho) -> Iterator[Part]:
        """The two requests of a code request, each alone."""

        async def begin(line: Line) -> None:
            self._begun.append(await subject.begin(line, self.known.strangers.take()))

        async def send(line: Line) -> None:
            await subject.send_code(line, _next(self._begun))

        yield Part("flow start", "stranger", begin)
        yield Part("code send", "stranger", send)
        self._begun.clear()

    def _passwords(self, subject: Sekisho) -> Iterator[Part]:
        """Signing in by password, the hash alone, and codes while passwords are tried."""
        compare = subject.bare_hash()

        async def sign_in(line: Line) -> None:
            await subject.sign_in_by_password(line, self.known.with_passwords.take())

        async def hash_alone(_line: Line) -> None:
            compare()

        yield Part("bare hash", "", hash_alone, at_once=_BARE, here=True)
        yield Part("password sign-in", "stranger", sign_in, at_once=_TRIED)
        for part in self._code(self.known.strangers, BESIDE):
            yield replace(part, beside=sign_in, at_once=_BESIDE)

    def _code(self, people: People, caller: str) -> Iterator[Part]:
        """Asking, then checking of what was asked for, with more made ready if needed."""
        # Nobody twice in one operation: a later code would take the place of the one made ready.
        everybody_once = _at_most(_nothing, len(people))

        async def ask(line: Line) -> None:
            await everybody_once(line)
            self._asked.append(await self.subject.ask(line, people.take()))

        async def make_ready(asking: Measured | None) -> None:
            wanted = int((asking.done if asking else 1000) * _MORE_CHECKS) + 1
            wanted = min(wanted, self.extent.most)
            enough = _until(ask, lambda: len(self._asked) >= wanted)
            await self._drive(_PREPARING_LINES, enough, _PREPARING_SECONDS)
            for each in self._asked:
                self._ready.append((each, await self.subject.code(each)))
            self._asked.clear()

        yield Part("code request", caller, ask)
        yield Part("code check", caller, self._check, make_ready)
        self._ready.clear()

    async def _check(self, line: Line) -> None:
        asked, code = _next(self._ready)
        session = await self.subject.check(line, asked, code)
        self.known.sessions.append(session)
        if session.device and not asked.person.device:
            self.known.familiar.add(Person(asked.person.number, session.device))

    async def _look(self, line: Line) -> None:
        sessions = self.known.sessions
        if not sessions:
            raise OutOfStock
        sessions.rotate(1)
        await self.subject.look(line, sessions[0])

    async def _journey(self, line: Line) -> None:
        asked = await self.subject.ask(line, self.known.strangers.take())
        code = await self.subject.code(asked)
        session = await self.subject.check(line, asked, code)
        await self.subject.look(line, session)

    async def _drive_beside(self, at_once: int, job: Job, other: Job) -> Measured:
        """Drive both; what the processor did is not told apart, so it is not told."""
        is_over = asyncio.Event()

        async def until_over(line: Line) -> None:
            if is_over.is_set():
                raise OutOfStock
            await other(line)

        async def drive_other() -> Measured:
            return await self._drive(at_once, until_over, _PREPARING_SECONDS)

        others = asyncio.create_task(drive_other())
        measured = await self._drive(at_once, job)
        is_over.set()
        if not (found := await others).counts:
            raise RuntimeError(f"passwords beside codes: {found.first_failure or 'none was tried'}")
        return replace(measured, used={"all": 0.0, "driver": 0.0})

    async def _drive(self, at_once: int, job: Job, seconds: float | None = None) -> Measured:
        lines = [Line("127.0.0.1", self.subject.port) for _ in range(at_once)]
        limited = _at_most(job, self.extent.most)
        seconds = seconds or self.extent.seconds
        try:
            return await drive(lines, limited, self.subject.meters(), seconds)
        finally:
            for line in lines:
                line.close()


def _next(stock: "deque[Kept]") -> "Kept":
    if not stock:
        raise OutOfStock
    return stock.popleft()


async def _nothing(line: Line) -> None:
    """Do nothing on a line."""


def _at_most(job: Job, most: int) -> Job:
    numbers = count()

    async def limited(line: Line) -> None:
        if next(numbers) >= most:
            raise OutOfStock
        await job(line)

    return limited


def _until(job: Job, is_enough: Callable[[], bool]) -> Job:
    async def limited(line: Line) -> None:
        if is_enough():
            raise OutOfStock
        await job(line)

    return limited

"""`uv run python -m bench`: starts all, drives it, prints tables, leaves nothing running."""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from bench import machine, peers_setup, report, rows
from bench.budget import AT_ONCE, GROWING, OPERATIONS
from bench.driving import Measured
from bench.places import place_for
from bench.rows import Key, Medians, Row
from bench.subjects import Person, Place, Subject
from bench.subjects.allauth import Allauth
from bench.subjects.better_auth import BetterAuth
from bench.subjects.sekisho import Sekisho
from bench.turns import Extent, Known, People, Turn, everybody

_USES_OF_A_STRANGER = 3  # a contact takes five codes in ten minutes, and two stay for the familiar
_GROWTH_OPERATIONS = 800  # of each kind a round, so that a thousand accounts suffice


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, to see that it runs")
    parser.add_argument("--stores", type=_words, default=["sqlite", "postgresql"])
    parser.add_argument("--concurrency", type=_numbers, default=[1, 8, AT_ONCE])
    parser.add_argument("--seconds", type=float, default=3.0, help="for each figure")
    parser.add_argument("--rounds", type=int, default=3, help="figures are medians over them")
    parser.add_argument("--accounts", type=int, default=50_000)
    parser.add_argument("--events", type=int, default=50, help="past events of each account")
    parser.add_argument("--passwords", type=int, default=2_000, help="more accounts, with one")
    parser.add_argument("--only", type=_words, default=[], help="operations, such as journey")
    parser.add_argument("--processes", type=int, default=2, help="of the server, on PostgreSQL")
    parser.add_argument("--peer", action="store_true", help="drive the two peers in turns with it")
    parser.add_argument("--only-peers", action="store_true", help="and not the product")
    parser.add_argument("--peers-dir", type=Path, default=peers_setup.DEFAULT)
    parser.add_argument("--growth", type=_numbers, default=[], help="1000,100000,1000000")
    parser.add_argument("--only-growth", action="store_true", help="and not the first tables")
    parser.add_argument(
        "--quiet-wait", type=float, default=0, help="seconds to wait for an idle machine"
    )
    parser.add_argument("--keep", action="store_true", help="leave the folders and their logs")
    parser.add_argument("--out", type=Path, help="the tables as Markdown; rows go beside as .jsonl")
    found = parser.parse_args(arguments)
    if found.quick:
        found.rounds, found.seconds = 1, min(found.seconds, 1.5)
        found.accounts, found.concurrency = min(found.accounts, 20_000), [AT_ONCE]
    return found


def _words(text: str) -> list[str]:
    return text.split(",")


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


@dataclass(slots=True)
class Bench:
    """One run: what was asked for and the rows so far."""

    options: argparse.Namespace
    rows: list[Row]

    async def measure(self, store: str) -> None:
        """Drive product and peers in turns on one store."""
        with self._place(store, self.options.accounts, self.options.passwords) as place:
            await place.mailbox.open()
            subjects = list(self._subjects(place))
            strangers = everybody(place.people)
            known = {subject.name: _known(subject, strangers) for subject in subjects}
            for subject in subjects:
                _say(f"{store}: making {place.people:,} accounts of {subject.name}")
                subject.prepare()
            extent = Extent(self.options.seconds, only=tuple(self.options.only))
            for number in range(self.options.rounds):
                for subject in subjects:
                    key = Key(store, place.people, subject.name, "", "", 0)
                    await self._turn(subject, known[subject.name], extent, (key, number))

    async def grow(self, store: str, accounts: int) -> None:
        """Drive the product alone with so many accounts."""
        with self._place(store, accounts) as place:
            await place.mailbox.open()
            subject = Sekisho(place, self.options.processes, self.options.events)
            _say(f"{store}: making {accounts:,} accounts with {self.options.events} events each")
            subject.prepare()
            known = Known(People(everybody(accounts), _USES_OF_A_STRANGER))
            extent = Extent(60, _GROWTH_OPERATIONS, OPERATIONS)
            for number in range(self.options.rounds):
                key = Key(store, accounts, GROWING, "", "", AT_ONCE)
                await self._turn(subject, known, extent, (key, number))

    def _place(self, store: str, people: int, passwords: int = 0) -> AbstractContextManager[Place]:
        where, keep = self.options.peers_dir, self.options.keep
        return place_for(store, people, where, passwords=passwords, keep=keep)

    def _subjects(self, place: Place) -> Iterator[Subject]:
        if not self.options.only_peers:
            yield Sekisho(place, self.options.processes, self.options.events)
        if self.options.peer or self.options.only_peers:
            yield BetterAuth(place)
            yield Allauth(place)

    async def _turn(
        self, subject: Subject, known: Known, extent: Extent, place: tuple[Key, int]
    ) -> None:
        """Start, warm, drive and stop one subject."""
        key, number = place
        machine.wait_for_quiet(self.options.quiet_wait)
        subject.start()
        try:
            turn = Turn(subject, known, extent)
            await turn.warm()
            for at_once in [key.at_once] if key.at_once else self.options.concurrency:

                def tell(operation: str, caller: str, measured: Measured, lines: int) -> None:
                    told = Key(key.store, key.accounts, key.subject, operation, caller, lines)
                    self._keep(rows.of(told, number, measured))

                await turn.run(at_once, tell)
            for process, peak in subject.memory_mib().items():
                told = Key(key.store, key.accounts, key.subject, "memory", process, 0)
                self._keep(Row(told, number, memory_mib=peak))
        finally:
            subject.stop()

    def _keep(self, row: Row) -> None:
        self.rows.append(row)
        if self.options.out:
            with self.options.out.with_suffix(".jsonl").open("a") as file:
                file.write(rows.write(row) + "\n")
        key = row.key
        name = f"{key.store} {key.subject} {row.round} {key.operation} {key.caller} {key.at_once}"
        others = f"others {row.others:.0%}"
        figures = f"{row.rate:,.0f}/s p99 {row.p99_ms:.1f} ms CPU {row.together_ms:.3f} ms {others}"
        said = f"{row.memory_mib:.0f} MiB" if row.memory_mib else figures
        _say(f"{name}: {said if row.counts else row.first_failure}")


def _known(subject: Subject, people: list[Person]) -> Known:
    if not isinstance(subject, Sekisho):
        # A peer's own limits are off, so its people may ask as often as they like.
        return Known(People(people, 1_000_000))
    known = Known(People(people, _USES_OF_A_STRANGER))
    known.with_passwords = People(subject.those_with_passwords(), _USES_OF_A_STRANGER)
    return known


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


async def main() -> None:
    """Measure what was asked for and print the tables."""
    asked = options(sys.argv[1:])
    bench = Bench(asked, [])
    if asked.out:
        asked.out.with_suffix(".jsonl").write_text("")
    for store in asked.stores:
        if not asked.only_growth:
            await bench.measure(store)
        for accounts in asked.growth:
            await bench.grow(store, accounts)
    about = machine.describe()
    if asked.peer or asked.only_peers:
        about |= peers_setup.versions(asked.peers_dir)
    text = report.markdown(Medians(bench.rows), about)
    print(text)
    if asked.out:
        asked.out.write_text(text)


if __name__ == "__main__":
    asyncio.run(main())

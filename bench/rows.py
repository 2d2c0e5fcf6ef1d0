"""The figures as rows: one for each operation, concurrency and round; medians over the rounds."""

from collections.abc import Callable, Iterable
from statistics import median

import msgspec

from bench.driving import Measured


class Key(msgspec.Struct, frozen=True, order=True):
    """What was measured, but for the round."""

    store: str
    accounts: int
    subject: str
    operation: str
    caller: str
    at_once: int


class Row(msgspec.Struct, frozen=True):
    """One measurement. Processor time is in ms for one operation, memory in MiB."""

    key: Key
    round: int
    done: int = 0
    failed: int = 0
    first_failure: str = ""
    rate: float = 0
    p50_ms: float = 0
    p99_ms: float = 0
    server_ms: float = 0
    database_ms: float = 0
    together_ms: float = 0
    worker_ms: float = 0
    driver_ms: float = 0
    others: float = 0
    memory_mib: float = 0
    remarks: list[str] = []

    @property
    def counts(self) -> bool:
        """Whether it has figures."""
        return self.done > 0 or self.memory_mib > 0


def of(key: Key, number: int, measured: Measured) -> Row:
    """Make the row of a measurement; one in which too many failed carries no figures."""
    if not measured.counts:
        return Row(key, number, 0, measured.failed, measured.first_failure or "nothing was done")
    return Row(
        key,
        number,
        done=measured.done,
        failed=measured.failed,
        first_failure=measured.first_failure,
        rate=measured.rate,
        p50_ms=measured.wait_ms(0.5),
        p99_ms=measured.wait_ms(0.99),
        server_ms=measured.cpu_ms("server"),
        database_ms=measured.cpu_ms("database"),
        together_ms=measured.cpu_ms("server", "database"),
        worker_ms=measured.cpu_ms("worker", "worker's database"),
        driver_ms=measured.cpu_ms("driver"),
        others=measured.others,
        remarks=measured.remarks,
    )


class Medians:
    """All rows, asked for by key; each figure is the median of the rounds that count."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """Group the rows."""
        self._rows: dict[Key, list[Row]] = {}
        for row in rows:
            self._rows.setdefault(row.key, []).append(row)

    def measured(self) -> list[Key]:
        """Return what was measured, in the order it was."""
        return list(self._rows)

    def get(self, key: Key, figure: Callable[[Row], float]) -> float | None:
        """Return the median of a figure, or None when no round counts."""
        found = [figure(row) for row in self._rows.get(key, []) if row.counts]
        return median(found) if found else None

    def ratio(self, key: Key, base: Key, figure: Callable[[Row], float]) -> float | None:
        """Return the median, over the rounds in which both count, of one figure by another."""
        others = {row.round: figure(row) for row in self._rows.get(base, []) if row.counts}
        rows = [row for row in self._rows.get(key, []) if row.counts and row.round in others]
        found = [figure(row) / others[row.round] for row in rows if others[row.round]]
        return median(found) if found else None

    def failure(self, key: Key) -> str:
        """Return the first failure of a key without figures, or nothing."""
        rows = self._rows.get(key, [])
        if any(row.counts for row in rows):
            return ""
        return next((f"{row.failed} failed: {row.first_failure}" for row in rows), "")

    def remarks(self, key: Key) -> list[str]:
        """Return what was wrong with most of the rounds."""
        rows = self._rows.get(key, [])
        if sum(bool(row.remarks) for row in rows) * 2 <= len(rows):
            return []
        return next(row.remarks for row in rows if row.remarks)


def write(row: Row) -> str:
    """Return the row as a line of JSON."""
    return msgspec.json.encode(row).decode()


def read(lines: Iterable[str]) -> list[Row]:
    """Read rows from lines of JSON."""
    return [msgspec.json.decode(line, type=Row) for line in lines if line.strip()]

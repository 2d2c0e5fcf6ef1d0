"""The budgets (spec K7), compared with what was measured: `python -m bench.budget ROWS.jsonl`."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import msgspec

from bench import rows
from bench.rows import Key, Medians, Row

OURS = "sekisho"
GROWING = "sekisho, growing"
AT_ONCE = 64
OPERATIONS = ("code request", "code check", "session check")
REQUESTS = ("flow start", "code send", "code check", "session check")  # one HTTP request each
MOST_CPU_MS = {
    "postgresql": dict(zip(OPERATIONS, (1.0, 1.3, 0.47), strict=True)),
    "sqlite": dict(zip(OPERATIONS, (0.8, 0.9, 0.3), strict=True)),
}
MOST_CPU_MS_OF_THREE = {"postgresql": 3.0}
MOST_P99_MS = 100.0
MOST_MEMORY_MIB = 110.0
LEAST_RATIOS = {
    "better-auth": {"code request": 2, "code check": 4, "session check": 4, "journey": 3},
    "django-allauth": {"code request": 6, "code check": 9, "session check": 8, "journey": 6},
}
MOST_GROWTH = 1.2
MOST_MS_OVER_A_HASH = 2.5
MOST_TIMES_BESIDE = 2.0  # so much may waits for codes grow while passwords are tried
BESIDE = "stranger, beside passwords"


@dataclass(frozen=True, slots=True)
class Judged:
    """One line of the comparison; `at_most` says on which side of the budget is good."""

    what: str
    measured: float
    budget: float
    at_most: bool = True

    @property
    def passes(self) -> bool:
        """Whether the budget is kept."""
        return self.measured <= self.budget if self.at_most else self.measured >= self.budget

    def __str__(self) -> str:
        """Say it as a line of a Markdown table."""
        sign = "≤" if self.at_most else "≥"
        verdict = "pass" if self.passes else "**miss**"
        return f"| {self.what} | {self.measured:.2f} | {sign} {self.budget:g} | {verdict} |"


def judge(medians: Medians) -> list[Judged]:
    """Compare everything that was measured and has a budget."""
    keys = [key for key in medians.measured() if key.subject == OURS]
    loaded = [key for key in keys if key.at_once == AT_ONCE and key.caller in ("", "stranger")]
    return [
        *_cpu(medians, loaded),
        *_waits(medians, loaded),
        *_passwords(medians, [key for key in keys if key.operation == "password sign-in"]),
        *_beside(medians, [key for key in keys if key.caller == BESIDE]),
        *_memory(medians, [key for key in keys if key.operation == "memory"]),
        *_ratios(medians, loaded),
        *_growth(medians),
    ]


def _cpu(medians: Medians, keys: list[Key]) -> Iterator[Judged]:
    together: dict[str, float] = {}
    for key in keys:
        budget = MOST_CPU_MS[key.store].get(key.operation)
        measured = medians.get(key, _together)
        if budget and measured is not None:
            together[key.store] = together.get(key.store, 0) + measured
            yield Judged(f"{key.store}: {key.operation}, CPU ms", measured, budget)
    for store, budget in MOST_CPU_MS_OF_THREE.items():
        if store in together:
            yield Judged(f"{store}: the three together, CPU ms", together[store], budget)


def _waits(medians: Medians, keys: list[Key]) -> Iterator[Judged]:
    for key in keys:
        measured = medians.get(key, lambda row: row.p99_ms)
        if key.operation in REQUESTS and measured is not None:
            yield Judged(f"{key.store}: {key.operation}, p99 ms", measured, MOST_P99_MS)


def _passwords(medians: Medians, keys: list[Key]) -> Iterator[Judged]:
    for key in keys:
        bare = msgspec.structs.replace(key, operation="bare hash", caller="", at_once=1)
        whole, alone = medians.get(key, _together), medians.get(bare, _together)
        if whole is not None and alone is not None:
            what = f"{key.store}: password sign-in at {key.at_once}, CPU ms over the bare hash"
            yield Judged(what, whole - alone, MOST_MS_OVER_A_HASH)


def _beside(medians: Medians, keys: list[Key]) -> Iterator[Judged]:
    for key in keys:
        alone = msgspec.structs.replace(key, caller="stranger")
        ratio = medians.ratio(key, alone, lambda row: row.p99_ms)
        if ratio is not None:
            what = f"{key.store}: {key.operation} at {key.at_once}, p99 beside passwords / alone"
            yield Judged(what, ratio, MOST_TIMES_BESIDE)


def _memory(medians: Medians, keys: list[Key]) -> Iterator[Judged]:
    for key in keys:
        measured = medians.get(key, lambda row: row.memory_mib)
        if measured is not None:
            what = f"{key.store}: memory of a {key.caller} process, MiB"
            yield Judged(what, measured, MOST_MEMORY_MIB)


def _ratios(medians: Medians, keys: list[Key]) -> Iterator[Judged]:
    for key, (peer, least) in product(keys, LEAST_RATIOS.items()):
        budget = least.get(key.operation)
        ratio = medians.ratio(msgspec.structs.replace(key, subject=peer), key, _together)
        if budget and ratio is not None:
            what = f"{key.store}: {key.operation}, {peer} / ours"
            yield Judged(what, ratio, budget, at_most=False)


def _growth(medians: Medians) -> Iterator[Judged]:
    keys = [key for key in medians.measured() if key.subject == GROWING]
    for key in keys:
        smallest = min(other.accounts for other in keys if other.store == key.store)
        base = msgspec.structs.replace(key, accounts=smallest)
        ratio = medians.ratio(key, base, _together)
        if key.operation in OPERATIONS and key != base and ratio is not None:
            what = f"{key.store}: {key.operation}, {key.accounts:,} accounts / {smallest:,}"
            yield Judged(what, ratio, MOST_GROWTH)


def _together(row: Row) -> float:
    return row.together_ms


def table(medians: Medians) -> str:
    """Return the comparison as a Markdown table."""
    lines = ["| What | Measured | Budget | Verdict |", "|---|---|---|---|"]
    return "\n".join([*lines, *map(str, judge(medians))])


if __name__ == "__main__":
    print(table(Medians(rows.read(Path(sys.argv[1]).read_text().splitlines()))))

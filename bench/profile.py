"""`python -m bench.profile --store sqlite`: where the server's time goes, by py-spy.

py-spy (a public package) samples from outside who holds the interpreter. Prints for each operation
the functions by their own share, and ours by the share of all that they call. What C does without
the interpreter (SQLite, libpq, the kernel) is not in it: `perf record` shows that.
"""

import argparse
import asyncio
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from bench import peers_setup
from bench.places import place_for
from bench.subjects.sekisho import Sekisho
from bench.turns import Extent, Known, People, Turn, everybody

_RATE = 250  # samples a second
_SHOWN = 30


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser("python -m bench.profile", description=__doc__)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seconds", type=float, default=6.0, help="for each operation")
    parser.add_argument("--accounts", type=int, default=30_000)
    parser.add_argument("--processes", type=int, default=2, help="of the server, on PostgreSQL")
    parser.add_argument("--py-spy", default=shutil.which("py-spy"), help="the program py-spy")
    parser.add_argument("--all", action="store_true", help="threads without the GIL too, waits in")
    return parser.parse_args()


async def main() -> None:
    """Drive each operation at 64 at once under the profiler."""
    asked = options()
    if not asked.py_spy:
        sys.exit(
            "py-spy is missing: install it anywhere (pip install py-spy) and name it: --py-spy"
        )
    with place_for(asked.store, asked.accounts, peers_setup.DEFAULT) as place:
        await place.mailbox.open()
        subject = Sekisho(place, asked.processes, events=10)
        subject.prepare()
        subject.start()
        try:
            turn = Turn(subject, Known(People(everybody(asked.accounts), 3)), Extent(asked.seconds))
            await turn.warm()
            await _profile(turn, subject.server_pid, asked, place.folder)
        finally:
            subject.stop()


async def _profile(turn: Turn, pid: int, asked: argparse.Namespace, folder: Path) -> None:
    """Start py-spy before each operation, stop it after, and print what it saw."""
    raw = folder / "profile.raw"
    command = [asked.py_spy, "record", "--pid", str(pid), "--subprocesses", "--format", "raw"]
    command += ["--rate", str(_RATE), "--output", str(raw)] + ["--gil"] * (not asked.all)
    async for part, measure in turn.parts(64):
        spy = _start(command)
        await asyncio.sleep(1)
        measured = await measure()
        spy.send_signal(signal.SIGINT)
        _, told = spy.communicate(timeout=60)
        cpu = f"CPU ms: server {measured.cpu_ms('server'):.3f}"
        cpu += f", database {measured.cpu_ms('database'):.3f}"
        print(
            f"\n## {asked.store}: {part.operation} {part.caller} ({measured.rate:,.0f}/s, {cpu})\n"
        )
        print(table(raw.read_text()) if raw.exists() else told.decode())
        raw.unlink(missing_ok=True)


def _start(command: list[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def table(raw: str) -> str:
    """Return the functions with the largest shares, own and with what they call."""
    own: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for line in raw.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = [frame for frame in stack.split(";") if not frame.startswith("process ")]
        if not frames:
            continue
        own[_short(frames[-1])] += int(count)
        whole.update(dict.fromkeys((_short(f) for f in frames if "sekisho/" in f), int(count)))
    total = sum(own.values()) or 1
    lines = [f"{total} samples", "", "own share:"]
    lines += [f"  {count / total:6.1%}  {name}" for name, count in own.most_common(_SHOWN)]
    lines += ["", "with what it calls:"]
    lines += [f"  {count / total:6.1%}  {name}" for name, count in whole.most_common(_SHOWN)]
    return "\n".join(lines)


def _short(frame: str) -> str:
    """Return `function (package/file.py)` without the line."""
    name, _, place = frame.partition(" (")
    path = place.partition(":")[0].rstrip(")")
    return f"{name} ({'/'.join(path.split('/')[-3:])})"


if __name__ == "__main__":
    asyncio.run(main())

"""The product, killed at a named step of writing: `python -m tests.support.crashing serve …`, as `sekisho serve …`.

`SEKISHO_TEST_STEP_FILE` names a file; while it holds a step (`sign_in.pass:after`), the first process that comes there
empties the file and is killed with its supervisor, as by `kill -9`. `3 sign_in.pass:after` lets two pass before it.
`SEKISHO_TEST_AHEAD_SECONDS` sets the clock on, for steps that need time. The product knows none of these.
"""

import fcntl
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sekisho.doors import commands, house
from sekisho.doors.settings import Settings
from sekisho.ground.clock import SystemClock
from sekisho.ground.db import Database

STEP_FILE = "SEKISHO_TEST_STEP_FILE"
AHEAD = "SEKISHO_TEST_AHEAD_SECONDS"
SEEN = ".seen"  # beside the step file: every step that was come by, a line each


def main() -> None:
    """Run a command of the product over databases that are watched."""
    opened = house.open_database

    def open_watched(settings: Settings, *, is_dev: bool) -> Database:
        db = opened(settings, is_dev=is_dev)
        db.step = watch(Path(os.environ[STEP_FILE]))
        if isinstance(db.clock, SystemClock):
            db.clock.advance(timedelta(seconds=float(os.environ.get(AHEAD, "0"))))
        return db

    house.open_database = open_watched
    commands.main()


def watch(path: Path) -> Callable[[str], None]:
    """Return what is told each step and ends everything at the one that the file names."""

    def come_by(step: str) -> None:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            count, _, wanted = file.read().strip().rpartition(" ")
            with path.with_suffix(SEEN).open("a") as seen:
                seen.write(f"{step}\n")
            if step != wanted:
                return
            left = int(count or 1) - 1
            file.seek(0)
            file.truncate()
            if left:
                file.write(f"{left} {wanted}")
                return
        _die()

    return come_by


def _die() -> None:
    """End as a machine does that loses its processes: the supervisor first, so that nobody starts this anew."""
    if "SEKISHO_SUPERVISED_BY" in os.environ:
        os.kill(int(os.environ["SEKISHO_SUPERVISED_BY"]), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()

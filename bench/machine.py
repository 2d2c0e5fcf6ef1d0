"""What the figures were measured on, and waiting until nobody else is at work there."""

import os
import platform
import sqlite3
import time
from pathlib import Path

_QUIET = 0.7  # running processes, by the load of the last minute


def describe() -> dict[str, str]:
    """Return what a reader must know to compare the figures with others."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
    }


def wait_for_quiet(most_seconds: float) -> float:
    """Wait, at most so long, until little else runs; return the load that remains."""
    deadline = time.monotonic() + most_seconds
    while os.getloadavg()[0] > _QUIET and time.monotonic() < deadline:
        time.sleep(2)
    return os.getloadavg()[0]


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())

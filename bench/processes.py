"""Processes: starting, stopping, and what the kernel says each has used. Judges nothing."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


class DidNotStart(Exception):
    """A server did not answer in time; the text holds the end of what it wrote."""


@dataclass(frozen=True, slots=True)
class Started:
    """A process of ours, in a session of its own, and the file it writes to."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def pid(self) -> int:
        """The root of its tree."""
        return self.process.pid

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end; kill its whole tree when it does not within ten seconds."""
        family = {pid: _born(pid) for pid in tree(self.pid)}
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pid, born in family.items():
            if born and _born(pid) == born:
                os.kill(pid, signal.SIGKILL)

    def tail(self) -> str:
        """Return the end of what it wrote."""
        return self.log.read_text(errors="replace")[-2000:]


def start(
    name: str,
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    **how: object,
) -> Started:
    """Start a command that writes to NAME.log in `folder`, and runs there unless told where."""
    log = folder / f"{name}.log"
    settings = {"cwd": folder, **how}
    with log.open("ab") as file:
        process = subprocess.Popen(  # type: ignore[call-overload]
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **settings,
        )
    return Started(name, process, log)


def wait_until(started: Started, is_ready: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until it is ready; raise DidNotStart when it ends or takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and started.process.poll() is None:
        if is_ready():
            return
        time.sleep(0.05)
    started.stop()
    raise DidNotStart(
        f"{started.name} did not start; its log {started.log} ends:\n{started.tail()}"
    )


def answers(url: str) -> bool:
    """Say whether a GET of this address is answered with 2xx."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(200 <= answer.status < 300)
    except (urllib.error.URLError, OSError):
        return False


def listens(port: int) -> bool:
    """Say whether somebody listens on this port of loopback."""
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tree(root: int) -> list[int]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for pid in (int(path.name) for path in _PROC.iterdir() if path.name.isdigit()):
        fields = _stat(pid)
        if fields:
            children.setdefault(int(fields[1]), []).append(pid)
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def cpu_seconds(pid: int) -> float:
    """Return user and system time of one process and of the children it has reaped."""
    fields = _stat(pid)
    return sum(int(field) for field in fields[11:15]) / _TICKS if fields else 0.0


def thread_seconds(pid: int, prefix: str) -> float:
    """Return user and system time of those threads of one process whose names begin so."""
    total = 0
    for path in (_PROC / str(pid) / "task").glob("*/stat"):
        try:
            name, _, rest = path.read_text().partition("(")[2].rpartition(")")
        except OSError:  # that thread has ended
            continue
        if name.startswith(prefix):
            total += sum(map(int, rest.split()[11:13]))
    return total / _TICKS


def title(pid: int) -> str:
    """Return the command line, which PostgreSQL sets to what the process does and for whom."""
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (OSError, UnicodeDecodeError):
        return ""


def peak_mib(pid: int) -> float:
    """Return the most memory that was resident (VmHWM)."""
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def machine_cpu_seconds() -> float:
    """Return the time that all processors were busy or were taken away by the host."""
    fields = [int(field) for field in (_PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / _TICKS


def _stat(pid: int) -> list[str]:
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return []
    return text[text.rindex(")") + 2 :].split()


def _born(pid: int) -> str:
    """Return when the process began, so that another with its number is not taken for it."""
    fields = _stat(pid)
    return fields[19] if fields and fields[0] != "Z" else ""

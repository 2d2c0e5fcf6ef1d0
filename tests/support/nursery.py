"""A process that has loaded the product and forks it for each command: a start costs a tenth then.

The child runs the very command line, with the environment that it was given and files of its own for what it writes;
tests of starting itself start afresh instead. The nursery speaks JSON lines on a socket, and ends with its parent.
"""

import atexit
import ctypes
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

PRELOADED = (
    "granian",
    "sekisho.doors.app",
    "sekisho.doors.commands",
    "sekisho.doors.terminal.doctor",
    "sekisho.doors.terminal.operating",
    "sekisho.doors.terminal.running",
    "sekisho.ground.postgres",
    "sekisho.records.limits.valkey",
)
_LOOK_SECONDS = 0.005
_DIE_WITH_PARENT = (
    1  # PR_SET_PDEATHSIG of linux/prctl.h: tests that are killed leave nothing behind
)


@dataclass
class Child:
    """A process that the nursery forked, with the manners of a Popen."""

    pid: int
    ended: Path  # where the nursery writes its exit code
    returncode: int | None = field(default=None)

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        if self.returncode is None and self.ended.exists():
            self.returncode = int(self.ended.read_text())
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for its end and return its exit code."""
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("child", timeout)
            time.sleep(_LOOK_SECONDS)
        return code

    def send_signal(self, how: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, how)


def spawn(
    module: str, arguments: Sequence[str], env: Mapping[str, str], out: Path, err: Path | None
) -> Child:
    """Start `python -m module arguments` in a session of its own; what it writes goes to the end of `out`."""
    mouth = _mouth()
    errors = str(err or out)
    order = {"module": module, "arguments": list(arguments), "env": dict(env)}
    mouth.sendall(json.dumps({**order, "out": str(out), "err": errors}).encode() + b"\n")
    told = json.loads(_line(mouth))
    return Child(told["pid"], Path(told["ended"]))


@cache
def _mouth() -> socket.socket:
    ours, theirs = socket.socketpair()
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.support.nursery", str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if not name.startswith("SEKISHO_")},
    )
    theirs.close()
    atexit.register(nursery.wait)
    atexit.register(ours.close)
    return ours


def _line(mouth: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        part = mouth.recv(4096)
        if not part:
            raise AssertionError("the nursery has ended")
        line += part
    return line


def _tend(mouth: socket.socket) -> None:
    """Fork for each order, bury who has ended, and end when nobody listens any more."""
    children: dict[int, Path] = {}

    def bury(*_: object) -> None:
        while children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            _write(children.pop(pid), str(os.waitstatus_to_exitcode(status)))

    signal.signal(signal.SIGCHLD, bury)
    with mouth.makefile("rb") as orders:
        for number, line in enumerate(orders):
            order = json.loads(line)
            ended = Path(f"{order['out']}.{os.getpid()}-{number}.ended")
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
            pid = os.fork()
            if not pid:
                _be(order, mouth)
            children[pid] = ended
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            mouth.sendall(json.dumps({"pid": pid, "ended": str(ended)}).encode() + b"\n")


def _be(order: dict[str, Any], mouth: socket.socket) -> NoReturn:
    """Become the command."""
    code = 1
    try:
        _leave_home(order)
        mouth.close()
        os.environ.clear()
        os.environ.update(order["env"])
        sys.argv = ["sekisho", *order["arguments"]]
        _run(order["module"])
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter does: a traceback, and 1
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _leave_home(order: dict[str, Any]) -> None:
    """Take a session and files of its own, and the signals as they come."""
    os.setsid()
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, number)
        os.close(file)


def _run(module: str) -> None:
    importlib.import_module("sekisho.doors.commands" if module == "sekisho" else module).main()


def _write(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(path)


if __name__ == "__main__":
    for preloaded in PRELOADED:
        importlib.import_module(preloaded)
    _tend(socket.socket(fileno=int(sys.argv[1])))

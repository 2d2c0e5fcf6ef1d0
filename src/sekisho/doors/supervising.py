"""The supervisor: one parent, its serving processes, and the lock on the data folder.

The serving process is a child and would outlive a killed parent, so it asks the kernel to die with
it, and watches a pipe where the kernel cannot be asked. The parent holds the folder's lock.
"""

import ctypes
import fcntl
import gc
import json
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

FOLDER = "SEKISHO_SUPERVISED_FOLDER"
MODE = "SEKISHO_SUPERVISED_MODE"
FLAGS = "SEKISHO_SUPERVISED_FLAGS"
_PARENT = "SEKISHO_SUPERVISED_BY"
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_M_ARENA_MAX = -8  # malloc.h
_LOOK_SECONDS = 0.5
_LONGEST_SAYING = 4000  # octets, so that a pipe takes them at once


class FolderBusy(Exception):
    """Another sekisho serves this data folder."""


def lock(folder: Path) -> TextIO:
    """Hold the data folder until the returned file is closed, or this process ends.

    Raises FolderBusy when another process holds it.
    """
    file = (folder / "lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        message = f"another sekisho is running on {folder}; stop it, or give another --data"
        raise FolderBusy(message) from error
    return file


def is_held(folder: Path) -> bool:
    """Say whether a sekisho serves this data folder now."""
    if not (folder / "lock").exists():
        return False
    try:
        lock(folder).close()
    except FolderBusy:
        return True
    return False


def hand_over(folder: Path, mode: str, flags: Mapping[str, str]) -> None:
    """Put what the serving processes need into their environment."""
    os.environ[FOLDER] = str(folder)
    os.environ[MODE] = mode
    os.environ[FLAGS] = json.dumps(dict(flags))
    os.environ[_PARENT] = str(os.getpid())


def read_flags(text: str) -> dict[str, str]:
    """Return the flags that the supervisor handed over."""
    return {str(name): str(value) for name, value in json.loads(text or "{}").items()}


def die_with_parent() -> None:
    """End this process when its supervisor ends, however that ends (spec K1)."""
    parent = int(os.environ[_PARENT])
    # Ctrl-C reaches the whole terminal: here only the supervisor's word counts, which follows it.
    # Told twice at once, granian's worker (2.8) sometimes does not end at all.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            return
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def settle_memory() -> None:
    """Keep a long-lived process small and its garbage collection short, once it is put together.

    glibc makes an arena a thread, which threads that do the same work do not need; what was made
    at the start lives as long as the process and need not be looked at again.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_ARENA_MAX, 2)
        gc.collect()
        if hasattr(libc, "malloc_trim"):  # glibc's own
            libc.malloc_trim(0)
    gc.collect()
    gc.freeze()


def apart(act: Callable[[], object], known: type[Exception]) -> None:
    """Do something in a process of its own, before any thread was started, and wait for it.

    What it raises of the `known` kind is raised here again; anything else ends that process loudly,
    and is `known` here too.
    """
    hear, say = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            act()
        except known as error:
            os.write(say, str(error).encode()[:_LONGEST_SAYING])
            os._exit(1)
        except BaseException:  # noqa: BLE001 - a child that goes on would be a second supervisor
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(say)
    with os.fdopen(hear, "rb") as told:
        said = told.read().decode("utf-8", "replace")
    _, status = os.waitpid(child, 0)
    if status:
        raise known(said or "a step of the start failed; what it said stands above")


def is_free(host: str, port: int) -> bool:
    """Say whether a port can be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _watch(parent: int) -> None:
    wait = threading.Event()
    while os.getppid() == parent:
        wait.wait(_LOOK_SECONDS)
    os._exit(1)

"""A running service under mixed traffic for long: nothing fails, and what it holds does not grow.

    python -m tests.campaigns.soak --minutes 60 --store sqlite|postgresql

Eight people at a time, each new: signs in by a code after a slip, adds a password, an address and a
recovery code, signs in by the password elsewhere, is tried by a stranger, signs out everywhere.
A line a minute says how fast, and what the processes hold. Exit 1 when a step ended otherwise than
it must, the service wrote of an error, or in the second half memory grew by more than `MOST_GROWN`
or open files by more than `MOST_OPENED`.
"""

import argparse
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import psutil  # type: ignore[import-untyped]  # psutil ships no types

from tests.campaigns.ground import Ground, say, served
from tests.campaigns.timing import PASSWORD
from tests.campaigns.wire import Answer, Wire

PEOPLE = 8
MOST_GROWN = 12.0  # MiB of all processes: page caches and sources that are remembered
MOST_OPENED = 8
SAYS_EVERY = 60.0  # seconds


@dataclass(slots=True)
class Seen:
    """What callers saw; a class because eight threads write in it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    took: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def keep(self, seconds: float) -> None:
        """Keep how long an answer took."""
        with self.lock:
            self.took.append(seconds)

    def drain(self) -> list[float]:
        """Return how long the answers since the last time took, in order."""
        with self.lock:
            taken, self.took = self.took, []
        return sorted(taken)


@dataclass(frozen=True, slots=True)
class Held:
    """What the processes of the service hold."""

    mebibytes: float
    files: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody new, at an address of his own."""

    ground: Ground
    wire: Wire
    seen: Seen
    number: int

    @property
    def name(self) -> str:
        """What he signs in by."""
        return f"s{self.number}@example.org"

    def live(self) -> None:
        """Do all that a person does, and be tried by a stranger."""
        session, browser = self.signs_in()
        inside = {"Authorization": f"Bearer {session}", **browser}
        for path in ("session", "contacts", "methods", "devices", "checkup", "events"):
            self.asks("GET", path, None, inside)
        self.adds_methods(inside)
        self.adds_an_address(inside)
        elsewhere = self.signs_in_by_password()
        self.is_tried()
        self.asks("POST", "sessions/end_all", {"keep_current": False}, inside)
        for token in (session, elsewhere):
            self.asks("GET", "session", None, {"Authorization": f"Bearer {token}"}, 401)

    def signs_in(self) -> tuple[str, dict[str, str]]:
        """Sign in by a code after a slip; return the session and the header of the browser."""
        flow, asked = self.begins({"purpose": "sign_in", "name": self.name}, "email_code")
        code = self.ground.mailbox.code(self.name, asked["label"])
        self.answers(flow, asked, {"code": slip(code)}, 401)
        passed = self.answers(flow, asked, {"code": code})
        return passed["session"]["token"], {"Sekisho-Device": passed["device"]["token"]}

    def signs_in_by_password(self) -> str:
        """Sign in where nobody knows him."""
        flow, asked = self.begins({"purpose": "sign_in", "name": self.name}, "password")
        return str(self.answers(flow, asked, {"password": PASSWORD})["session"]["token"])

    def adds_methods(self, inside: dict[str, str]) -> None:
        """Add a password and a recovery code."""
        for kind in ("password", "recovery_code"):
            wanted = {"kind": kind, "name": ""}
            self.proves(inside, "methods.add", wanted)
            begun = self.asks("POST", "methods", wanted, inside, 201).json
            proof = {"password": PASSWORD} if kind == "password" else {"code": begun["code"][-5:]}
            self.asks("POST", f"methods/{begun['id']}/confirm", proof, inside)

    def adds_an_address(self, inside: dict[str, str]) -> None:
        """Add an address, and take it away."""
        address = f"t{self.number}@example.net"
        wanted = {"kind": "email", "address": address}
        self.proves(inside, "contacts.add", wanted)
        added = self.asks("POST", "contacts", wanted, inside, 201).json
        code = self.ground.mailbox.code(address, added["challenge"]["label"])
        self.asks("POST", f"contacts/{added['id']}/confirm", {"code": code}, inside)
        self.proves(inside, "contacts.remove", {"id": added["id"]})
        self.asks("DELETE", f"contacts/{added['id']}", None, inside, 204)

    def proves(self, inside: dict[str, str], act: str, parameters: dict[str, str]) -> None:
        """Prove by the password, else by a code, that it is him who wants this."""
        wanted = {"purpose": "step_up", "act": act, "parameters": parameters}
        flow, asked = self.begins(wanted, "password", inside)
        if asked["kind"] == "password":
            self.answers(flow, asked, {"password": PASSWORD})
            return
        code = self.ground.mailbox.code(self.name, asked["label"])
        self.answers(flow, asked, {"code": code})

    def is_tried(self) -> None:
        """Somebody else tries his name: a code that is wrong, and a password."""
        for kind, given in (
            ("email_code", {"code": "no"}),
            ("password", {"password": "no herons"}),
        ):
            flow, asked = self.begins({"purpose": "sign_in", "name": self.name}, kind)
            self.answers(flow, asked, given, 422 if kind == "email_code" else 401)

    def begins(
        self, wanted: dict[str, Any], kind: str, more: dict[str, str] | None = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """Begin a flow and ask by this kind, else by the first; return headers and challenge."""
        begun = self.asks("POST", "flows", wanted, more or {}, 201).json
        options = {one["kind"]: one["id"] for one in reversed(begun["options"])}
        option = options.get(kind, begun["options"][0]["id"])
        flow = {"Sekisho-Flow": begun["secret"], **(more or {})}
        path = f"flows/{begun['id']}/challenges"
        asked = self.asks("POST", path, {"option": option}, flow, 201).json
        return flow, {**asked, "path": f"{path}/{asked['id']}/answer"}

    def answers(
        self, flow: dict[str, str], asked: dict[str, Any], given: object, status: int = 200
    ) -> Any:
        """Answer a challenge and return what was told."""
        return self.asks("POST", asked["path"], given, flow, status).json

    def asks(
        self, method: str, path: str, body: object, headers: dict[str, str], status: int = 200
    ) -> Answer:
        """Ask, and be told what must be told."""
        source = (
            f"{20 + self.number // 62500 % 80}.{self.number // 250 % 250}.{self.number % 250}.7"
        )
        began = time.monotonic()
        answer = self.wire.ask(
            method, f"/api/v1/{path}", body, {"X-Forwarded-For": source, **headers}
        )
        self.seen.keep(time.monotonic() - began)
        assert answer.status == status, f"{method} {path}: {answer.status} {answer.body[:300]!r}"
        return answer


def main() -> int:
    """Run and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = parser.parse_args()
    settings = {
        "SEKISHO_SIGN_UP": "open",
        "SEKISHO_LIMITS_REQUESTS_HOUR_ALL": "10000000",
        "SEKISHO_LIMITS_REQUESTS_HOUR_NET": "10000000",
        "SEKISHO_LIMITS_REQUESTS_HOUR_IP": "10000000",
    }
    with served(chosen.store, 1, **settings) as ground:
        seen, held = soak(ground, chosen.minutes * 60)
        errors = ground.server.errors
    grown = _grown(held)
    say(f"in the second half {grown.mebibytes:+.1f} MiB, {grown.files:+} files")
    for line in (*seen.wrong, *errors):
        say(line)
    is_steady = grown.mebibytes <= MOST_GROWN and grown.files <= MOST_OPENED
    is_well = is_steady and not seen.wrong and not errors
    say(f"{chosen.store}: {'all is well' if is_well else 'BROKEN'}")
    return 0 if is_well else 1


def soak(ground: Ground, seconds: float) -> tuple[Seen, list[Held]]:
    """Let people live for so long; return what they saw and what was held, by the minute."""
    seen, held, numbers, over = Seen(), [], count(1), threading.Event()
    end = time.monotonic() + seconds

    def lives() -> None:
        wire = ground.wire()
        while not over.is_set():
            Person(ground, wire, seen, next(numbers)).live()
        wire.close()

    with ThreadPoolExecutor(PEOPLE) as pool:
        callers = [pool.submit(lives) for _ in range(PEOPLE)]
        while time.monotonic() < end and not any(one.done() for one in callers):
            time.sleep(min(SAYS_EVERY, max(0.0, end - time.monotonic())))
            held.append(_held(ground))
            _tell(seen, held[-1])
        over.set()
    seen.wrong.extend(repr(one.exception()) for one in callers if one.exception())
    return seen, held


def _tell(seen: Seen, held: Held) -> None:
    took = seen.drain()
    p50, p99 = (took[int(len(took) * part)] * 1e3 if took else 0 for part in (0.5, 0.99))
    say(
        f"  {len(took):,} requests, p50 {p50:.0f} ms, p99 {p99:.0f} ms;"
        f" {held.mebibytes:.0f} MiB, {held.files} files"
    )


def _held(ground: Ground) -> Held:
    processes = [psutil.Process(pid) for pid in ground.server.pids]
    return Held(
        sum(one.memory_info().rss for one in processes) / 2**20,
        sum(one.num_fds() for one in processes),
    )


def _grown(held: list[Held]) -> Held:
    then, now = held[len(held) // 2], held[-1]
    return Held(now.mebibytes - then.mebibytes, now.files - then.files)


def slip(code: str) -> str:
    """Return a code that is wrong by its last digit."""
    return f"{code[:-1]}{(int(code[-1]) + 1) % 10}"


if __name__ == "__main__":
    sys.exit(main())

"""`uv run python -m bench.inside`: what signing in by password costs beside its hash, in process.

One thread calls the application on a SQLite store, without server and network: request after
request, and after gaps as long as hashes leave. What differs is the machine's, not the code's, as a
bare commit of one row and a little plain Python show, which any program pays.
"""

import argparse
import io
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import seeding
from bench.subjects import Person
from bench.subjects.sekisho import SETTINGS
from sekisho.authenticators.password import Cost, hashing
from sekisho.doors import house
from sekisho.doors.settings import gather
from sekisho.ground.keys import Keys
from sekisho.web.routing import make_app

_SETTINGS = SETTINGS | {
    "SEKISHO_PUBLIC_URL": "http://127.0.0.1:8080",
    "SEKISHO_SMTP_URL": "smtp://127.0.0.1:1?starttls=no",
    "SEKISHO_WORKER": "apart",
}
_GAP = 0.007  # seconds: three requests for each hash
_WARMING = 50


@dataclass(slots=True)
class Spent:
    """Processor seconds, those of hashes apart. A class because the hash is measured inside."""

    hashes: list[float] = field(default_factory=list)
    requests: dict[str, list[float]] = field(default_factory=dict)

    def measure_hashes(self) -> None:
        """Put a clock around every comparing from now on."""
        compare = hashing.is_right

        def measured(keys: Keys, password: str, kept: str | None, cost: Cost) -> bool:
            before = time.thread_time()
            try:
                return compare(keys, password, kept, cost)
            finally:
                self.hashes.append(time.thread_time() - before)

        hashing.is_right = measured

    def measure(self, name: str, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Do one request and keep what it cost."""
        before, hashed = time.process_time(), sum(self.hashes)
        answer = act()
        cost = time.process_time() - before - (sum(self.hashes) - hashed)
        self.requests.setdefault(name, []).append(cost)
        return answer


@dataclass(frozen=True, slots=True)
class Service:
    """The application of one process, and who calls it."""

    app: Callable[..., Any]

    def post(self, path: str, body: dict[str, str], **headers: str) -> dict[str, Any]:
        """Post JSON and return the answer, which must be good."""
        raw, status = json.dumps(body).encode(), []
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8080",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8080",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(raw)),
            "wsgi.input": io.BytesIO(raw),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            **{f"HTTP_{name}": value for name, value in headers.items()},
        }
        answer = b"".join(
            self.app(environ, lambda said, _headers, _error=None: status.append(said))
        )
        if status[0][:1] != "2":
            raise AssertionError(status[0], answer[:300])
        return dict(json.loads(answer))

    def sign_in(self, spent: Spent, person: Person, gap: float) -> None:
        """Sign in by password: three requests, each after a gap."""
        caller = {"X_FORWARDED_FOR": person.source.decode()}
        body = {"purpose": "sign_in", "name": person.address, "locale": "en"}
        time.sleep(gap)
        flow = spent.measure("start", lambda: self.post("/api/v1/flows", body, **caller))
        caller["SEKISHO_FLOW"] = flow["secret"]
        option = next(one["id"] for one in flow["options"] if one["kind"] == "password")
        path = f"/api/v1/flows/{flow['id']}/challenges"
        time.sleep(gap)
        asked = spent.measure("ask", lambda: self.post(path, {"option": option}, **caller))
        given = {"password": seeding.PASSWORD}
        time.sleep(gap)
        spent.measure("answer", lambda: self.post(f"{path}/{asked['id']}/answer", given, **caller))


def _made(folder: Path, people: int) -> Service:
    url = f"sqlite:///{folder / 'sekisho.sqlite3'}"
    settings = _SETTINGS | {"SEKISHO_DATABASE_URL": url}
    environ = {**os.environ, **settings}
    migrate = [sys.executable, "-m", "sekisho", "migrate", "--data", str(folder)]
    subprocess.run(migrate, env=environ, check=True, stdout=subprocess.DEVNULL)
    key = folder.with_name(folder.name + ".key")
    seeding.seed(url, key, 1, 1, people)
    built = house.build(gather(folder, {}, settings), is_dev=False, sends=False)
    return Service(make_app(built.site, built.routes))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m bench.inside", description=__doc__)
    parser.add_argument("--people", type=int, default=300, help="who sign in, each once a round")
    parser.add_argument("--without-hash", action="store_true", help="any password is right")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sekisho-bench-") as folder:
        (data := Path(folder) / "data").mkdir()
        service = _made(data, _WARMING + 2 * asked.people)
        people = (Person(1 + number) for number in range(_WARMING + 2 * asked.people))
        if asked.without_hash:
            hashing.is_right = lambda *_given: True
        for _ in range(_WARMING):
            service.sign_in(Spent(), next(people), 0)
        commit = _bare_commit(Path(folder) / "bare.sqlite3")
        for name, gap in (("at once", 0.0), (f"after {_GAP * 1e3:.0f} ms each", _GAP)):
            bare, plain = (_cost(act, asked.people, gap) for act in (commit, _plain_python))
            print(f"{name}: a bare commit {bare:.3f} ms, plain Python {plain:.3f} ms")
            spent = Spent()
            if not asked.without_hash:
                spent.measure_hashes()
            for _ in range(asked.people):
                service.sign_in(spent, next(people), gap)
            _tell(name, spent)


def _bare_commit(path: Path) -> Callable[[], object]:
    """Return what keeps one row for good, and does nothing else."""
    line = sqlite3.connect(path, isolation_level=None)
    line.executescript("PRAGMA journal_mode = wal; CREATE TABLE kept (octets BLOB)")
    line.execute("PRAGMA synchronous = full")
    return lambda: line.execute("INSERT INTO kept VALUES (zeroblob(200))")


def _plain_python() -> object:
    return json.loads(json.dumps({str(number): [number] * 3 for number in range(120)}))


def _cost(act: Callable[[], object], times: int, gap: float) -> float:
    """Return the processor milliseconds of an act, each after a gap."""
    spent = 0.0
    for _ in range(times):
        time.sleep(gap)
        before = time.process_time()
        act()
        spent += time.process_time() - before
    return spent / times * 1e3


def _tell(name: str, spent: Spent) -> None:
    means = {one: sum(costs) / len(costs) * 1e3 for one, costs in spent.requests.items()}
    said = ", ".join(f"{one} {mean:.3f}" for one, mean in means.items())
    hashed = f"{sum(spent.hashes) / len(spent.hashes) * 1e3:.1f} ms" if spent.hashes else "nothing"
    print(f"{name}: {said}, together {sum(means.values()):.3f} ms beside a hash of {hashed}")


if __name__ == "__main__":
    main()

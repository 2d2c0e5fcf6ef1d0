"""django-allauth, headless, sign-in by code, on gunicorn. It writes its mail; the code is known."""

import json
import os
from pathlib import Path

from bench import processes
from bench.client import Line, request
from bench.driving import Meters
from bench.processes import Started
from bench.subjects import Asked, Person, Place, Session

SITE = Path(__file__).parents[1] / "peers"
_CODE = "Q7WXT4"
_DATABASE = "allauth"
_API = b"/_allauth/app/v1/auth/"


class Allauth:
    """One gunicorn with two workers. A class because it holds the process."""

    name = "django-allauth"

    def __init__(self, place: Place) -> None:
        """Hold where to live; nothing is made yet."""
        self._place = place
        self._python = str(place.peers / "allauth" / "bin" / "python")
        self.port = processes.free_port()
        self._host = b"127.0.0.1:%d" % self.port
        self._server: Started

    def prepare(self) -> None:
        """Migrate and make the accounts by its own models."""
        if self._place.postgres:
            self._place.postgres.make(_DATABASE)
        seeding = self._start("allauth-seed", ["-m", "allauth_site.seed", str(self._place.people)])
        if seeding.process.wait():
            raise processes.DidNotStart(seeding.tail())

    def start(self) -> None:
        """Start gunicorn with its default workers, the cheapest it has."""
        where = ["--bind", f"127.0.0.1:{self.port}", "--log-level", "error"]
        self._server = self._start(
            "allauth", ["-m", "gunicorn", "--workers", "2", *where, "allauth_site.wsgi"]
        )
        processes.wait_until(self._server, lambda: processes.listens(self.port))

    def stop(self) -> None:
        """Stop gunicorn."""
        self._server.stop()

    def meters(self) -> Meters:
        """Return the trees of gunicorn and the database."""
        postgres = self._place.postgres
        return Meters({"server": self._server.pid}, postgres.process.pid if postgres else None)

    def memory_mib(self) -> dict[str, float]:
        """Return the peak of the largest process."""
        return {"server": max(map(processes.peak_mib, processes.tree(self._server.pid)))}

    async def ask(self, line: Line, person: Person) -> Asked:
        """Ask for a code; 401 is how it says that the flow goes on."""
        body = b'{"email":"%s"}' % person.address.encode()
        sent = request(self._host, b"POST " + _API + b"code/request", body)
        answer = (await line.send(sent)).must(401)
        token = json.loads(answer.body)["meta"]["session_token"]
        return Asked(person, (b"X-Session-Token: " + token.encode(),))

    async def code(self, asked: Asked) -> str:
        """Return the known code."""
        del asked
        return _CODE

    async def check(self, line: Line, asked: Asked, code: str) -> Session:
        """Answer with the code."""
        body = b'{"code":"%s"}' % code.encode()
        sent = request(self._host, b"POST " + _API + b"code/confirm", body, *asked.handle)
        meta = json.loads((await line.send(sent)).must(200).body)["meta"]
        token = meta.get("session_token")
        return Session(
            asked.person, b"X-Session-Token: " + token.encode() if token else asked.handle[0]
        )

    async def look(self, line: Line, session: Session) -> None:
        """Ask for the session."""
        sent = request(self._host, b"GET " + _API + b"session", None, session.proof)
        (await line.send(sent)).must(200)

    def _start(self, name: str, arguments: list[str]) -> Started:
        postgres = self._place.postgres
        port = str(postgres.port) if postgres else ""
        environment = {
            "BENCH_SQLITE": str(self._place.folder / "allauth.sqlite3"),
            "BENCH_POSTGRES_PORT": port,
            "PYTHONPATH": os.pathsep.join([str(SITE)]),
        }
        return processes.start(
            name, [self._python, *arguments], self._place.folder, environment, cwd=SITE
        )

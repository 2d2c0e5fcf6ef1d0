"""better-auth with e-mail OTP on node. Its code is known, and it writes no mail at all."""

from pathlib import Path

from bench import processes
from bench.client import BadAnswer, Line, request
from bench.driving import Meters
from bench.processes import Started
from bench.subjects import Asked, Person, Place, Session

_SERVER = Path(__file__).parents[1] / "peers" / "better_auth" / "server.mjs"
_CODE = "123456"
_DATABASE = "better_auth"


class BetterAuth:
    """One node on SQLite, two on PostgreSQL. A class because it holds the process."""

    name = "better-auth"

    def __init__(self, place: Place) -> None:
        """Hold where to live; nothing is made yet."""
        self._place = place
        self.port = processes.free_port()
        self._host = b"127.0.0.1:%d" % self.port
        self._origin = b"Origin: http://" + self._host
        self._server: Started

    def prepare(self) -> None:
        """Migrate by its own migrations and make the accounts."""
        if self._place.postgres:
            self._place.postgres.make(_DATABASE)
        seeding = self._start("better-auth-seed", ["seed", str(self._place.people)])
        if seeding.process.wait():
            raise processes.DidNotStart(seeding.tail())

    def start(self) -> None:
        """Start node."""
        self._server = self._start("better-auth", [])
        url = f"http://127.0.0.1:{self.port}/api/auth/ok"
        processes.wait_until(self._server, lambda: processes.answers(url))

    def stop(self) -> None:
        """Stop node."""
        self._server.stop()

    def meters(self) -> Meters:
        """Return the trees of node and the database."""
        postgres = self._place.postgres
        return Meters({"server": self._server.pid}, postgres.process.pid if postgres else None)

    def memory_mib(self) -> dict[str, float]:
        """Return the peak of the largest process."""
        return {"server": max(map(processes.peak_mib, processes.tree(self._server.pid)))}

    async def ask(self, line: Line, person: Person) -> Asked:
        """Ask for a code."""
        body = b'{"email":"%s","type":"sign-in"}' % person.address.encode()
        await self._post(line, b"email-otp/send-verification-otp", body)
        return Asked(person, ())

    async def code(self, asked: Asked) -> str:
        """Return the known code."""
        del asked
        return _CODE

    async def check(self, line: Line, asked: Asked, code: str) -> Session:
        """Answer with the code."""
        body = b'{"email":"%s","otp":"%s"}' % (asked.person.address.encode(), code.encode())
        cookies = await self._post(line, b"sign-in/email-otp", body)
        return Session(asked.person, b"Cookie: " + cookies)

    async def look(self, line: Line, session: Session) -> None:
        """Ask for the session; it answers 200 and `null` where there is none."""
        sent = request(self._host, b"GET /api/auth/get-session", None, session.proof)
        answer = (await line.send(sent)).must(200)
        if b'"session"' not in answer.body:
            raise BadAnswer(f"200 {answer.body[:100]!r}")

    async def _post(self, line: Line, path: bytes, body: bytes) -> bytes:
        sent = request(self._host, b"POST /api/auth/" + path, body, self._origin)
        return (await line.send(sent)).must(200).cookies()

    def _start(self, name: str, arguments: list[str]) -> Started:
        postgres = self._place.postgres
        environment = {
            "BENCH_MODULES": str(self._place.peers / "better-auth"),
            "BENCH_SQLITE": str(self._place.folder / "better-auth.sqlite3"),
            "BENCH_POSTGRES_PORT": str(postgres.port) if postgres else "",
            "BENCH_PROCESSES": "2" if postgres else "1",
            "BENCH_PORT": str(self.port),
            "NODE_ENV": "production",
        }
        command = ["node", str(_SERVER), *arguments]
        return processes.start(name, command, self._place.folder, environment)

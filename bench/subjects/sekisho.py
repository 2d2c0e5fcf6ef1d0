"""The product, as an operator starts it: by its command line, with real mail and limits on."""

import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench import postgres, processes, seeding
from bench.client import BadAnswer, Line, request
from bench.driving import Meters
from bench.processes import Started
from bench.subjects import Asked, Person, Place, Session
from sekisho.authenticators.password import SALT_BYTES, Policy, hashing
from sekisho.ground import keys

_DATABASE = "sekisho"
_WORKER_THREADS = ("sekisho-worker", "sekisho-email")  # as the kernel shows them
_ANY = "1000000000"  # the coarse limits stay on, so high that one machine cannot reach them
SETTINGS = {
    "SEKISHO_MAIL_FROM": "Bench <bench@service.example>",
    "SEKISHO_TRUSTED_PROXIES": "127.0.0.0/8",
    "SEKISHO_LIMITS_REQUESTS_HOUR_IP": _ANY,
    "SEKISHO_LIMITS_REQUESTS_HOUR_NET": _ANY,
    "SEKISHO_LIMITS_REQUESTS_HOUR_ALL": _ANY,
}


class _Option(msgspec.Struct):
    id: str
    kind: str


class _Flow(msgspec.Struct):
    id: str
    secret: str
    options: list[_Option]


class _Challenge(msgspec.Struct):
    id: str


class _Token(msgspec.Struct):
    token: str


class _Passed(msgspec.Struct):
    session: _Token
    device: _Token


_read_flow = msgspec.json.Decoder(_Flow).decode
_read_challenge = msgspec.json.Decoder(_Challenge).decode
_read_passed = msgspec.json.Decoder(_Passed).decode


class Sekisho:
    """One `serve`, on PostgreSQL with a `worker` beside it. A class because it holds the processes.

    On SQLite the worker is inside, as people run it: a second process would starve for the one
    writer.
    """

    name = "sekisho"

    def __init__(self, place: Place, server_processes: int, events: int) -> None:
        """Hold where to live; nothing is made yet."""
        self._place = place
        self._count = server_processes if place.postgres else 1
        self._events = events
        self._data = place.folder / "sekisho"
        self.port = processes.free_port()
        self._host = b"127.0.0.1:%d" % self.port
        self._server: Started
        self._worker: Started | None = None

    def prepare(self) -> None:
        """Migrate by its command line, then write the accounts straight into its store."""
        if self._place.postgres:
            self._place.postgres.make(_DATABASE)
        migrating = self._start("migrate", "migrate")
        if migrating.process.wait():
            raise processes.DidNotStart(migrating.tail())
        seeding.seed(
            self._url(postgres.USER),
            self._key,
            self._place.people,
            self._events,
            self._place.passwords,
        )

    def start(self) -> None:
        """Start the server, then on PostgreSQL a message worker beside it."""
        more = ["--workers", str(self._count), "--management-port", str(processes.free_port())]
        self._server = self._start("serve", "serve", "--port", str(self.port), *more)
        url = f"http://127.0.0.1:{self.port}/readyz"
        processes.wait_until(self._server, lambda: processes.answers(url))
        if self._place.postgres:
            self._worker = self._start("worker", "worker", user=postgres.WORKER)

    def stop(self) -> None:
        """Stop both."""
        if self._worker is not None:
            self._worker.stop()
        self._server.stop()

    @property
    def server_pid(self) -> int:
        """The root of the server's tree, for a profiler."""
        return self._server.pid

    def meters(self) -> Meters:
        """Return the trees of server, worker, mail sink and database."""
        trees = {**self._roots(), "sink": self._place.mailbox.sink.pid}
        server = self._place.postgres
        if server is None:
            return Meters(trees, worker_threads=_WORKER_THREADS)
        return Meters(trees, server.process.pid, postgres.WORKER)

    def memory_mib(self) -> dict[str, float]:
        """Return the peak of the largest process of the server, and of a worker apart."""
        return {
            name: max(map(processes.peak_mib, processes.tree(root)))
            for name, root in self._roots().items()
        }

    async def begin(self, line: Line, person: Person) -> Asked:
        """Start a flow; the handle is its path, its secret, the option, and who calls."""
        self._place.mailbox.expect(person.address)
        return await self._begin(line, person, "email_code")

    async def _begin(self, line: Line, person: Person, kind: str) -> Asked:
        caller = [b"X-Forwarded-For: " + person.source]
        if person.device:
            caller.append(b"Sekisho-Device: " + person.device)
        body = b'{"purpose":"sign_in","name":"%s","locale":"en"}' % person.address.encode()
        sent = request(self._host, b"POST /api/v1/flows", body, *caller)
        flow = _read_flow((await line.send(sent)).must(201).body)
        option = next(option.id for option in flow.options if option.kind == kind)
        path = b"POST /api/v1/flows/%s/challenges" % flow.id.encode()
        secret = b"Sekisho-Flow: " + flow.secret.encode()
        return Asked(person, (path, option.encode(), secret, *caller))

    async def send_code(self, line: Line, begun: Asked) -> Asked:
        """Have the code sent; the handle becomes the path of the answer, and who calls."""
        path, option, *headers = begun.handle
        sent = request(self._host, path, b'{"option":"%s"}' % option, *headers)
        challenge = _read_challenge((await line.send(sent)).must(201).body)
        answer = b"%s/%s/answer" % (path, challenge.id.encode())
        return Asked(begun.person, (answer, *headers))

    async def ask(self, line: Line, person: Person) -> Asked:
        """Ask for a code: start a flow and have the code sent, two requests."""
        return await self.send_code(line, await self.begin(line, person))

    async def code(self, asked: Asked) -> str:
        """Return the code from the mail."""
        return await self._place.mailbox.code(asked.person.address)

    async def sign_in_by_password(self, line: Line, person: Person) -> None:
        """Sign in by a password: start a flow, choose it, and give it; three requests."""
        chosen = await self.send_code(line, await self._begin(line, person, "password"))
        path, *headers = chosen.handle
        sent = request(self._host, path, b'{"password":"%s"}' % seeding.PASSWORD.encode(), *headers)
        (await line.send(sent)).must(200)

    async def check(self, line: Line, asked: Asked, code: str) -> Session:
        """Answer with the code."""
        path, *headers = asked.handle
        sent = request(self._host, path, b'{"code":"%s"}' % code.encode(), *headers)
        answer = (await line.send(sent)).must(200)
        try:
            passed = _read_passed(answer.body)
        except msgspec.ValidationError as error:
            raise BadAnswer(f"200 {answer.body[:300]!r}") from error
        proof = b"Authorization: Bearer " + passed.session.token.encode()
        return Session(asked.person, proof, passed.device.token.encode())

    async def look(self, line: Line, session: Session) -> None:
        """Ask for the session."""
        source = b"X-Forwarded-For: " + session.person.source
        sent = request(self._host, b"GET /api/v1/session", None, session.proof, source)
        (await line.send(sent)).must(200)

    def those_with_passwords(self) -> list[Person]:
        """Return who has one."""
        first = self._place.people
        return [Person(number) for number in range(first, first + self._place.passwords)]

    def bare_hash(self) -> Callable[[], None]:
        """Return what compares one password and does nothing else."""
        root, cost = keys.load(self._key), Policy().cost
        kept = hashing.make(root, seeding.PASSWORD, cost, bytes(SALT_BYTES))

        def compare() -> None:
            if not hashing.is_right(root, seeding.PASSWORD, kept, cost):
                raise AssertionError(kept)

        return compare

    def _roots(self) -> dict[str, int]:
        worker = {"worker": self._worker.pid} if self._worker is not None else {}
        return {"server": self._server.pid, **worker}

    @property
    def _key(self) -> Path:
        return self._data.with_name(self._data.name + ".key")

    def _url(self, user: str) -> str:
        server = self._place.postgres
        if server is not None:
            return server.url(_DATABASE, user)
        return f"sqlite:///{self._data / 'sekisho.sqlite3'}"

    def _start(self, name: str, *command: str, user: str = postgres.USER) -> Started:
        self._data.mkdir(exist_ok=True)
        environment = {
            **SETTINGS,
            "SEKISHO_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "SEKISHO_DATABASE_URL": self._url(user),
            "SEKISHO_SMTP_URL": f"smtp://127.0.0.1:{self._place.mailbox.smtp_port}?starttls=no",
            "SEKISHO_WORKER": "apart" if self._place.postgres else "inside",
        }
        arguments = [sys.executable, "-m", "sekisho", *command, "--data", str(self._data)]
        return processes.start(name, arguments, self._place.folder, environment)

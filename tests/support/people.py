"""People and attackers, with the verbs that stories use: each has an address and a browser of their own."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any, TypeVar

import pytest

from tests.support.houses import House
from tests.support.web_client import Answer, Client

Outcome = TypeVar("Outcome")
COMPARED = (
    "code_wrong",
    "code_earlier",
)  # what an answer is told that was compared and is not right


@dataclass
class Attempt:
    """One flow by the API, as its holder sees it."""

    client: Client
    id: str
    secret: str
    option: str
    begun: Answer
    challenge: str = ""
    asked: list[Answer] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        """What every call of the flow carries."""
        return {"Sekisho-Flow": self.secret}

    @property
    def path(self) -> str:
        """Where the flow is."""
        return f"/api/v1/flows/{self.id}"

    @property
    def answer_path(self) -> str:
        """Where an answer goes."""
        return f"{self.path}/challenges/{self.challenge}/answer"

    def ask(self, device: str = "") -> Answer:
        """Ask for a code."""
        headers = self.headers | ({"Sekisho-Device": device} if device else {})
        answer = self.client.post(f"{self.path}/challenges", {"option": self.option}, headers)
        if answer.status == 201:
            self.challenge = answer.json["id"]
        self.asked.append(answer)
        return answer

    def type(self, code: object, device: str = "") -> Answer:
        """Answer with this code, or with whatever is no code."""
        headers = self.headers | ({"Sekisho-Device": device} if device else {})
        return self.client.post(self.answer_path, {"code": code}, headers)

    def look(self) -> Answer:
        """Look at the flow."""
        return self.client.get(self.path, self.headers)


def begin(client: Client, name: str, **more: object) -> Attempt:
    """Begin a sign-in by the API."""
    body = {"purpose": "sign_in", "name": name, **more}
    answer = client.post("/api/v1/flows", body)
    assert answer.status == 201, answer.text
    flow = answer.json
    return Attempt(client, flow["id"], flow["secret"], flow["options"][0]["id"], answer)


@dataclass
class Person:
    """Somebody with an address; `device` is what makes this browser familiar."""

    house: House
    address: str
    client: Client
    account: str = ""
    device: str = ""
    token: str = ""
    session: str = ""
    attempt: Attempt | None = None

    @property
    def bearer(self) -> dict[str, str]:
        """The header of the session."""
        return {"Authorization": f"Bearer {self.token}"}

    def begins(self, name: str = "", **more: object) -> Attempt:
        """Begin a sign-in."""
        self.attempt = begin(self.client, name or self.address, **more)
        return self.attempt

    def asks_for_a_code(self, name: str = "") -> Attempt:
        """Begin, and ask for the first code; mail of before is out, so this code's is the newest."""
        self.house.send_mail()
        attempt = self.begins(name)
        asked = attempt.ask(self.device)
        assert asked.status == 201, asked.text
        return attempt

    def types(self, code: object) -> Answer:
        """Answer the newest attempt; who is let in keeps what was given."""
        assert self.attempt is not None
        answer = self.attempt.type(code, self.device)
        if answer.status == 200:
            self._keeps(answer.json)
        return answer

    def signs_in(self) -> Answer:
        """Go the whole road."""
        self.asks_for_a_code()
        answer = self.types(self.house.inbox.code(self.address))
        assert answer.status == 200, answer.text
        return answer

    def gets(self, path: str) -> Answer:
        """GET with the session."""
        return self.client.get(path, self.bearer)

    def events(self) -> list[dict[str, Any]]:
        """The recent activity, newest first."""
        return list(self.gets("/api/v1/events?limit=200").json["data"])

    def _keeps(self, passed: dict[str, Any]) -> None:
        self.token = passed["session"]["token"]
        self.session = passed["session"]["id"]
        self.device = passed["device"]["token"]
        self.account = passed["account"]["id"]


def person(house: House, address: str, ip: str) -> Person:
    """Give an address an account and a browser."""
    account = house.make_account(address)
    return Person(house, address, house.client(ip), account)


@pytest.fixture
def asha(house: House) -> Person:
    """Asha, who has an account and sits at home."""
    return person(house, "asha@example.org", "198.51.100.10")


@pytest.fixture
def ben(house: House) -> Person:
    """Ben, who has another account."""
    return person(house, "ben@example.org", "198.51.100.20")


@pytest.fixture
def noor(house: House) -> Person:
    """Noor, who has no account yet."""
    return Person(house, "noor@example.org", house.client("198.51.100.30"))


def wrong(code: str, by: int = 1) -> str:
    """A code of the same length that is not this one."""
    return f"{(int(code) + by) % 10 ** len(code):0{len(code)}d}"


def compared(answers: Iterable[Answer]) -> int:
    """How many answers were compared with a code and were not right."""
    return sum(answer.code in COMPARED for answer in answers)


def at_once(count: int, act: Callable[[int], Outcome], house: House) -> list[Outcome]:
    """Do something in so many threads, let go together; each closes what it opened."""
    gate = Barrier(count)

    def one(number: int) -> Outcome:
        gate.wait(60)
        try:
            return act(number)
        finally:
            _close_own(house)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def _close_own(house: House) -> None:
    """Close this thread's connection; SQLite's one writer stays for the other threads."""
    if house.db.store.name == "postgresql":
        house.db.store.close()

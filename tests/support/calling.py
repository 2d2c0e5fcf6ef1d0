"""A program that talks to a running service by HTTP, as API.md tells it. Knows nothing of the product."""

import http.client
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from tests.support.web_client import Answer, Client

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36"
)
_NONE: Mapping[str, str] = {}
_PATIENCE_SECONDS = 60.0  # a busy machine is no bug


@dataclass(frozen=True, slots=True)
class Caller:
    """One program; `headers` go with each of its requests. Each request has a connection of its own."""

    origin: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_headers(self, **more: str) -> "Caller":
        """The same program with more headers; `X_Forwarded_For` is `X-Forwarded-For`."""
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return Caller(self.origin, {**self.headers, **named})

    def send(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] = _NONE
    ) -> Answer:
        """Send one request: bytes as they are, anything else as JSON."""
        place = urlsplit(self.origin)
        line = http.client.HTTPConnection(
            place.hostname or "", place.port, timeout=_PATIENCE_SECONDS
        )
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        named = {"User-Agent": CHROME, **self.headers, **headers}
        if sent is not None:
            named.setdefault("Content-Type", "application/json")
        try:
            line.request(method, path, sent, named)
            answer = line.getresponse()
            return Answer(answer.status, tuple(answer.getheaders()), answer.read())
        finally:
            line.close()

    def get(self, path: str, headers: Mapping[str, str] = _NONE) -> Answer:
        """GET."""
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: object, headers: Mapping[str, str] = _NONE) -> Answer:
        """POST a JSON body."""
        return self.send("POST", path, body, headers)

    def delete(self, path: str, headers: Mapping[str, str] = _NONE) -> Answer:
        """DELETE."""
        return self.send("DELETE", path, headers=headers)


@dataclass
class Flow:
    """One flow of API.md as its holder sees it."""

    caller: Caller
    begun: dict[str, Any]
    challenge: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where the flow is."""
        return f"/api/v1/flows/{self.begun['id']}"

    @property
    def secret(self) -> Mapping[str, str]:
        """The header that every call of the flow carries."""
        return {"Sekisho-Flow": str(self.begun["secret"])}

    def ask(self, headers: Mapping[str, str] = _NONE) -> Answer:
        """Ask for a code."""
        body = {"option": self.begun["options"][0]["id"]}
        answer = self.caller.post(f"{self.path}/challenges", body, {**self.secret, **headers})
        if answer.status == 201:
            self.challenge = answer.json
        return answer

    def answer(self, code: object, headers: Mapping[str, str] = _NONE) -> Answer:
        """Answer with this code, or with whatever is no code."""
        path = f"{self.path}/challenges/{self.challenge['id']}/answer"
        return self.caller.post(path, {"code": code}, {**self.secret, **headers})

    def look(self) -> Answer:
        """Look at the flow."""
        return self.caller.get(self.path, self.secret)


def begin(caller: Caller, name: str, **more: object) -> Flow:
    """Begin a sign-in."""
    answer = caller.post("/api/v1/flows", {"purpose": "sign_in", "name": name, **more})
    assert answer.status == 201, answer.text
    return Flow(caller, answer.json)


def ask(caller: Caller, name: str, **more: object) -> Flow:
    """Begin a sign-in and ask for its code."""
    flow = begin(caller, name, **more)
    asked = flow.ask()
    assert asked.status == 201, asked.text
    return flow


def bearer(passed: Answer) -> dict[str, str]:
    """The header of the session that a passed flow gave."""
    return {"Authorization": f"Bearer {passed.json['session']['token']}"}


def wrong(code: str, by: int = 1) -> str:
    """A code of the same length that is not this one."""
    return f"{(int(code) + by) % 10 ** len(code):0{len(code)}d}"


def browser(origin: str, ip: str = "203.0.113.7", agent: str = CHROME) -> Client:
    """A browser that keeps cookies and sends forms, at a running service behind our own proxy."""
    caller = Caller(origin, {"X-Forwarded-For": ip})

    def forward(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        named = {
            name.removeprefix("HTTP_").replace("_", "-").title(): str(value)
            for name, value in environ.items()
            if name.startswith("HTTP_") or name == "CONTENT_TYPE"
        }
        place = quote(environ["PATH_INFO"].encode("latin-1"))
        query = environ["QUERY_STRING"]
        body = environ["wsgi.input"].read() or None
        answer = caller.send(
            environ["REQUEST_METHOD"], f"{place}?{query}" if query else place, body, named
        )
        start(f"{answer.status} ", list(answer.headers))
        return [answer.body]

    return Client(forward, origin, ip, agent)

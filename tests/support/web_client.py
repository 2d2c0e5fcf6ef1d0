"""A client of the service in this process: what a program or a browser sends, and what it gets back.

It speaks WSGI, as the server does, and keeps cookies, as a browser does. It knows nothing of the product.
"""

import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode
from wsgiref.types import WSGIApplication

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36"
)
_TOKEN = re.compile(r'name="form_token" value="([^"]*)"')
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def code(self) -> str | None:
        """The code of a problem, None for everything else."""
        is_problem = self.header("Content-Type") == "application/problem+json"
        return str(self.json["code"]) if is_problem else None

    def header(self, name: str) -> str | None:
        """The first header of this name."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> list[str]:
        """Every header of this name."""
        return [value for found, value in self.headers if found.lower() == name.lower()]


class Client:
    """One program or browser at one address, with its own cookies."""

    def __init__(
        self, app: WSGIApplication, origin: str, ip: str, agent: str = WINDOWS, language: str = "en"
    ) -> None:
        """Stand at `ip` and call the service at `origin`."""
        self._app = app
        self.origin = origin
        self.ip = ip
        self.agent = agent
        self.language = language
        self.jar: dict[str, str] = {}

    @property
    def host(self) -> str:
        """The host that requests name."""
        return self.origin.partition("://")[2]

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] = _NONE,
        *,
        kind: str = "application/json",
        **environ: str,
    ) -> Answer:
        """Send one request; `environ` sets what the server would set (REMOTE_ADDR)."""
        place, _, query = path.partition("?")
        started: list[tuple[int, tuple[tuple[str, str], ...]]] = []
        whole: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(place).encode().decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "testing",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.ip,
            "HTTP_HOST": self.host,
            "HTTP_USER_AGENT": self.agent,
            "HTTP_ACCEPT_LANGUAGE": self.language,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self.origin.partition("://")[0],
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if body:
            whole |= {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body))}
        if self.jar:
            whole["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        whole |= {
            f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()
        }
        whole |= environ

        def start(status: str, found: list[tuple[str, str]], *_: object) -> Any:
            started.append((int(status.split(maxsplit=1)[0]), tuple(found)))

        chunks: Iterable[bytes] = self._app(whole, start)
        octets = b"".join(chunks)
        answer = Answer(*started[-1], octets)
        self._keep(answer)
        return answer

    def get(self, path: str, headers: Mapping[str, str] = _NONE) -> Answer:
        """GET."""
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: object, headers: Mapping[str, str] = _NONE) -> Answer:
        """POST a JSON body."""
        return self.send("POST", path, json.dumps(body).encode(), headers)

    def delete(self, path: str, headers: Mapping[str, str] = _NONE) -> Answer:
        """DELETE."""
        return self.send("DELETE", path, headers=headers)

    def submit(self, path: str, fields: Mapping[str, str] = _NONE, at: str = "/sign-in") -> Answer:
        """Post a form as the page `at` would: from our own origin, with that page's token."""
        token = self.form_token(at)
        return self.form(path, {**fields, "form_token": token}, {"Origin": self.origin})

    def form(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] = _NONE
    ) -> Answer:
        """Post a form with exactly these fields."""
        kind = "application/x-www-form-urlencoded"
        return self.send("POST", path, urlencode(fields).encode(), headers, kind=kind)

    def form_token(self, at: str = "/sign-in") -> str:
        """Open a page and return the token of its form; signed in, another page than /sign-in has one."""
        for path in (at, "/sign-in", "/account/devices/end-all"):
            found = _TOKEN.search(self.get(path).text)
            if found:
                return found[1]
        raise AssertionError(at)

    def follow(self, answer: Answer) -> Answer:
        """Go where a redirect leads."""
        location = answer.header("Location")
        assert answer.status == 303, answer.text
        assert location is not None
        return self.get(location)

    def _keep(self, answer: Answer) -> None:
        for line in answer.all("Set-Cookie"):
            name, _, value = line.split(";", 1)[0].partition("=")
            if "max-age=0" in line.lower():
                self.jar.pop(name, None)
            else:
                self.jar[name] = value

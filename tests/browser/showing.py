"""Every page in every state, and every letter, for a browser to show; the service is not needed.

Pages come from the samples of tests/web, under the headers that the product gives, with its files.
"""

import threading
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import sekisho
from sekisho.doors.house import LETTERS
from sekisho.ground.words import LANGUAGES
from sekisho.records.delivery import letters
from sekisho.web import headers, rendering
from tests.web import samples

PACKAGE = Path(sekisho.__file__).parent
STATIC = PACKAGE / "web" / "static"
HTML = "text/html; charset=utf-8"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
STATES = tuple(samples.pages("en"))
LETTER_KINDS = tuple(kind for kind, form in LETTERS.items() if not form.is_push)

_SAMPLES = cache(samples.pages)
_PAGES = rendering.load(
    folder for folder in sorted(PACKAGE.rglob("templates")) if folder.parent.name != "web"
)
_LETTERS = letters.load(LETTERS, None, "Example", "id.example.com")


def page(language: str, state: str) -> str:
    """The page of a state, as the product renders it."""
    context = _SAMPLES(language)[state]
    return rendering.render(_PAGES, state.partition("#")[0], language, context)


def letter(language: str, kind: str) -> letters.Written:
    """A letter, as the product writes it."""
    has_code = LETTERS[kind].has_code
    contents = letters.Contents(
        language=language,
        zone=samples.ZONE,
        created_at=samples.NOW,
        ends_at=samples.NOW + timedelta(minutes=5) if has_code else None,
        label="K7" if has_code else None,
        code="482913" if has_code else None,
        facts=samples.facts(language, kind),
    )
    return letters.write(_LETTERS, kind, contents)


def address(language: str, state: str) -> str:
    """Where a state is shown, below the origin."""
    template, _, name = state.partition("#")
    return f"/shown/{language}/{template}/{name}"


def letter_address(language: str, kind: str) -> str:
    """Where a letter is shown, below the origin."""
    return f"/letters/{language}/{kind}"


@contextmanager
def serving():
    """Serve all that is shown, as the product does with its headers; give the origin."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Shower) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Shower(BaseHTTPRequestHandler):
    """A class because the standard library's servers want one."""

    protocol_version = "HTTP/1.1"
    timeout = 60  # what ends the thread of a browser that was killed

    def do_GET(self) -> None:
        body, headers = _answer(self.path)
        self.send_response(200 if body else 404)
        for name, value in (*headers.items(), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        """Say nothing."""


def _answer(path: str) -> tuple[bytes, dict[str, str]]:
    match path.split("/")[1:]:
        case ["shown", language, feature, template, name] if language in LANGUAGES:
            body = page(language, f"{feature}/{template}#{name}")
            return body.encode(), {"Content-Type": HTML, **headers.for_page(is_secure=False)}
        case ["letters", language, kind]:
            return letter(language, kind).html.encode(), {"Content-Type": HTML}
        case ["static", name] if (STATIC / name).is_file():
            kind = KINDS.get(Path(name).suffix, "application/octet-stream")
            kept = {"Content-Type": kind, **headers.for_kept(is_secure=False)}
            return (STATIC / name).read_bytes(), kept
        case _:
            return b"", {}

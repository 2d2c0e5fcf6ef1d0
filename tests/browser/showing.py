"""Every page in every state, and every letter, as one browser shows them; no server is needed.

Pages come from the samples of tests/web, under the policy and the files that the product ships.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import sekisho
from sekisho.doors.house import LETTERS
from sekisho.ground.words import LANGUAGES
from sekisho.records.delivery import letters
from sekisho.web import headers, rendering
from tests.web import samples

PACKAGE = Path(sekisho.__file__).parent
STATIC = PACKAGE / "web" / "static"
ORIGIN = "http://id.example.test"  # never asked: every request is answered here
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
STATES = tuple(samples.pages("en"))
LETTER_KINDS = tuple(LETTERS)

_PAGES = rendering.load(
    folder for folder in sorted(PACKAGE.rglob("templates")) if folder.parent.name != "web"
)
_LETTERS = letters.load(LETTERS, None, "Example", "id.example.com")


def page(language: str, state: str) -> str:
    """The page of a state, as the product renders it."""
    context = samples.pages(language)[state]
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


def serve(context) -> None:
    """Answer all that this browser context asks for from the samples and the static files."""
    context.route("**/*", _answer)


def address(language: str, state: str) -> str:
    """Where a state is shown."""
    template, _, name = state.partition("#")
    return f"{ORIGIN}/shown/{language}/{template}/{name}"


def letter_address(language: str, kind: str) -> str:
    """Where a letter is shown."""
    return f"{ORIGIN}/letters/{language}/{kind}"


def _answer(route) -> None:
    match urlsplit(route.request.url).path.split("/")[1:]:
        case ["shown", language, feature, template, name] if language in LANGUAGES:
            body = page(language, f"{feature}/{template}#{name}")
            policy = {"content-security-policy": headers.CSP}
            route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=policy)
        case ["letters", language, kind]:
            body = letter(language, kind).html
            route.fulfill(body=body, content_type="text/html; charset=utf-8")
        case ["static", name] if (STATIC / name).is_file():
            kind = KINDS.get(Path(name).suffix, "application/octet-stream")
            route.fulfill(body=(STATIC / name).read_bytes(), content_type=kind)
        case _:
            route.abort()

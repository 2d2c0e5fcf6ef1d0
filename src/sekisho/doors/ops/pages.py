"""Health, static files, `/openapi.json` and the pages that problem types name."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from sekisho.doors.ops import openapi
from sekisho.ground.db import Database, Unavailable, sql
from sekisho.ground.refusal import Reason, Refused
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Plain, Reply
from sekisho.web.routing import Route

_TEXT = "text/plain; charset=utf-8"
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ico": "image/x-icon",
    ".png": "image/png",
}
_PROBE = sql("SELECT 1")


def routes(db: Database, programs: tuple[Route, ...], static: Path) -> tuple[Route, ...]:
    """Return the ways in."""
    files = {
        path.name: (path.read_bytes(), _KINDS[path.suffix])
        for path in sorted(static.iterdir())
        if path.suffix in _KINDS
    }
    described = cache(partial(openapi.describe, programs))
    return (
        Route("GET", "/livez", _alive, any_host=True),
        Route("GET", "/readyz", partial(_ready, db), any_host=True),
        Route("GET", "/static/{name}", partial(_static, files)),
        Route("GET", "/favicon.ico", partial(_icon, files)),
        Route("GET", "/openapi.json", partial(_described, described)),
        Route("GET", "/problems/{code}", _problem),
    )


def _alive(call: Call) -> Reply:
    del call
    return Plain(b"ok\n", _TEXT)


def _ready(db: Database, call: Call) -> Reply:
    """Say whether the store answers."""
    del call
    try:
        db.read(lambda work: work.one(_PROBE))
    except Unavailable:
        return Plain(b"store unavailable\n", _TEXT, status=503)
    return Plain(b"ok\n", _TEXT)


def _static(files: dict[str, tuple[bytes, str]], call: Call) -> Reply:
    found = files.get(call.params["name"])
    return Plain(*found, may_be_kept=True) if found else Refused(Reason.NOT_FOUND)


def _icon(files: dict[str, tuple[bytes, str]], call: Call) -> Reply:
    del call
    return Plain(*files["favicon.ico"], may_be_kept=True)


def _described(described: Callable[[], bytes], call: Call) -> Reply:
    del call
    return Plain(described(), "application/json")


def _problem(call: Call) -> Reply:
    """Show what a problem's type means: the developer's sentence and the person's words."""
    code = call.params["code"]
    reason = next((one for one in Reason if one.value == code), None)
    if reason is None:
        return Refused(Reason.NOT_FOUND)
    return Page("ops/problem.html", {"reason": reason})

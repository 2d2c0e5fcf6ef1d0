"""The phone's page, which can be installed: its frame, its manifest and its service worker.

What happens on it happens by the API; a page without scripts says that it needs them.
"""

from functools import partial
from pathlib import Path

import msgspec

from sekisho.authenticators.push.rules import APP
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Plain, Reply
from sekisho.web.routing import Route

_WORKER = "push_worker.js"
_ICONS = ("192", "512")


class Icon(msgspec.Struct, frozen=True):
    """A picture of the app."""

    src: str
    sizes: str
    type: str
    purpose: str = "any"


class Manifest(msgspec.Struct, frozen=True):
    """What a phone wants to know to install the page (W3C appmanifest)."""

    name: str
    short_name: str
    lang: str
    icons: list[Icon]
    id: str = APP
    start_url: str = APP
    scope: str = APP
    display: str = "standalone"
    background_color: str = "#f8f8f5"
    theme_color: str = "#0f4c81"


def routes(service_name: str, sender_key: str, static: Path) -> tuple[Route, ...]:
    """Return the ways in for people; browsers bind a subscription to `sender_key`."""
    worker = (static / _WORKER).read_bytes()
    return (
        Route("GET", APP, partial(show_app, sender_key)),
        Route("GET", f"{APP}.webmanifest", partial(show_manifest, service_name)),
        # At the root, so that it may look after /app; under /static it could not.
        Route("GET", f"{APP}-worker.js", partial(show_worker, worker)),
    )


def show_app(sender_key: str, call: Call) -> Reply:
    """Show the phone's page: the same for everybody, bound or not."""
    del call
    context = {"path": APP, "only": "", "ask": None, "sender_key": sender_key}
    return Page("push/app.html", context, has_worker=True)


def show_manifest(service_name: str, call: Call) -> Reply:
    """Show the manifest in the caller's language."""
    icons = [Icon(f"/static/app-{size}.png", f"{size}x{size}", "image/png") for size in _ICONS]
    manifest = Manifest(service_name, service_name, call.visitor.language, icons)
    return Plain(msgspec.json.encode(manifest), "application/manifest+json")


def show_worker(worker: bytes, call: Call) -> Reply:
    """Show the service worker."""
    del call
    return Plain(worker, "text/javascript; charset=utf-8")

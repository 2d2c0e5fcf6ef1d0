"""Routes: endpoints are plain functions `Call -> Reply`; Falcon is known only to this folder's
routing, reading and writing. What every request shares happens here, in order: host, body, visitor
(reading.py), the endpoint, the reply's form and headers (writing.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import falcon
import structlog
from falcon import Request, Response

from sekisho.ground import words
from sekisho.ground.db import Unavailable
from sekisho.ground.refusal import Reason, Refused
from sekisho.web import cookies, reading, writing
from sekisho.web.calls import Call
from sekisho.web.replies import Cookie, Redirect, Reply
from sekisho.web.site import Site

_LOG = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Route:
    """One way in: method, path with `{places}`, its endpoint, and for the API its shapes.

    `answers` are the success shapes by status, `refusals` what it may refuse with, `body` the
    struct of its JSON body; all three make `/openapi.json`.
    """

    method: str
    path: str
    answer: Callable[[Call], Reply]
    body: type | None = None
    answers: Mapping[int, type | None] = field(default_factory=dict)
    refusals: tuple[Reason, ...] = ()
    tells: str = ""
    any_host: bool = False
    query: tuple[str, ...] = ()


def make_app(site: Site, routes: tuple[Route, ...]) -> falcon.App[Request, Response]:
    """Return the WSGI application of these routes."""
    app: falcon.App[Request, Response] = falcon.App()
    app.req_options.auto_parse_form_urlencoded = False
    app.req_options.strip_url_path_trailing_slash = False
    by_path: dict[str, dict[str, Route]] = {}
    for route in routes:
        by_path.setdefault(route.path, {})[route.method] = route
    for path, methods in by_path.items():
        app.add_route(path, _resource(site, methods))
    app.add_sink(_unknown(site), "/")
    app.set_error_serializer(_no_body)
    # Falcon has a handler of its own for its HTTPError, which would win over that for Exception.
    app.add_error_handler((falcon.HTTPError, Exception), _broken(site))
    return app


def _resource(site: Site, methods: Mapping[str, Route]) -> object:
    """Make what Falcon calls a resource; other methods than the routes' are 405."""

    class Resource:
        pass

    for method, route in methods.items():
        setattr(Resource, f"on_{method.lower()}", staticmethod(_responder(site, route)))
    if "GET" in methods:
        Resource.on_head = staticmethod(_responder(site, methods["GET"]))  # type: ignore[attr-defined]
    return Resource()


def _responder(site: Site, route: Route) -> Callable[..., None]:
    def respond(request: Request, response: Response, **params: str) -> None:
        call, refused = reading.read(site, request, params, any_host=route.any_host)
        # Threat: 086, slow bodies hold threads that cost little, not turns (test_serve).
        with site.db.store.turns.taken():
            answer(call, refused, response)
        site.count(route.method, route.path, response.status_code)

    def answer(call: Call, refused: Refused | None, response: Response) -> None:
        try:
            reply = refused or _switch_language(call) or route.answer(call)
        except Unavailable as error:
            _LOG.warning("store_unavailable", request_id=call.request_id, cause=_cause(error))
            reply = Refused(Reason.UNAVAILABLE)
        writing.write(site, call, reply, response)

    return respond


def _unknown(site: Site) -> Callable[..., None]:
    def respond(request: Request, response: Response, **params: str) -> None:
        call, refused = reading.read(site, request, params, any_host=False)
        writing.write(site, call, refused or Refused(Reason.NOT_FOUND), response)

    return respond


def _broken(site: Site) -> Callable[..., None]:
    def handle(
        request: Request, response: Response, error: Exception, params: Mapping[str, str]
    ) -> None:
        if isinstance(error, falcon.HTTPStatus):
            raise error
        call, elsewhere = reading.read(site, request, dict(params), any_host=False)
        if isinstance(error, falcon.HTTPError) and elsewhere is not None:
            writing.write(site, call, elsewhere, response)
            return
        if isinstance(error, falcon.HTTPMethodNotAllowed):
            writing.write(site, call, Refused(Reason.METHOD_NOT_ALLOWED), response)
            response.set_header("Allow", dict(error.headers or {}).get("Allow", "GET"))
            return
        if isinstance(error, falcon.HTTPError):
            writing.write(site, call, Refused(Reason.INVALID_INPUT), response)
            return
        _LOG.error("request_failed", request_id=call.request_id, exc_info=error)
        writing.write(site, call, Refused(Reason.UNAVAILABLE), response)

    return handle


def _no_body(request: Request, response: Response, error: falcon.HTTPError) -> None:
    del request, response, error


def _switch_language(call: Call) -> Reply | None:
    """Keep the language that was chosen in a link, and show the same page at its clean path."""
    wanted = call.query.get("language")
    if wanted not in words.LANGUAGES or call.is_write or call.path.startswith("/api/"):
        return None
    rest = "&".join(
        f"{quote(name)}={quote(value)}" for name, value in call.query.items() if name != "language"
    )
    # Threat: 094, `//sign-in` finds its route too, and as a Location would name another host.
    path = f"/{quote(call.path.lstrip('/'))}{'?' if rest else ''}{rest}"
    return Redirect(path, (Cookie(cookies.LANGUAGE, wanted, days=400),))


def _cause(error: BaseException) -> str:
    return type(error.__cause__ or error).__name__

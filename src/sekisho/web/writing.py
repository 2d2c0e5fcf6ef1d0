"""Writing a reply: JSON, problems, pages, redirects, with their headers and cookies."""

from urllib.parse import urlencode

import msgspec
from falcon import Response

from sekisho.ground import words
from sekisho.ground.refusal import Reason, Refused
from sekisho.web import cookies, csrf, headers, refusals, rendering
from sekisho.web.calls import Call
from sekisho.web.replies import Cookie, Empty, Json, Page, Plain, Redirect, Reply
from sekisho.web.site import Site

_PROBLEM = "application/problem+json"
_JSON = "application/json"
_HTML = "text/html; charset=utf-8"
_PROGRAMS = ("/api/", "/dev/inbox.json", "/dev/clock", "/openapi.json")
_ENCODE = msgspec.json.Encoder().encode
_WORDED = {
    Reason.NOT_FOUND,
    Reason.CROSS_SITE,
    Reason.TOO_LARGE,
    Reason.WRONG_HOST,
    Reason.UNAVAILABLE,
    Reason.TOO_MANY_REQUESTS,
}


def write(site: Site, call: Call, reply: Reply, response: Response) -> None:
    """Write a reply as HTTP."""
    match reply:
        case Json():
            _data(site, response, _ENCODE(reply.body), _JSON, reply.status)
        case Refused():
            _refuse(site, call, reply, response)
        case Page():
            _page(site, call, reply, response)
        case Redirect():
            response.status = 303
            response.set_headers(headers.for_page(is_secure=site.is_secure))
            response.set_header("Location", reply.path)
            _set_cookies(site, response, reply.cookies)
        case Empty():
            response.status = 204
            response.set_headers(headers.for_data(is_secure=site.is_secure))
        case Plain():
            kept = headers.for_kept if reply.may_be_kept else headers.for_data
            response.status = reply.status
            response.set_headers(kept(is_secure=site.is_secure))
            response.content_type = reply.kind
            response.data = reply.body


def _data(site: Site, response: Response, body: bytes, kind: str, status: int) -> None:
    response.status = status
    response.set_headers(headers.for_data(is_secure=site.is_secure))
    response.content_type = kind
    response.data = body


def _refuse(site: Site, call: Call, refused: Refused, response: Response) -> None:
    """Refuse in the caller's form: programs get a problem, people a page."""
    if not call.path.startswith(_PROGRAMS):
        page = Page("web/problem.html", _in_words(site, call, refused), refused=refused)
        _page(site, call, page, response)
        return
    origin = site.origin or f"http://{call.host}"
    body = _ENCODE(refusals.problem(refused, call, origin))
    _data(site, response, body, _PROBLEM, refused.reason.status)
    _retry_after(refused, call, response)


def _page(site: Site, call: Call, reply: Page, response: Response) -> None:
    form_cookie = call.cookies.get(cookies.FORM) or csrf.draw(site.db.chance)
    language = call.visitor.language
    frame = {
        "service_name": site.service_name,
        "host": call.host,
        "path": "/" if call.is_write else call.path,
        "query": "" if call.is_write else urlencode(call.query),
        "form_token": csrf.token(site.db.keys, form_cookie),
        "theme": call.theme,
        "signed_in": False,
        "zone": call.visitor.zone,
        "now": call.now,
    }
    text = rendering.render(site.pages, reply.template, language, {**frame, **reply.context})
    response.status = reply.refused.reason.status if reply.refused else reply.status
    response.set_headers(headers.for_page(is_secure=site.is_secure, has_worker=reply.has_worker))
    response.set_header("Content-Language", language)
    response.content_type = _HTML
    response.data = text.encode()
    if reply.refused is not None:
        _retry_after(reply.refused, call, response)
    fresh = () if cookies.FORM in call.cookies else (Cookie(cookies.FORM, form_cookie),)
    _set_cookies(site, response, (*reply.cookies, *fresh))


def _retry_after(refused: Refused, call: Call, response: Response) -> None:
    after = refusals.retry_after(refused, call.now)
    if after is not None:
        response.set_header("Retry-After", after)


def _set_cookies(site: Site, response: Response, jar: tuple[Cookie, ...]) -> None:
    for cookie in jar:
        response.append_header("Set-Cookie", cookies.write(cookie, is_secure=site.is_secure))


def _in_words(site: Site, call: Call, refused: Refused) -> dict[str, object]:
    """Return the context of the page that says a refusal which no page of a journey says."""
    word = refused.reason.value if refused.reason in _WORDED else "bad_request"
    until = words.when(
        refused.retry_at or call.now, call.now, call.visitor.zone, call.visitor.language
    )
    return {
        "title_key": f"problem.{word}.title",
        "text_key": f"problem.{word}.text",
        "values": {"host": call.host, "expected": site.host, "until": until},
        "action_key": "frame.back_to_start",
        "action_href": "" if refused.reason is Reason.WRONG_HOST else "/",
        "request_id": call.request_id,
    }

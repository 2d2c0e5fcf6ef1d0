"""Reading a request: host, body, cookies, form, and who sends it. Believes only what it must.

A body is capped before it is read (attack 086); a forwarded address counts only from a trusted
proxy (attack 083); a host that is not the public URL's is refused (attack 093).
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from falcon import Request

from sekisho.ground import ids, networks, words
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.web import cookies, csrf
from sekisho.web.calls import Call
from sekisho.web.site import Site

MOST_BODY = 64 * 1024  # bytes
_MOST_FIELDS = 30
_AGENT_SIGNS = 400
_THEMES = ("light", "dark")
_HOOKS = "/hooks/"  # what other services call, and sign
_SIGNED_BY = ("x-twilio-signature", "webhook-id", "webhook-timestamp", "webhook-signature")


def read(
    site: Site, request: Request, params: dict[str, str], *, any_host: bool
) -> tuple[Call, Refused | None]:
    """Return the request as a call, and what refuses it before any endpoint sees it."""
    environ = request.env
    now, refused, body = site.db.clock.now(), None, b""
    host = environ.get("HTTP_HOST", "").lower()
    if site.origin and not any_host and host != site.host:
        refused = Refused(Reason.WRONG_HOST)
    if request.method not in ("GET", "HEAD"):
        body, too_large = _body(request)
        refused = refused or too_large
    jar = cookies.read(environ.get("HTTP_COOKIE", ""), is_secure=site.is_secure)
    query, form = _pairs(request.query_string), _form(request, body)
    sent = environ.get("HTTP_SEKISHO_FORM") or form.get("form_token", "")
    theme = jar.get(cookies.THEME, "")
    call = Call(
        visitor=_visitor(site, environ, jar, query, form),
        method=request.method,
        path=request.path,
        params=params,
        query=query,
        host=host,
        request=ids.made(now, int.from_bytes(site.db.chance.octets(3), "big")),
        now=now,
        body=body,
        form=form,
        cookies=jar,
        flow_secret=environ.get("HTTP_SEKISHO_FLOW", ""),
        bearer=_bearer(environ.get("HTTP_AUTHORIZATION", "")),
        form_token=sent,
        origin=environ.get("HTTP_ORIGIN", "").lower(),
        is_own_form=bool(sent) and _is_own_form(site, environ, jar, sent),
        theme=theme if theme in _THEMES else "",
        headers=_signed(environ) if request.path.startswith(_HOOKS) else {},
    )
    return call, refused


def _visitor(
    site: Site,
    environ: Mapping[str, str],
    jar: Mapping[str, str],
    query: Mapping[str, str],
    form: Mapping[str, str],
) -> Visitor:
    forwarded = environ.get("HTTP_X_FORWARDED_FOR")
    wanted = query.get("language") or jar.get(cookies.LANGUAGE)
    return Visitor(
        ip=networks.client_ip(
            environ.get("REMOTE_ADDR", ""), (forwarded,) if forwarded else (), site.trusted
        ),
        agent=environ.get("HTTP_USER_AGENT", "")[:_AGENT_SIGNS],
        language=words.choose(environ.get("HTTP_ACCEPT_LANGUAGE", ""), wanted),
        zone=words.zone_named(form.get("zone") or jar.get(cookies.ZONE, "")) or site.zone,
        device=environ.get("HTTP_SEKISHO_DEVICE") or jar.get(cookies.DEVICE, ""),
        trust=environ.get("HTTP_SEKISHO_TRUST") or jar.get(cookies.TRUST, ""),
        service_origin=site.origin or f"http://{environ.get('HTTP_HOST', '').lower()}",
    )


def _is_own_form(site: Site, environ: Mapping[str, str], jar: Mapping[str, str], sent: str) -> bool:
    host = environ.get("HTTP_HOST", "").lower()
    return csrf.is_own(
        site.db.keys,
        origin=environ.get("HTTP_ORIGIN", ""),
        own_origin=site.origin or f"http://{host}",
        cookie=jar.get(cookies.FORM, ""),
        sent=sent,
    )


def _body(request: Request) -> tuple[bytes, Refused | None]:
    length = request.content_length
    if length is not None and length > MOST_BODY:
        return b"", Refused(Reason.TOO_LARGE)
    stream = request.bounded_stream if length is not None else request.stream
    if length is None and "chunked" not in request.env.get("HTTP_TRANSFER_ENCODING", "").lower():
        return b"", None
    body = stream.read(MOST_BODY + 1)
    return (body, None) if len(body) <= MOST_BODY else (b"", Refused(Reason.TOO_LARGE))


def _form(request: Request, body: bytes) -> dict[str, str]:
    if not body or not (request.content_type or "").startswith("application/x-www-form-urlencoded"):
        return {}
    return _pairs(body.decode("utf-8", "replace"))


def _pairs(text: str) -> dict[str, str]:
    """Return the fields of a form or query; of a doubled one the first counts."""
    if not text:
        return {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return dict(reversed(pairs))


def _signed(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what a callback is signed by."""
    return {name: environ.get(f"HTTP_{name.upper().replace('-', '_')}", "") for name in _SIGNED_BY}


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""

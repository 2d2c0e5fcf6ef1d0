"""Mail server addresses: `smtp://user:password@host:port?starttls=required&ca_file=PATH`."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

Security = Literal["required", "opportunistic", "no", "tls"]

_SECURITY: dict[str, Security] = {
    "required": "required",
    "opportunistic": "opportunistic",
    "no": "no",
}
_OPTIONS = {"starttls", "ca_file", "helo"}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail goes, how it is secured, and who we say we are."""

    host: str
    port: int
    security: Security = "required"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    helo: str | None = None


def parse(url: str) -> Server:
    """Read a mail URL; ValueError says what is wrong, without the password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("the mail URL cannot be read; write smtp://host:port") from None
    options = dict(parse_qsl(parts.query))
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError("write the mail URL as smtp://user:password@host:port")
    if unknown := set(options) - _OPTIONS:
        raise ValueError(f"the mail URL knows no {', '.join(sorted(unknown))}")
    user = unquote(parts.username) if parts.username else None
    usual = _usual(parts.hostname, options, has_password=user is not None)
    security = _security(parts.scheme, options.get("starttls"), usual)
    # Threat: a password over an open line, or over one from which STARTTLS was stripped.
    if user and security in {"no", "opportunistic"} and parts.hostname not in _LOOPBACK:
        raise ValueError("a mail server with a password needs starttls=required or smtps://")
    return Server(
        host=parts.hostname,
        port=port or (465 if parts.scheme == "smtps" else 587),
        security=security,
        user=user,
        password=unquote(parts.password or "") if user else None,
        ca_file=options.get("ca_file"),
        helo=options.get("helo"),
    )


def _usual(host: str, options: dict[str, str], *, has_password: bool) -> Security:
    """Return the security of `smtp://` without `starttls=`."""
    if "ca_file" in options:
        return "required"
    if host in _LOOPBACK:
        return "no"
    return "required" if has_password else "opportunistic"


def _security(scheme: str, wanted: str | None, usual: Security) -> Security:
    if scheme == "smtps":
        if wanted is not None:
            raise ValueError("smtps:// is encrypted from the start; starttls belongs to smtp://")
        return "tls"
    security = _SECURITY.get(wanted) if wanted is not None else usual
    if security is None:
        raise ValueError("starttls is one of required, opportunistic, no")
    return security

"""The URL of a gateway: `twilio://SID:TOKEN@api.twilio.com?from=+15551234567`, `webhook://…`.

Always over TLS; `tls=no` is for this machine alone. A value may be percent-encoded; `+` is itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

_HERE = ("localhost", "127.0.0.1", "::1")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")


@dataclass(frozen=True, slots=True)
class GatewayUrl:
    """Where a gateway is and what it wants to know; `name` is what timelines and logs call it."""

    name: str
    base: str
    user: str
    secret: str = field(repr=False)
    ca_file: str | None
    options: Mapping[str, str] = field(repr=False)


def parse(url: str, known: frozenset[str]) -> GatewayUrl:
    """Read the URL of a gateway that knows these options; ValueError says what is wrong."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError("this is no URL; write twilio://SID:TOKEN@HOST?from=NUMBER") from error
    host = parts.hostname
    if not host:
        raise ValueError("the host is missing: write twilio://SID:TOKEN@HOST?from=NUMBER")
    options = _options(parts)
    unknown = sorted(set(options) - known - {"tls", "name", "ca"})
    if unknown:
        raise ValueError(f"no option is named {unknown[0]}; known are {', '.join(sorted(known))}")
    name = options.get("name", host)
    if not _NAME.fullmatch(name):
        raise ValueError("name= is of a-z, 0-9, dots and dashes; it stands in timelines")
    shown = f"[{host}]" if ":" in host else host
    return GatewayUrl(
        name=name,
        base=f"{_scheme(host, options)}://{shown}{f':{port}' if port else ''}{parts.path}",
        user=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
        ca_file=options.get("ca"),
        options=options,
    )


def _options(parts: SplitResult) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in parts.query.split("&") if pair)
    return {name: unquote(value) for name, _, value in pairs}


def _scheme(host: str, options: Mapping[str, str]) -> str:
    if options.get("tls", "yes") == "yes":
        return "https"
    # Threat: codes and the account's token in clear over a network. (test_delivery_gateways)
    if host not in _HERE or options["tls"] != "no":
        raise ValueError("tls=no is for gateways on this machine; leave it out")
    return "http"

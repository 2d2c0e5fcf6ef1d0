"""Cookies: names by scheme, reading, and the one line that sets one (spec S3)."""

from collections.abc import Mapping
from functools import cache

from sekisho.web.replies import Cookie

SESSION = "session"
DEVICE = "device"
TRUST = "trust"
FLOW = "flow"
FORM = "form"
LANGUAGE = "language"
ZONE = "zone"
THEME = "theme"
_OURS = (SESSION, DEVICE, TRUST, FLOW, FORM, LANGUAGE, ZONE, THEME)
_OPEN = frozenset((ZONE, THEME, LANGUAGE))  # no secrets: no __Host-, and modules may write the zone
_LONGEST = 6000  # signs of a Cookie header that are read
_DAY_SECONDS = 86400


def full_name(name: str, *, is_secure: bool) -> str:
    """Return the name on the wire: `__Host-` where the public URL is https (API.md)."""
    if name in _OPEN or not is_secure:
        return f"sekisho_{name}"
    return f"__Host-sekisho_{name}"


@cache
def _names(is_secure: bool) -> Mapping[str, str]:  # noqa: FBT001  # a key of the cache
    return {full_name(name, is_secure=is_secure): name for name in _OURS}


def read(header: str, *, is_secure: bool) -> Mapping[str, str]:
    """Return our cookies by their short names; of a doubled one the first counts."""
    found: dict[str, str] = {}
    ours = _names(is_secure) if header else {}
    for pair in header[:_LONGEST].split(";"):
        name, _, value = pair.strip().partition("=")
        short = ours.get(name)
        if short is not None and short not in found:
            found[short] = value.strip('"')
    return found


def write(cookie: Cookie, *, is_secure: bool) -> str:
    """Return the Set-Cookie line."""
    parts = [f"{full_name(cookie.name, is_secure=is_secure)}={cookie.value}", "Path=/"]
    if not cookie.value:
        parts.append("Max-Age=0")
    elif cookie.days is not None:
        parts.append(f"Max-Age={cookie.days * _DAY_SECONDS}")
    if cookie.name not in _OPEN:
        parts.append("HttpOnly")
    if is_secure:
        parts.append("Secure")
    parts.append("SameSite=Lax")
    return "; ".join(parts)

"""Where the world looks things up (spec X5): whom to tell of a weakness, the page of a password.

Paths under `/.well-known/` that are nobody's stay 404: browsers ask for one that cannot exist, to
see whether our answers mean anything.
"""

import re
from datetime import timedelta
from functools import partial

from sekisho.ground import addresses
from sekisho.web.calls import Call
from sekisho.web.replies import Plain, Redirect, Reply
from sekisho.web.routing import Route

_LIFE = timedelta(days=180)  # RFC 9116 §2.5.5 recommends less than a year
_URI = re.compile(r"(?:https://|tel:\+?)[\x21-\x7e]+")
_MOST_SIGNS = 500
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")  # RFC 5646 §2.1
_TEXT = "text/plain; charset=utf-8"  # RFC 9116 §3


def routes(
    origin: str, change_password: str, contacts: tuple[str, ...], languages: tuple[str, ...]
) -> tuple[Route, ...]:
    """Return the ways in; without contacts there is no security.txt, as RFC 9116 §2.5.3 wants."""
    to_password = Route("GET", "/.well-known/change-password", partial(_go, change_password))
    if not contacts:
        return (to_password,)
    lines = (
        *(f"Contact: {contact}" for contact in contacts),
        *([f"Preferred-Languages: {', '.join(languages)}"] if languages else []),
        *_canonical(origin),
    )
    return (to_password, Route("GET", "/.well-known/security.txt", partial(_contacts, lines)))


def read_contacts(text: str) -> tuple[str, ...]:
    """Read where weaknesses are told, the best way first; ValueError with what would do."""
    return tuple(_contact(part) for part in _parts(text))


def read_languages(text: str) -> tuple[str, ...]:
    """Read the languages that reports may be in; ValueError with what would do."""
    tags = _parts(text)
    if not all(_LANGUAGE.fullmatch(tag) for tag in tags):
        message = f"{text!r} names no languages; write them as: ja, en"
        raise ValueError(message)
    return tags


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _contact(text: str) -> str:
    email = addresses.parse_email(text.removeprefix("mailto:"))
    if email is not None:
        return f"mailto:{email.text}"
    # Threat: a line end in a contact would begin another field of ours. (attack 088)
    if _URI.fullmatch(text) and len(text) <= _MOST_SIGNS:
        return text
    message = (
        f"{text!r} is no contact; write it as security@example.com, https://example.com/report"
        " or tel:+81-3-0000-0000"
    )
    raise ValueError(message)


def _canonical(origin: str) -> tuple[str, ...]:
    """Return the line that says where this file belongs; only https may stand there (§2.5.2)."""
    if not origin.startswith("https://"):
        return ()
    return (f"Canonical: {origin}/.well-known/security.txt",)


def _go(path: str, call: Call) -> Reply:
    """Lead to the page; the form itself is never shown here (W3C change-password-url §3)."""
    del call
    return Redirect(path)


def _contacts(lines: tuple[str, ...], call: Call) -> Reply:
    """Write security.txt: as long as it is served it is kept, so its end moves on day by day."""
    ends_at = (call.now + _LIFE).strftime("%Y-%m-%dT00:00:00Z")
    text = "".join(f"{line}\n" for line in (*lines, f"Expires: {ends_at}"))
    return Plain(text.encode(), _TEXT, may_be_kept=True)

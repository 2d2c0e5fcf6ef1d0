"""What is true of e-mail addresses for everybody; nothing of whose they are.

An address has three forms. *Stored*: what was typed, with the domain as lower-case A-labels; mail
goes only there. *Canonical*: the identity, which ignores the case of ASCII letters and nothing
else. *Folded*: for limits only, where `a.b+x@gmail.com` is one mailbox. Letters beyond ASCII are
never folded into ASCII ones: a look-alike is another address or none (attacks 075, 076).
"""

import re
from functools import lru_cache
from unicodedata import normalize

import msgspec

from sekisho.ground.showing import shown

_LONGEST_TYPED = 400  # signs; a domain gets longer as A-labels, blanks go
_LONGEST_ADDRESS = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets
_LONGEST_LOCAL = 64  # RFC 5321 §4.5.3.1.1
_LONGEST_PHONE = 40  # signs as typed, with dashes and brackets

# RFC 5322 §3.2.3 without `!` and `%`. Threat: old mail servers read these as routes to another
# host, so mail for `a%b@c` could end at `a@b`. (attack 062)
_ATOM = r"[A-Za-z0-9#$&'*+/=?^_`{|}~-]+"
_LABEL = r"(?!..--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_TOP = r"(?!..--)[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
_ORDINARY = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+{_TOP})")
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_A_LABELS = re.compile(rf"(?:(?:xn--[a-z0-9-]+|{_LABEL})\.)+(?:xn--[a-z0-9-]+|{_TOP})")

# Until 2009 these carriers gave out addresses that RFC 5322 forbids: `a..b@`, `.a@`, `a.@`. They
# are still in use, so dots may stand anywhere, for these domains only and for these signs only.
_CARRIERS = frozenset({"docomo.ne.jp", "ezweb.ne.jp", "au.com"})
_CARRIER_LOCAL = re.compile(r"[._-]*[A-Za-z0-9][A-Za-z0-9._-]*")

# What Japanese input methods and copying leave around an address, control characters excepted.
_BLANKS = " \t\u00a0\u3000\u200b\u200e\u200f\u202a\u202c\u2060\ufeff"
# Only the full-width block becomes ASCII. NFKC of everything would also make K out of the Kelvin
# sign and s out of the long s. (attack 076)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_DOTS = str.maketrans("。｡", "..")
_DASHES = str.maketrans("‐‑‒–—―−ーｰ", "---------")
_GMAIL = frozenset({"gmail.com", "googlemail.com"})


class EmailAddress(msgspec.Struct, frozen=True):
    """One address that mail can go to: the local part as typed, the domain as A-labels."""

    local: str
    domain: str

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "local")

    @property
    def text(self) -> str:
        """The stored form, the only one that mail is sent to."""
        return f"{self.local}@{self.domain}"


def parse_email(text: str) -> EmailAddress | None:
    """Read exactly one address as a person types it, full-width included.

    Returns:
        None for anything else: a list, a name with angle brackets, quotes, comments, control
        characters, an IP literal, a domain without a dot, a local part beyond ASCII (few servers
        take one, and none of its look-alikes can be told apart), or what is too long.

    """
    found = _ORDINARY.fullmatch(text) if len(text) <= _LONGEST_ADDRESS else None
    if found is None:
        return _parse_unusual(text)
    local, domain = found.groups()
    return EmailAddress(local, domain.lower()) if _is_safe(local) else None


def _parse_unusual(text: str) -> EmailAddress | None:
    if len(text) > _LONGEST_TYPED:
        return None
    local, at, typed_domain = text.strip(_BLANKS).translate(_FULL_WIDTH).rpartition("@")
    domain = _a_labels(typed_domain.translate(_DOTS)) if at else None
    if domain is None or len(local) + 1 + len(domain) > _LONGEST_ADDRESS:
        return None
    pattern = _CARRIER_LOCAL if domain in _CARRIERS else _LOCAL
    is_local = pattern.fullmatch(local) or _LOCAL.fullmatch(local)
    return EmailAddress(local, domain) if is_local and _is_safe(local) else None


def _is_safe(local: str) -> bool:
    # Threat: some mail programs decode `=?utf-8?q?...?=` even here, into another address. (062)
    return len(local) <= _LONGEST_LOCAL and "=?" not in local


def _a_labels(domain: str) -> str | None:
    labels = [_a_label(label) for label in domain.split(".")]
    joined = ".".join(label or "" for label in labels)
    return joined if _A_LABELS.fullmatch(joined) else None


def _a_label(typed: str) -> str | None:
    """Return the A-label (RFC 5891), or None where there is none.

    Lower case and NFKC do what UTS 46 does to every label that IDNA 2008 then lets pass (a test
    compares them), without the 12 MB of the idna package's own table.
    """
    label = normalize("NFKC", normalize("NFKC", typed).lower())
    if label.isascii() and not typed.isascii():
        return None  # Threat: an ASCII domain in disguise, such as one with a Kelvin sign. (076)
    if label.isascii() and not label.startswith("xn--"):
        return label
    # Here, not above: 4 MB that a process needs only once somebody types such a domain.
    import idna  # noqa: PLC0415

    try:
        return idna.alabel(label).decode("ascii")
    except UnicodeError:
        return None


def canonical(email: EmailAddress) -> str:
    """Return the identity of an address, as its blind index knows it.

    Practically all providers ignore the case of the local part, so `Eva@` and `eva@` are one.
    Dots and `+tag` stay: two such addresses may be two people.
    """
    return f"{email.local.lower()}@{email.domain}"


def folded(email: EmailAddress) -> str:
    """Return the mailbox that limits count for, so that tags and dots do not get around them."""
    local = email.local.lower().partition("+")[0] or email.local.lower()
    if email.domain not in _GMAIL:
        return f"{local}@{email.domain}"
    return f"{local.replace('.', '')}@gmail.com"


def hint(email: EmailAddress) -> str:
    """Return `em*****@example.com` (spec P2): five stars always, so that lengths do not leak.

    One or two letters show only the first, since the second could be the whole rest.
    """
    shown = 2 if len(email.local) > 2 else 1  # noqa: PLR2004 - the rule is about the number two
    return f"{email.local[:shown]}*****@{email.domain}"


_PHONE = re.compile(r"\(?\+?[0-9 ().-]+")


def plain_phone(text: str) -> str | None:
    """Return what may be a phone number in plain signs; `phones.read` judges it."""
    if len(text) > _LONGEST_PHONE:
        return None
    plain = text.strip(_BLANKS).translate(_FULL_WIDTH).translate(_DASHES)
    digits = sum(sign.isdigit() for sign in plain)
    # E.164 has at most 15 digits; a prefix for calls abroad adds up to 4.
    return plain if _PHONE.fullmatch(plain) and 7 <= digits <= 19 else None  # noqa: PLR2004


_COMMON = (
    "gmail.com",
    "yahoo.co.jp",
    "icloud.com",
    "outlook.jp",
    "outlook.com",
    "hotmail.com",
    "hotmail.co.jp",
    "yahoo.com",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "softbank.ne.jp",
    "i.softbank.jp",
    "ymobile.ne.jp",
    "nifty.com",
    "biglobe.ne.jp",
    "ocn.ne.jp",
    "protonmail.com",
)
# Real domains that only look like slips of the finger.
_REAL = frozenset(
    f"{name}.{top}"
    for name, tops in {
        "yahoo": "ne.jp co.uk co.in co.id co.kr ca cn de fr it",
        "hotmail": "co.uk de fr it",
        "outlook": "de fr it kr",
        "mail": "com",
        "email": "com",
        "ymail": "com",
        "fmail": "com",
        "hmail": "com",
        "rocketmail": "com",
        "googlemail": "com",
        "gmx": "com net",
        "me": "com",
        "au": "com",
        "cloud": "com",
        "mobile": "ne.jp",
        "nifty": "ne.jp",
        "dion": "ne.jp",
        "odn": "ne.jp",
    }.items()
    for top in tops.split()
)
_SHORT = 9  # signs; up to here two slips would reach too many other real domains


@lru_cache(maxsize=1024)
def _likely_domain(domain: str) -> str | None:
    if domain in _COMMON or domain in _REAL:
        return None
    near = [(_slips(domain, common), common) for common in _COMMON]
    slips, likely = min(near)
    return likely if slips <= (1 if len(likely) <= _SHORT else 2) else None


def spelling_suggestion(email: EmailAddress) -> str | None:
    """Return the address that was probably meant, such as gmail.com for gmial.com, or None.

    Only ever shown as a question: the typed address stays the one that is used.
    """
    likely = _likely_domain(email.domain)
    return f"{email.local}@{likely}" if likely else None


def _slips(left: str, right: str) -> int:
    """Count wrong, missing, extra and swapped signs (optimal string alignment distance)."""
    if abs(len(left) - len(right)) > 2:  # noqa: PLR2004 - more than two slips is no slip
        return len(left) + len(right)
    before: list[int] = []
    row = list(range(len(right) + 1))
    for at, sign in enumerate(left, start=1):
        older, before, row = before, row, [at]
        for to, other in enumerate(right, start=1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (sign != other))
            if at > 1 and to > 1 and sign == right[to - 2] and left[at - 2] == other:
                cost = min(cost, older[to - 2] + 1)
            row.append(cost)
    return row[-1]

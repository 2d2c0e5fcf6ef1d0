"""What to ask about before mail goes to an address: letters beyond a–z, look-alikes, slips.

Only ever questions: the address that was typed stays the one that is used, and none is refused.
The local part needs none, since `addresses` takes ASCII alone there.
"""

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from sekisho.ground.addresses import EmailAddress, spelling_suggestion


class Doubt(StrEnum):
    """Why an address is asked about; the word is the code at the edge."""

    LOOK_ALIKE = "look_alike"
    MIXED_SCRIPTS = "mixed_scripts"
    BEYOND_ASCII = "beyond_ascii"
    TYPING_SLIP = "typing_slip"


@dataclass(frozen=True, slots=True)
class Warned:
    """One doubt: the domain as it reads, as mail servers know it, and what it may be taken for."""

    doubt: Doubt
    shown: str = field(repr=False)
    ascii: str = field(repr=False)
    like: str = field(default="", repr=False)


# Small letters of other scripts that read as a–z in common typefaces (UTS 39, confusables.txt).
_LIKE = {
    "а": "a", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "і": "i", "ј": "j", "ӏ": "l", "о": "o",
    "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "ѵ": "v", "ԝ": "w", "ѡ": "w", "х": "x", "у": "y",
    "п": "n", "ь": "b", "α": "a", "γ": "y", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p",
    "σ": "o", "υ": "u", "χ": "x", "η": "n", "ω": "w", "հ": "h", "ո": "n", "օ": "o", "ս": "u",
    "ց": "g", "զ": "q", "յ": "j", "ք": "p", "ı": "i", "ɑ": "a", "ɡ": "g", "ɩ": "i", "ʟ": "l",
}  # fmt: skip
# Scripts that are written together in one word (UTS 39 §5.2, highly restrictive).
_TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)
_NO_SCRIPT = frozenset({"DIGIT", "HYPHEN-MINUS", "COMBINING", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"})
_ACE = "xn--"  # RFC 5890 §2.3.2.1


def warnings(email: EmailAddress) -> tuple[Warned, ...]:
    """Return what to ask about this address, the gravest first; nothing for most."""
    shown = ".".join(_readable(label) for label in email.domain.split("."))
    found = []
    if shown != email.domain:
        found.append(_beyond_ascii(email.domain, shown))
    meant = spelling_suggestion(email)
    if meant is not None:
        domain = meant.rpartition("@")[2]
        found.append(Warned(Doubt.TYPING_SLIP, email.domain, email.domain, domain))
    return tuple(found)


def _beyond_ascii(domain: str, shown: str) -> Warned:
    """Return the gravest doubt of a domain with letters beyond ASCII (attack 076)."""
    labels = shown.split(".")
    read = ".".join(_read_as_ascii(label) for label in labels)
    if read.isascii() and any(sign in _LIKE for sign in shown):
        return Warned(Doubt.LOOK_ALIKE, shown, domain, read)
    if any(_is_mixed(label) for label in labels):
        return Warned(Doubt.MIXED_SCRIPTS, shown, domain)
    return Warned(Doubt.BEYOND_ASCII, shown, domain)


def _readable(label: str) -> str:
    """Return a label as people read it (its U-label); one that does not decode, as it is."""
    if not label.startswith(_ACE):
        return label
    try:
        return label[len(_ACE) :].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _read_as_ascii(label: str) -> str:
    """Return what a hurried reader may take a label for."""
    plain = unicodedata.normalize("NFKD", label)
    kept = (sign for sign in plain if not unicodedata.combining(sign))
    return "".join(_LIKE.get(sign, sign) for sign in kept)


def _is_mixed(label: str) -> bool:
    scripts = {unicodedata.name(sign, "").split(" ")[0] for sign in label} - _NO_SCRIPT
    return len(scripts) > 1 and not any(scripts <= one for one in _TOGETHER)

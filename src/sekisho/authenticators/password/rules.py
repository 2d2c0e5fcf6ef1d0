"""Passwords as values: what is read, how long one must be, and which ones are refused (spec M6).

NIST SP 800-63B-4 §3.1.1.2: no rules of composition, no change without cause, the whole password
compared, never truncated. Refusals are `Unfit`: why, and by which bounds.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

LONGEST_TYPED = 1024  # code points that are read at all; more cannot become 256 by NFC in earnest
LAST = 5  # passwords that may not be taken again, the present one among them (spec M6)
_SHORTEST_WORD = 3  # signs of an own word; shorter ones stand in too many passwords
_LONGEST_UNIT = 4  # signs that, repeated, make no password
_DECORATION = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_JOINT = re.compile(r"[\W_]+")
_LOOKALIKES = str.maketrans("@4301!5$7", "aaeoiisst")


class Fault(StrEnum):
    """Why a password is not taken; each is worded in `words/`."""

    UNREADABLE = "unreadable"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    WELL_KNOWN = "well_known"
    PATTERN = "pattern"
    OWN_WORDS = "own_words"
    BREACHED = "breached"
    USED_BEFORE = "used_before"


@dataclass(frozen=True, slots=True)
class Unfit:
    """A password that is not taken, and the bounds that its words name."""

    fault: Fault
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a hash costs whoever computes it: Argon2id with one lane (RFC 9106 §3.1)."""

    memory_kib: int = 19_456  # 19 MiB, OWASP's lowest with two passes
    passes: int = 2


@dataclass(frozen=True, slots=True)
class Policy:
    """How passwords are chosen and kept."""

    shortest: int = 8  # beside another proof (NIST SP 800-63B-4 §3.1.1.2)
    shortest_alone: int = 15  # where it stands alone
    longest: int = 256
    cost: Cost = field(default_factory=Cost)


def read(typed: str, longest: int = 256) -> str | Fault:
    """Return what was typed in NFC, with nothing cut off, or why it is no password.

    # Threat: 086: what is over-long is not even normalised (test_a_megabyte_is_refused_at_once).
    """
    if not typed:
        return Fault.TOO_SHORT
    if len(typed) > LONGEST_TYPED:
        return Fault.TOO_LONG
    password = unicodedata.normalize("NFC", typed)
    if len(password) > longest:
        return Fault.TOO_LONG
    if any("\ud800" <= sign <= "\udfff" for sign in password):
        return Fault.UNREADABLE  # half a sign: no text, and it has no UTF-8
    return password


def judge(
    typed: str,
    shortest: int,
    policy: Policy,
    own: frozenset[str],
    rank_bits: Callable[[str], int | None],
) -> str | Unfit:
    """Return a new password in NFC, or why it is not taken.

    Args: `shortest` is the policy's for an account that proves more, or for one that does not;
    `own` are the words of `own_words`; `rank_bits` looks a folded word up in the list.
    """
    password = read(typed, policy.longest)
    if isinstance(password, Fault):
        return Unfit(password, shortest, policy.longest)
    if len(password) < shortest:
        return Unfit(Fault.TOO_SHORT, shortest, policy.longest)
    fault = _guessable(fold(password), own, rank_bits)
    return password if fault is None else Unfit(fault, shortest, policy.longest)


def fold(text: str) -> str:
    """Return the form in which passwords are compared with words: NFKC, without case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def own_words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of names, addresses and the service that its guesser knows too."""
    words: set[str] = set()
    for text in texts:
        folded = fold(text)
        parts = [part for part in _JOINT.split(folded) if part]
        words.update((folded, "".join(parts), *parts))
        local, at, _domain = folded.partition("@")
        if at:
            words.update((local, _JOINT.sub("", local)))
    return frozenset(word for word in words if len(word) >= _SHORTEST_WORD)


def _guessable(
    folded: str, own: frozenset[str], rank_bits: Callable[[str], int | None]
) -> Fault | None:
    if rank_bits(folded) is not None:
        return Fault.WELL_KNOWN
    unit = _unit(folded)
    if len(unit) <= _LONGEST_UNIT or _is_run(folded):
        return Fault.PATTERN
    if len(unit) < len(folded) and rank_bits(unit) is not None:
        return Fault.WELL_KNOWN
    if any(_is_made_of(core, own) for core in _cores(folded)):
        return Fault.OWN_WORDS
    return None


def _unit(folded: str) -> str:
    """Return the shortest text that, repeated, is this one; often the text itself."""
    return folded[: (folded + folded).find(folded, 1)]


def _is_run(folded: str) -> bool:
    """Say whether each sign follows the last: abcdefgh, 87654321, 78901234."""
    steps = {
        (ord(after) - ord(before)) if (before, after) not in {("9", "0"), ("0", "9")} else 0
        for before, after in pairwise(folded)
    }
    return steps <= {0, 1} or steps <= {0, -1}


def _cores(folded: str) -> tuple[str, ...]:
    """Return a password without what people hang on to a word: digits, signs, lookalikes."""
    plain = _DECORATION.sub("", folded)
    alike = _DECORATION.sub("", folded.translate(_LOOKALIKES))
    forms = (folded, plain, plain.translate(_LOOKALIKES), alike)
    return tuple(dict.fromkeys(_JOINT.sub("", form) for form in forms))


def _is_made_of(text: str, words: frozenset[str]) -> bool:
    """Say whether a text is one or more of these words and nothing else."""
    reached = {0}
    for end in range(1, len(text) + 1):
        if any(text[start:end] in words for start in reached):
            reached.add(end)
    return bool(text) and len(text) in reached

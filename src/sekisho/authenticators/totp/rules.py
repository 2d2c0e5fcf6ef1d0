"""TOTP as values (RFC 6238): steps, codes, judging what was typed, what an app is told.

A step is 30 seconds. A code is looked for in the step that the phone's clock should show and one
to each side. `drift` is by how many steps that clock is known to differ; it moves by one step when
two right answers in a row lay on the same side (`lean`), so one late answer moves nothing.
"""

import base64
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha1, sha256
from typing import Literal
from urllib.parse import quote

from sekisho.authenticators.rules import Verdict

SEED_BYTES = 20  # 160 bits, RFC 4226 §4 R6
STEP_SECONDS = 30  # RFC 6238 §5.2
MOST_DRIFT = 10  # steps; a clock that is 5 minutes off is wrong, and its owner is told
_FARTHEST = 120  # steps, an hour: a clock that is set to another time zone is off by more
_GROUP = 4  # letters of the typed secret between two blanks


class Algorithm(StrEnum):
    """The hash of a method, by its name in the otpauth URI."""

    SHA1 = "SHA1"
    SHA256 = "SHA256"


_ALGORITHMS = tuple(Algorithm)  # their places stand in the store
_HASHES = {Algorithm.SHA1: sha1, Algorithm.SHA256: sha256}


@dataclass(frozen=True, slots=True)
class Policy:
    """What new methods are, and how far their clocks may differ.

    Microsoft and Google Authenticator take SHA1 for granted, whatever the URI says.
    """

    algorithm: Algorithm = Algorithm.SHA1
    digits: Literal[6, 8] = 6
    tolerance: Literal[0, 1] = 1  # steps to each side, attack 031
    most: int = 2  # an account's; two, so that the new phone comes before the old one goes (P5)


@dataclass(frozen=True, slots=True)
class Marks:
    """What is kept beside a seed: how its codes are made, and how the phone's clock differs."""

    algorithm: Algorithm
    digits: int
    drift: int = 0
    lean: int = 0


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A method that codes can be compared with; `last_step` and those before it are used up."""

    account: int
    method: int
    seed: bytes = field(repr=False)
    marks: Marks
    last_step: int


@dataclass(frozen=True, slots=True)
class Right:
    """A right answer: the step that it uses up, and what is known of the phone's clock after it."""

    step: int
    marks: Marks

    @property
    def drift(self) -> timedelta:
        """Return how far the phone's clock is ahead, to half a minute; for its owner alone."""
        return timedelta(seconds=STEP_SECONDS * self.marks.drift)


Failed = Literal[Verdict.EARLIER, Verdict.WRONG, Verdict.UNREADABLE]
Judged = Right | Failed  # EARLIER is a code that was used already


def step_at(now: datetime) -> int:
    """Return the step of an instant (RFC 6238 §4.2)."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(seed: bytes, marks: Marks, step: int) -> str:
    """Return the code of a step (RFC 4226 §5.3)."""
    mac = hmac.digest(seed, step.to_bytes(8, "big"), _HASHES[marks.algorithm])
    place = mac[-1] & 0xF
    number = int.from_bytes(mac[place : place + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**marks.digits:0{marks.digits}d}"


def verify(enrolled: Enrolled, typed: str | None, now: datetime, tolerance: int) -> Judged:
    """Compare what was typed, as `read_code` read it; every candidate, each in constant time.

    # Threat: 029: a step that was used, or lies before one, is not right (test_a_replayed_code…).
    # Threat: 031: the window is one step to each side (test_codes_of_three_steps_around…).
    """
    marks = enrolled.marks
    if typed is None or len(typed) != marks.digits or not typed.isascii():
        return Verdict.UNREADABLE
    middle = step_at(now) + marks.drift
    window = range(middle - tolerance, middle + tolerance + 1)
    matching = [step for step in window if _is_code(enrolled, typed, step)]
    fresh = [step for step in matching if step > enrolled.last_step]
    if fresh:  # the last one: where two steps share a code, both are used up
        return Right(fresh[-1], _moved(marks, fresh[-1] - middle))
    return Verdict.EARLIER if matching else Verdict.WRONG


def clock_off(enrolled: Enrolled, typed: str, now: datetime) -> timedelta | None:
    """Return by how much a phone's clock is wrong, where that is why its code was.

    Only for an owner who enrols: to a stranger this would tell an old code from a wrong one.
    """
    here = step_at(now)
    for off in sorted(range(-_FARTHEST, _FARTHEST + 1), key=abs):
        if _is_code(enrolled, typed, here + off):
            return timedelta(seconds=STEP_SECONDS * off)
    return None


def _is_code(enrolled: Enrolled, typed: str, step: int) -> bool:
    expected = code_at(enrolled.seed, enrolled.marks, max(step, 0))
    return hmac.compare_digest(expected.encode(), typed.encode())


def _moved(marks: Marks, side: int) -> Marks:
    """Return the marks after a right answer so many steps from the middle of the window."""
    if side == 0 or side != marks.lean:
        return Marks(marks.algorithm, marks.digits, marks.drift, side)
    drift = max(-MOST_DRIFT, min(MOST_DRIFT, marks.drift + side))
    return Marks(marks.algorithm, marks.digits, drift)


# --- what the store and the app are given ---


def write_marks(marks: Marks) -> bytes:
    """Return the marks as the store keeps them."""
    place = _ALGORITHMS.index(marks.algorithm)
    return bytes([place, marks.digits, marks.drift + MOST_DRIFT, marks.lean + 1])


def read_marks(octets: bytes) -> Marks:
    """Return the marks that `write_marks` wrote."""
    place, digits, drift, lean = octets
    return Marks(_ALGORITHMS[place], digits, drift - MOST_DRIFT, lean - 1)


def secret_of(seed: bytes) -> str:
    """Return a seed as people type it: base32 in groups of four."""
    letters = base64.b32encode(seed).decode()
    return " ".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def uri_of(seed: bytes, marks: Marks, issuer: str, person: str) -> str:
    """Return the otpauth URI that an app reads from the QR code.

    A colon would part issuer and person in another place, so it may stand in neither.
    """
    issuer, person = issuer.replace(":", " "), person.replace(":", " ")
    return (
        f"otpauth://totp/{quote(issuer, safe='')}:{quote(person, safe='@')}"
        f"?secret={base64.b32encode(seed).decode()}&issuer={quote(issuer, safe='')}"
        f"&algorithm={marks.algorithm}&digits={marks.digits}&period={STEP_SECONDS}"
    )

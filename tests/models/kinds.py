"""The kinds of methods as the model knows them: what each is, proves and says to an answer.

Written from SPEC rows M2 to M11 and S2; apps by pyotp, keys by the tests' own authenticator.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.support.material import START
from tests.support.soft_authenticator import UV

TEN_MINUTES, HALF_A_MINUTE = 600, 30
SENT = frozenset({"email_code", "sms_code", "voice_code"})
FIELDS = {"password": "password", "passkey": "credential", "push": "push"}  # of the others: "code"
LIFE = {"passkey": 300, "push": 300}  # of a challenge; of the others ten minutes
MOST = {"totp": 2, "passkey": 20, "push": 5}
NAMED = frozenset({"totp", "passkey", "push"})
ALONE = 15  # signs of a password that stands alone
_HELD = frozenset({"totp", "sms_code", "voice_code", "security_key"})
_ALONE = {**dict.fromkeys(_HELD, 1), "password": 1, "push": 1, "passkey": 2}
_BASE = int(START.timestamp())


@dataclass(eq=False)
class Contact:
    """An address or a phone of an account."""

    id: str
    address: str
    added_at: int
    state: str = "pending"
    is_name: bool = False
    removed_at: int = 0
    flow: Any = None
    codes: list[str | None] = field(default_factory=list)

    @property
    def is_phone(self) -> bool:
        return self.address.startswith("+")

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of codes that reach it."""
        return ("sms_code", "voice_code") if self.is_phone else ("email_code",)


@dataclass(eq=False)
class Method:
    """A method; `secret` is what its owner holds of it."""

    id: str
    kind: str
    name: str
    begun_at: int
    secret: Any
    state: str = "pending"
    tries: int = 0  # in a row
    step: int = 0
    drift: int = 0
    lean: int = 0
    used: str = ""  # the recovery code before this one
    begun: Any = None
    is_spent: bool = False  # the challenge of a passkey that is being enrolled

    @property
    def proves(self) -> str:
        """A passkey whose authenticator verified its user is both factors (attack 054)."""
        is_touched = self.kind == "passkey" and not self.secret.flags & UV
        return "security_key" if is_touched else self.kind

    @property
    def field(self) -> str:
        """What it is confirmed by; a phone that approves by nothing that its owner sends."""
        return "phone" if self.kind == "push" else FIELDS.get(self.kind, "code")

    def judge(self, text: str, now: int) -> str:
        match self.kind:
            case "totp":
                return self._judge_step(text, now)
            case "recovery_code":
                return self._judge_code(text)
            case _:
                if not text:
                    return "unreadable"
                return "right" if self.secret and text == self.secret[0] else "wrong"

    def use_up(self, text: str, now: int) -> None:
        """A right answer serves once."""
        self.tries = 0
        if self.kind == "totp":
            step = self._steps(text, now)[-1]
            side = step - self.middle(now)
            moves = side != 0 and side == self.lean
            self.drift = max(-10, min(10, self.drift + side)) if moves else self.drift
            self.lean, self.step = 0 if moves else side, step

    def middle(self, now: int) -> int:
        return (_BASE + now) // HALF_A_MINUTE + self.drift

    def code(self, now: int, late: int = 0) -> str:
        """What the app shows, so many steps before or after."""
        return str(self.secret.generate_otp(self.middle(now) + late))

    def _steps(self, text: str, now: int) -> list[int]:
        middle = self.middle(now)
        window = (middle - 1, middle, middle + 1)
        return [step for step in window if self.secret.generate_otp(step) == text]

    def _judge_step(self, text: str, now: int) -> str:
        if len(text) != 6 or not text.isdecimal():
            return "unreadable"
        steps = self._steps(text, now)
        if any(step > self.step for step in steps):
            return "right"
        return "earlier" if steps else "wrong"

    def _judge_code(self, text: str) -> str:
        if len(text.replace("-", "")) != 25:
            return "unreadable"
        if text == self.secret:
            return "right"
        return "earlier" if text == self.used else "wrong"


def enough(proved: Iterable[str]) -> bool:
    """Whether these are two: sent codes are one kind, a passkey that verified its user is both."""
    kinds = {"code" if one in SENT else one for one in proved}
    return len(kinds) > 1 or "passkey" in kinds


def may_claim(proved: Iterable[str]) -> str:
    """The most that a session may claim."""
    kinds = set(proved)
    level = max((_ALONE.get(one, 0) for one in kinds), default=0)
    if "password" in kinds and kinds & _HELD:
        level = 2
    return f"urn:sekisho:acr:{f'aal{level}' if level else 'email'}"


def may_turn_on(held: Iterable[Method]) -> bool:
    """Whether there is a daily second proof, and a spare for it."""
    kinds = [one.kind for one in held]
    daily = [one for one in kinds if one != "recovery_code"]
    return bool(daily) and (len(daily) > 1 or len(daily) < len(kinds))

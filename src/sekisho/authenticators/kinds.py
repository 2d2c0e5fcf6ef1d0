"""The kinds, written out: a new one is a folder beside this file and a line in KINDS."""

from sekisho.authenticators import code
from sekisho.authenticators.kind import Kind
from sekisho.authenticators.passkey import PASSKEY
from sekisho.authenticators.password import PASSWORD
from sekisho.authenticators.push import PUSH
from sekisho.authenticators.recovery_code import RECOVERY_CODE
from sekisho.authenticators.totp import TOTP

KINDS: tuple[Kind, ...] = (
    code.EMAIL_CODE,
    code.SMS_CODE,
    code.VOICE_CODE,
    PASSWORD,
    TOTP,
    PASSKEY,
    PUSH,
    RECOVERY_CODE,
)


def kind_named(name: str) -> Kind | None:
    """Return the kind with this name at the edge."""
    return next((kind for kind in KINDS if kind.name == name), None)

"""One-time codes: drawn, kept only as a MAC, read from whatever people type, compared.

Over which channel a code goes is the message's matter; the code is one kind of authenticator.
"""

from sekisho.authenticators.code.actions import Drawn, draw
from sekisho.authenticators.code.kind import EMAIL_CODE, SMS_CODE, VOICE_CODE
from sekisho.authenticators.code.rules import LABELS, label_among
from sekisho.authenticators.reading import read_code

__all__ = [
    "EMAIL_CODE",
    "LABELS",
    "SMS_CODE",
    "VOICE_CODE",
    "Drawn",
    "draw",
    "label_among",
    "read_code",
]

"""The kind `email_code` and its comparison."""

from dataclasses import replace

from sekisho.authenticators.code import binding, rules
from sekisho.authenticators.kind import Kind
from sekisho.authenticators.reading import read_code
from sekisho.authenticators.rules import Material, Verdict
from sekisho.ground.keys import Keys, same


def verify(keys: Keys, material: Material, answer: str) -> Verdict:
    """Compare what was typed with the newest code and all earlier ones of the flow.

    # Threat: 017: every candidate is compared, each in constant time (test_code_is_compared_alike).
    """
    typed = read_code(answer, material.digits)
    if typed is None:
        return Verdict.EARLIER if _is_earlier(keys, material, answer) else Verdict.UNREADABLE
    is_right = same(material.expected, binding.mac(keys, material, material.challenge, typed))
    is_earlier = _matches(keys, material, typed)
    if is_right:
        return Verdict.RIGHT
    return Verdict.EARLIER if is_earlier else Verdict.WRONG


def _is_earlier(keys: Keys, material: Material, answer: str) -> bool:
    """Say whether an answer of another length is an earlier code: codes grow from 6 to 8 digits."""
    typed = read_code(answer, rules.other_length(material.digits))
    return typed is not None and _matches(keys, material, typed)


def _matches(keys: Keys, material: Material, typed: str) -> bool:
    found = [
        same(kept, binding.mac(keys, material, challenge, typed))
        for challenge, kept in material.earlier
    ]
    return any(found)


EMAIL_CODE = Kind(
    name="email_code",
    assurance=0,
    is_phishing_resistant=False,
    is_out_of_band=True,
    is_restricted=False,
    verify=verify,
)

# Over the telephone network a code is restricted (NIST SP 800-63B-4 §3.2.9), and worth level 1.
SMS_CODE = replace(EMAIL_CODE, name="sms_code", assurance=1, is_restricted=True)
VOICE_CODE = replace(SMS_CODE, name="voice_code")

"""What the pages of phones are shown with in tests; security_samples.py gathers them."""

from datetime import timedelta
from typing import Any

from sekisho.ground import phones
from sekisho.ground.refusal import Reason, Refused

_HINT = "******78"
_FLAWS = ("unreadable", "invalid", "voip", "premium", "pager", "service", "country", "no_calls")


def cards(other: dict[str, Any]) -> list[dict[str, Any]]:
    """Return phones as the list of contacts shows them."""
    mobile = {**other, "hint": _HINT, "phone_channels": ("sms", "voice")}
    landline = {**mobile, "hint": "******90", "phone_channels": ("voice",)}
    pending = {**mobile, "hint": "******12", "phone_channels": ("sms",), "is_pending": True}
    return [mobile, landline, pending]


def adding(framed: dict[str, Any], path: str, home: str) -> dict[str, dict[str, Any]]:
    """Return every state of the page that takes a number."""
    language = framed["language"]
    first = {
        **framed,
        "path": path,
        "address": "",
        "country": "JP",
        "countries": phones.countries(language, frozenset({"JP"})),
        "channel": "sms",
        "may_choose": True,
        "is_call": False,
        "refused": None,
        "back_path": home,
    }
    several = phones.countries(language, frozenset({"JP", "KR", "GB", "DO"}))
    often = Refused(Reason.TOO_MANY_REQUESTS, retry_at=framed["now"] + timedelta(minutes=30))
    refusals = {
        "there": Refused(Reason.ALREADY_THERE, pointer="/address"),
        "unread": Refused(Reason.INVALID_INPUT, pointer="/address"),
        "most": Refused(Reason.TOO_MANY_CONTACTS),
        "often": often,
        **{flaw: Refused(Reason.PHONE_UNFIT, flaw=flaw) for flaw in _FLAWS},
    }
    typed = {**first, "address": "０９０（１２３４）５６７８", "channel": "voice"}
    states = {
        "first": first,
        "several": {**first, "countries": several},
        "sms_only": {**first, "may_choose": False},
        "calls_only": {**first, "may_choose": False, "is_call": True},
        **{state: {**typed, "refused": refused} for state, refused in refusals.items()},
    }
    return {f"security_info/add_phone.html#{state}": one for state, one in states.items()}


def verifying(first: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the states of the page that takes a phone's code."""
    text = {**first, "hint": _HINT, "channels": ("sms", "voice"), "by": "sms"}
    states = {
        "text": text,
        "call": {**text, "by": "voice"},
        "landline": {**text, "channels": ("voice",), "by": "voice"},
        "phone_over": {**text, "is_over": True},
        "phone_wrong": {**text, "refused": Refused(Reason.CODE_WRONG, left=4, label="K7")},
    }
    return {f"security_info/verify.html#{state}": one for state, one in states.items()}

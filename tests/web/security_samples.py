"""What the pages of security info are shown with in tests; samples.py gathers them."""

from datetime import timedelta
from typing import Any

from sekisho.ground import words
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info import doubts
from tests.web import method_samples, phone_samples

_HOME = "/account/security"
DOUBTED = {
    "slip": "taro@gmial.com",
    "look_alike": "taro@\u0430\u0440\u0440\u04cf\u0435.com",  # Cyrillic
    "mixed": "taro@\u044fdomain\u8a9e.jp",
    "beyond_ascii": "taro@日本語.jp",
}
_CONTACT = f"{_HOME}/contacts/ctc_0k8rz2m4v7q1c"
_PROVE = f"{_HOME}/prove/flw_0k8rz2m4v7q1c"
_OLD, _NEW = "ta*****@example.com", "ta*****@example.net"
_OPTION = {"id": "opt_0k8rz2m4v7q1c", "kind": "email_code", "hint": _OLD}


def pages(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a context for each state of each page; `framed` is what every page is given."""
    return {**_home(framed), **_adding(framed), **_verifying(framed), **_proving(framed)}


def _home(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    name = {
        "hint": _OLD,
        "is_name": True,
        "phone_channels": (),
        "is_pending": False,
        "added_at": framed["now"] - timedelta(days=40),
        "enter_path": _CONTACT,
        "remove_path": f"{_CONTACT}/remove",
    }
    other = {**name, "hint": _NEW, "is_name": False, "added_at": framed["now"]}
    pending = {**other, "hint": "ta*****@example.org", "is_pending": True}
    home = {
        **framed,
        "path": _HOME,
        "contacts": [name, other, pending],
        "told": None,
        "is_only": False,
        "add_path": f"{_HOME}/add",
        "add_phone_path": f"{_HOME}/add-phone",
        "methods_path": f"{_HOME}/methods",
    }
    language = framed["language"]
    told = {
        key: {**home, "told": words.text(language, f"security.{key}", hint=_NEW)}
        for key in ("was_added", "was_removed", "was_dropped")
    }
    return {
        "security_info/home.html#first": home,
        "security_info/home.html#phones": {
            **home,
            "contacts": [name, *phone_samples.cards(other)],
        },
        "security_info/home.html#no_phones": {**home, "add_phone_path": None},
        "security_info/home.html#only": {**home, "contacts": [name], "is_only": True},
        "security_info/home.html#only_pending": {
            **home,
            "contacts": [name, pending],
            "is_only": True,
        },
        **{f"security_info/home.html#{key}": context for key, context in told.items()},
        "security_info/remove.html#first": _removing(framed, other),
        "security_info/remove.html#pending": _removing(framed, pending),
        "security_info/remove.html#needed": {
            **_removing(framed, name),
            "refused": Refused(Reason.STILL_NEEDED),
        },
        "security_info/remove.html#often": {
            **_removing(framed, other),
            "refused": Refused(
                Reason.TOO_MANY_REQUESTS, retry_at=framed["now"] + timedelta(minutes=30)
            ),
        },
    }


def _removing(framed: dict[str, Any], contact: dict[str, Any]) -> dict[str, Any]:
    return {
        **framed,
        "path": f"{_CONTACT}/remove",
        "contact": contact,
        "refused": None,
        "back_path": _HOME,
    }


def _adding(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    first = {
        **framed,
        "path": f"{_HOME}/add",
        "address": "",
        "refused": None,
        "doubts": [],
        "meant": "",
        "sure": "",
        "back_path": _HOME,
    }
    refusals = {
        "missing": Refused(Reason.INVALID_INPUT, pointer="/address"),
        "there": Refused(Reason.ALREADY_THERE, pointer="/address"),
        "disposable": Refused(Reason.ADDRESS_REFUSED, pointer="/address"),
        "most": Refused(Reason.TOO_MANY_CONTACTS),
        "often": Refused(Reason.TOO_MANY_REQUESTS, retry_at=framed["now"] + timedelta(minutes=30)),
    }
    return {
        **phone_samples.adding(framed, f"{_HOME}/add-phone", _HOME),
        "security_info/add.html#first": first,
        **{
            f"security_info/add.html#{state}": {
                **first,
                "address": "taro@example.com",
                "refused": refused,
            }
            for state, refused in refusals.items()
        },
        **{
            f"security_info/add.html#{state}": _doubted(first, address)
            for state, address in DOUBTED.items()
        },
    }


def _doubted(first: dict[str, Any], address: str) -> dict[str, Any]:
    return {**first, "address": address, **doubts.asked(address, first["language"])}


def _code(framed: dict[str, Any]) -> dict[str, Any]:
    now = framed["now"]
    return {
        **framed,
        "label": "K7",
        "digits": 6,
        "asked_at": now - timedelta(seconds=12),
        "until": now + timedelta(minutes=4, seconds=48),
        "resend_at": now + timedelta(seconds=18),
        "resends_left": 4,
        "is_over": False,
        "sent_again": False,
        "refused": None,
        "back_path": _HOME,
    }


def _of_a_code(template: str, first: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every state that a page with a code can be in."""
    later = first["now"] + timedelta(minutes=30)
    refusals = {
        "wrong": Refused(Reason.CODE_WRONG, left=4, label="K7"),
        "earlier": Refused(
            Reason.CODE_EARLIER, label="K7", sent_at=first["now"] - timedelta(seconds=12)
        ),
        "missing": Refused(Reason.INVALID_INPUT),
        "too_soon": Refused(Reason.TOO_SOON, retry_at=first["now"] + timedelta(seconds=18)),
        "budget": Refused(Reason.TOO_MANY_TRIES, retry_at=later),
    }
    ends = {
        "none_left": Refused(Reason.CODE_WRONG, left=0, label="K7"),
        "tries": Refused(Reason.TOO_MANY_TRIES, retry_at=later),
        "expired": Refused(Reason.CODE_EXPIRED),
    }
    over = {**first, "is_over": True}
    states = {
        "first": first,
        "again": {**first, "sent_again": True, "label": "M3", "resends_left": 1},
        "no_more": {**first, "resends_left": 0},
        "over": over,
        "over_no_more": {**over, "refused": Refused(Reason.CODE_EXPIRED), "resends_left": 0},
        **{state: {**first, "refused": refused} for state, refused in refusals.items()},
        **{state: {**over, "refused": refused} for state, refused in ends.items()},
    }
    return {f"{template}#{state}": context for state, context in states.items()}


def _verifying(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    first = {
        **_code(framed),
        "path": _CONTACT,
        "hint": _NEW,
        "channels": ("email",),
        "by": "email",
        "answer_action": _CONTACT,
        "resend_action": f"{_CONTACT}/code",
    }
    return {
        **_of_a_code("security_info/verify.html", first),
        **phone_samples.verifying(first),
    }


def _proving(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    one = {
        **_code(framed),
        "path": _PROVE,
        "what": words.text(framed["language"], "act.contacts.add"),
        "is_further": False,
        "has_code": True,
        "kind": "",
        "passkey_options": "{}",
        "options": [_OPTION],
        "answer_action": _PROVE,
        "resend_action": f"{_PROVE}/code",
    }
    two = {
        **one,
        "what": words.text(framed["language"], "act.contacts.remove"),
        "options": [_OPTION, {**_OPTION, "id": "opt_0k8rz2m4v7q1d", "hint": _NEW}],
    }
    often = Refused(Reason.TOO_MANY_REQUESTS, retry_at=one["now"] + timedelta(minutes=30))
    ways = method_samples.options(framed["language"])
    any_way = {**one, "options": [_OPTION, ways["app"], ways["recovery"]]}
    by_app = {**any_way, "has_code": False, "kind": "totp"}
    by_code = {**any_way, "has_code": False, "kind": "recovery_code"}
    by_password = {**any_way, "has_code": False, "kind": "password"}
    by_passkey = {**any_way, "has_code": False, "kind": "passkey"}
    return {
        **_of_a_code("security_info/step_up.html", one),
        "security_info/step_up.html#two": two,
        "security_info/step_up.html#two_over": {
            **two,
            "refused": Refused(Reason.CODE_EXPIRED),
            "is_over": True,
        },
        "security_info/step_up.html#choose": {**two, "has_code": False},
        "security_info/step_up.html#choose_often": {**two, "has_code": False, "refused": often},
        "security_info/step_up.html#any_way": any_way,
        "security_info/step_up.html#choose_any_way": {**any_way, "has_code": False},
        "security_info/step_up.html#often_any_way": {
            **any_way,
            "has_code": False,
            "refused": often,
        },
        "security_info/step_up.html#app": by_app,
        "security_info/step_up.html#app_alone": {**by_app, "options": [ways["app"]]},
        "security_info/step_up.html#recovery": by_code,
        "security_info/step_up.html#password": by_password,
        "security_info/step_up.html#passkey": by_passkey,
        **{
            f"security_info/step_up.html#{kind}_{state}": {**first, "refused": refused}
            for kind, first in (("app", by_app), ("recovery", by_code))
            for state, refused in method_samples.refusals(framed).items()
        },
    }

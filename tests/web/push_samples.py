"""What the pages of phones that approve are shown with: added, waited for, and their own."""

from datetime import timedelta
from typing import Any

from markupsafe import Markup

from sekisho.authenticators import totp
from sekisho.ground import words
from sekisho.ground.refusal import Reason, Refused

_HOME = "/account/security/methods"
_ONE = f"{_HOME}/mtd_0k8rz2m4v7q1c"
_FLOW = "flw_0k8rz2m4v7q1c"


def pages(framed: dict[str, Any], signing_in: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a context for each state of each page; the second frame is that of a sign-in."""
    return {**_phones(framed), **_app(framed), **_waiting(framed, signing_in)}


def _waiting(framed: dict[str, Any], signing_in: dict[str, Any]) -> dict[str, dict[str, Any]]:
    approve = {"id": "opt_0k8rz2m4v7q1c", "kind": "push", "hint": "Pixel"}
    recovery = {"id": "opt_0k8rz2m4v7q1d", "kind": "recovery_code", "hint": None}
    common = {
        "kind": "push",
        "options": [approve, recovery],
        "passkey_options": "",
        "refused": None,
        "approve_until": framed["now"] + timedelta(minutes=4, seconds=40),
        "approve_again": approve["id"],
    }
    path = f"/sign-in/{_FLOW}"
    more = {
        **signing_in,
        **common,
        "path": f"{path}/code",
        "wait_path": f"{path}/push.json",
        "is_first": False,
        "is_reset": False,
        "trust_days": 30,
        "unknown_passkey": "",
        "trusts": False,
        "forgotten_action": f"{path}/forgotten",
        "name": "taro@example.com",
        "answer_action": f"{path}/code",
        "choose_action": f"{path}/way",
    }
    path = f"/account/security/prove/{_FLOW}"
    step_up = {
        **framed,
        **common,
        "path": path,
        "wait_path": f"{path}/push.json",
        "what": words.text(framed["language"], "act.contacts.add"),
        "is_further": True,
        "has_code": False,
        "answer_action": path,
        "resend_action": f"{path}/code",
        "back_path": "/account/security",
    }
    soon = Refused(Reason.TOO_SOON, retry_at=framed["now"] + timedelta(seconds=20), kind="push")
    states = {
        f"{name}#push_{state}": {**first, "approval": {"number": number, "state": state}}
        for name, first in (("sign_in/more.html", more), ("security_info/step_up.html", step_up))
        for state, number in (("waiting", "47"), ("approved", "47"), ("over", "47"))
    }
    waiting = {"number": "047281", "state": "waiting"}
    return {
        **states,
        "sign_in/more.html#push_six": {**more, "approval": waiting},
        "sign_in/more.html#push_soon": {**more, "approval": waiting, "refused": soon},
        "security_info/stopped.html#first": {**framed, "path": "/account/security"},
    }


def _phones(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    uri = "https://id.example.com/app#ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-2345"
    picture = Markup(totp.draw(uri, words.text(framed["language"], "bind.picture")))
    waits = {
        **framed,
        "until": framed["now"] + timedelta(minutes=10),
        "state_path": "/api/v1/methods/mtd_0k8rz2m4v7q1c/pairing",
        "back_path": _HOME,
    }
    first = {
        **waits,
        "path": _HOME,
        "picture": picture,
        "code": uri.partition("#")[2],
        "app": uri.partition("#")[0],
        "next_path": f"{_ONE}/push",
    }
    number = {
        **waits,
        "path": f"{_ONE}/push",
        "state": "paired",
        "number": "047281",
        "device": {"en": "Chrome on Android", "ja": "Chrome（Android）"}[framed["language"]],
        "again_path": f"{_HOME}/add/push",
    }
    return {
        "security_info/bind_phone.html#first": first,
        "security_info/bind_number.html#number": number,
        "security_info/bind_number.html#waiting": {**number, "state": "waiting"},
        "security_info/bind_number.html#over": {**number, "state": "over"},
    }


def _app(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    is_english = framed["language"] == "en"
    ask = {
        "purpose": "sign_in",
        "what": words.text(framed["language"], "push.what_sign_in"),
        "account": "taro@example.com",
        "device": "Chrome on Windows" if is_english else "Chrome（Windows）",
        "place": "Japan (estimated)" if is_english else "日本（推定）",
        "asked": "14:05",
        "until": "14:10",
    }
    app = {**framed, "signed_in": False, "path": "/app", "sender_key": "BEl6", "ask": ask}
    parts = (
        "old",
        "away",
        "pair",
        "idle",
        "ask",
        "approved",
        "added",
        "denied",
        "reported",
        "gone",
    )
    return {
        **{f"push/app.html#{part}": {**app, "only": part} for part in parts},
        "push/app.html#new": {**app, "only": "ask", "ask": ask | {"purpose": "enrolment"}},
    }

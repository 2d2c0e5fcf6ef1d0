"""What the pages that make a passkey, choose a password and rename a method are shown with."""

from datetime import timedelta
from typing import Any

from sekisho.authenticators.password import Fault, Step
from sekisho.ground import words
from sekisho.ground.refusal import Reason, Refused

_HOME = "/account/security/methods"
_ONE = f"{_HOME}/mtd_0k8rz2m4v7q1c"
_NAMES = {"en": "Work laptop", "ja": "仕事用ノートPC"}


def pages(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a context for each state of each page."""
    return {**_passkeys(framed), **_passwords(framed), **_renaming(framed)}


def _passkeys(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    first = {
        **framed,
        "path": f"{_ONE}/passkey",
        "options": "{}",
        "state": "c2VhbGVk",
        "seconds": 300,
        "fresh_path": "/api/v1/methods/mtd_0k8rz2m4v7q1c/options",
        "again_path": f"{_HOME}/add/passkey",
        "refused": None,
        "back_path": _HOME,
    }
    wrong, taken = Refused(Reason.PASSKEY_WRONG), Refused(Reason.PASSKEY_TAKEN)
    over = {**first, "options": "", "refused": Refused(Reason.PASSKEY_EXPIRED)}
    return {
        "security_info/enrol_passkey.html#first": first,
        "security_info/enrol_passkey.html#wrong": {**first, "refused": wrong},
        "security_info/enrol_passkey.html#taken": {**first, "refused": taken},
        "security_info/enrol_passkey.html#over": over,
    }


def _passwords(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    language = framed["language"]
    first = {
        **framed,
        "path": f"{_ONE}/password",
        "had_one": False,
        "name": "taro@example.com",
        "own_words": "example taro",
        "shortest": 15,
        "until": framed["now"] + timedelta(minutes=10),
        "steps": {step.value: words.text(language, f"password.strength.{step}") for step in Step},
        "is_over": False,
        "refused": None,
        "again_path": f"{_HOME}/add/password",
        "back_path": _HOME,
    }
    over = {**first, "is_over": True, "refused": Refused(Reason.FLOW_EXPIRED)}
    busy = Refused(Reason.UNAVAILABLE, retry_at=framed["now"] + timedelta(seconds=2))
    return {
        "security_info/choose_password.html#first": first,
        "security_info/choose_password.html#change": {**first, "had_one": True, "shortest": 8},
        "security_info/choose_password.html#over": over,
        "security_info/choose_password.html#busy": {**first, "refused": busy},
        **{
            f"security_info/choose_password.html#{fault}": {**first, "refused": _unfit(fault)}
            for fault in Fault
        },
    }


def _unfit(fault: Fault) -> Refused:
    return Refused(Reason.PASSWORD_UNFIT, pointer="/password", flaw=fault.value, bounds=(15, 256))


def _renaming(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    first = {
        **framed,
        "path": f"{_ONE}/rename",
        "kind": "passkey",
        "name": _NAMES[framed["language"]],
        "refused": None,
        "back_path": _HOME,
    }
    missing = Refused(Reason.INVALID_INPUT, pointer="/name")
    return {
        "security_info/rename_method.html#first": first,
        "security_info/rename_method.html#missing": {**first, "name": "", "refused": missing},
    }

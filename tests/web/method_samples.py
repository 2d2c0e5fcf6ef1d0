"""What the pages of methods and two-step verification are shown with; samples.py gathers them."""

from datetime import timedelta
from typing import Any

from markupsafe import Markup

from sekisho.authenticators import totp
from sekisho.ground import words
from sekisho.ground.refusal import Reason, Refused
from tests.web import enrolling_samples

_HOME = "/account/security/methods"
_ONE = f"{_HOME}/mtd_0k8rz2m4v7q1c/remove"
_PROVE = "/account/security/prove/flw_0k8rz2m4v7q1c"
_SIGN_IN = "/sign-in/flw_0k8rz2m4v7q1c"
_SECRET = "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"
_URI = f"otpauth://totp/Example:taro@example.com?secret={_SECRET.replace(' ', '')}&issuer=Example"
_CODE = "7KQ2M-9XW4R-T3HVC-6PZ8B-FJY5N"
NAMES = {"en": "My phone", "ja": "自分のスマートフォン"}
KEYS = {"en": "Blue security key", "ja": "青いセキュリティキー"}
TABLETS = {"en": "Tablet at home", "ja": "家のタブレット"}


def options(language: str) -> dict[str, dict[str, Any]]:
    """Return one way on of each kind, and a second app."""
    return {
        "app": {"id": "opt_0k8rz2m4v7q1e", "kind": "totp", "hint": NAMES[language]},
        "tablet": {"id": "opt_0k8rz2m4v7q1f", "kind": "totp", "hint": TABLETS[language]},
        "recovery": {"id": "opt_0k8rz2m4v7q1g", "kind": "recovery_code", "hint": None},
    }


def pages(framed: dict[str, Any], signing_in: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a context for each state of each page; the second frame is that of a sign-in."""
    return {
        **_home(framed),
        **_wizard(framed),
        **_adding(framed),
        **enrolling_samples.pages(framed),
        **_enrolling(framed),
        **_removing(framed),
        **_seconds(signing_in),
        **_replaced(framed, signing_in),
    }


def refusals(framed: dict[str, Any]) -> dict[str, Refused]:
    """Return what can be refused beside the field of a method's code."""
    later = framed["now"] + timedelta(minutes=30)
    return {
        "wrong": Refused(Reason.CODE_WRONG, left=4),
        "used": Refused(Reason.CODE_USED),
        "missing": Refused(Reason.INVALID_INPUT, pointer="/code"),
        "tries": Refused(Reason.TOO_MANY_TRIES, retry_at=later, kind="totp"),
    }


def _cards(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    app = {
        "kind": "totp",
        "name": NAMES[framed["language"]],
        "added_at": framed["now"] - timedelta(days=40),
        "last_used_at": framed["now"] - timedelta(minutes=2),
        "passkey": None,
        "clock_ahead": 0,
        "rename_path": f"{_HOME}/mtd_0k8rz2m4v7q1c/rename",
        "change_path": "",
        "remove_path": _ONE,
    }
    code = {**app, "kind": "recovery_code", "name": "", "last_used_at": None, "rename_path": ""}
    synced = {
        "provider": "Google Password Manager",
        "is_synced": True,
        "is_two_factors": True,
        "needs_name": False,
        "regressed_at": None,
    }
    plain = {
        "provider": None,
        "is_synced": False,
        "is_two_factors": False,
        "needs_name": True,
        "regressed_at": framed["now"] - timedelta(days=3),
    }
    return {
        "app": app,
        "code": code,
        "passkey": {**app, "kind": "passkey", "name": synced["provider"], "passkey": synced},
        "key": {**app, "kind": "passkey", "name": KEYS[framed["language"]], "passkey": plain},
        "password": {**code, "kind": "password", "change_path": f"{_HOME}/add/password"},
    }


def _home(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    language, cards = framed["language"], _cards(framed)
    none = {
        **framed,
        "path": _HOME,
        "methods": [],
        "two_step": False,
        "wizard_path": "/account/security/two-step",
        "goes_on": False,
        "told": None,
        "refused": None,
        "ways": [
            {"kind": kind, "path": f"{_HOME}/add/{kind}"}
            for kind in ("passkey", "totp", "password", "recovery_code")
        ],
        "turn_path": f"{_HOME}/two-step",
        "signals": [],
    }
    every = {**none, "methods": list(cards.values())}
    every["ways"] = [way for way in none["ways"] if way["kind"] != "password"]
    gone = words.text(language, "methods.passkey_was_removed", name=KEYS[language])
    changed = words.text(language, "methods.password_was_changed")
    signal = ("signalAllAcceptedCredentials", '{"rpId":"id.example.com"}')
    both = {**none, "methods": [cards["app"], cards["code"]]}
    is_on = {**both, "two_step": True}
    added = words.text(language, "methods.was_added", name=NAMES[language])
    removed = words.text(language, "methods.was_removed", name=NAMES[language])
    return {
        "security_info/methods.html#none": none,
        "security_info/methods.html#first": {
            **none,
            "methods": [cards["app"]],
            "told": added,
            "goes_on": True,
        },
        "security_info/methods.html#removed": {**none, "told": removed},
        "security_info/methods.html#both": both,
        "security_info/methods.html#on": {**is_on, "told": words.text(language, "two_step.was_on")},
        "security_info/methods.html#off": {
            **both,
            "told": words.text(language, "two_step.was_off"),
        },
        "security_info/methods.html#every": every,
        "security_info/methods.html#clock": {
            **both,
            "methods": [{**cards["app"], "clock_ahead": ahead} for ahead in (60, -30)],
        },
        "security_info/methods.html#changed": {**every, "told": changed},
        "security_info/methods.html#passkey_gone": {**both, "told": gone, "signals": [signal]},
        "security_info/methods.html#needed": {**is_on, "refused": Refused(Reason.STILL_NEEDED)},
        "security_info/methods.html#short": {**is_on, "refused": Refused(Reason.PASSWORD_SHORT)},
        "security_info/methods.html#nothing": {**none, "refused": Refused(Reason.NOTHING_TO_PROVE)},
    }


def _wizard(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    steps = ("way", "try", "spare", "on")
    found: dict[str, dict[str, Any]] = {
        f"security_info/two_step.html#{state}": {
            **framed,
            "path": "/account/security/two-step",
            "steps": [{"step": one, "is_done": steps.index(one) < at} for one in steps],
            "step": state,
            "number": at + 1,
            "ways": [
                {"kind": kind, "path": f"{_HOME}/add/{kind}"}
                for kind in ("passkey", "push", "totp", "password")
            ],
            "was_tried": state == "spare",
            "may_turn_on": False,
            "spare_path": f"{_HOME}/add/recovery_code",
            "try_action": "/account/security/checkup/second-step",
            "turn_path": f"{_HOME}/two-step",
            "back_path": _HOME,
        }
        for at, state in enumerate(steps)
    }
    spare = found["security_info/two_step.html#spare"]
    found["security_info/two_step.html#enough"] = {**spare, "may_turn_on": True}
    return found


def _adding(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    app = {
        **framed,
        "path": f"{_HOME}/add/totp",
        "kind": "totp",
        "word": "totp",
        "name": "",
        "is_offered": True,
        "refused": None,
        "back_path": _HOME,
    }
    key = {**app, "path": f"{_HOME}/add/passkey", "kind": "passkey", "word": "passkey"}
    chosen = {**app, "path": f"{_HOME}/add/password", "kind": "password", "word": "password"}
    code = {**app, "path": f"{_HOME}/add/recovery_code", "kind": "recovery_code"}
    code["word"] = "recovery_code"
    often = Refused(Reason.TOO_MANY_REQUESTS, retry_at=framed["now"] + timedelta(minutes=30))
    return {
        "security_info/add_method.html#app": app,
        "security_info/add_method.html#app_missing": {
            **app,
            "refused": Refused(Reason.INVALID_INPUT, pointer="/name"),
        },
        "security_info/add_method.html#app_most": {
            **app,
            "name": NAMES[framed["language"]],
            "refused": Refused(Reason.TOO_MANY_METHODS),
        },
        "security_info/add_method.html#passkey": key,
        "security_info/add_method.html#passkey_nowhere": {
            **key,
            "is_offered": False,
            "refused": Refused(Reason.PASSKEYS_NOT_HERE),
        },
        "security_info/add_method.html#password": chosen,
        "security_info/add_method.html#password_change": {**chosen, "word": "password_change"},
        "security_info/add_method.html#recovery": code,
        "security_info/add_method.html#recovery_often": {**code, "refused": often},
    }


def _enrolling(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    title = words.text(framed["language"], "enrol.picture")
    app = {
        **framed,
        "path": f"{_HOME}/enrol",
        "kind": "totp",
        "picture": Markup(totp.draw(_URI, title)),
        "secret": _SECRET,
        "code": "",
        "until": framed["now"] + timedelta(minutes=10),
        "state": "5ea1ed",
        "refused": None,
        "back_path": _HOME,
    }
    code = {**app, "kind": "recovery_code", "picture": "", "secret": "", "code": _CODE}
    over = {"over": Refused(Reason.FLOW_EXPIRED), "most": Refused(Reason.TOO_MANY_METHODS)}
    found = refusals(framed) | over
    off = Refused(Reason.CODE_WRONG, pointer="/code", clock_ahead=-timedelta(minutes=3))
    return {
        "security_info/enrol.html#app": app,
        "security_info/enrol.html#recovery": code,
        "security_info/enrol.html#app_clock": {**app, "refused": off},
        **{
            f"security_info/enrol.html#{kind}_{state}": {**first, "refused": refused}
            for kind, first in (("app", app), ("recovery", code))
            for state, refused in found.items()
        },
    }


def _removing(framed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    cards = _cards(framed)
    app = {**framed, "path": _ONE, "method": cards["app"], "refused": None, "back_path": _HOME}
    app["may_go"] = True
    often = Refused(Reason.TOO_MANY_REQUESTS, retry_at=framed["now"] + timedelta(minutes=30))
    return {
        "security_info/remove_method.html#app": app,
        "security_info/remove_method.html#recovery": {**app, "method": cards["code"]},
        "security_info/remove_method.html#passkey": {**app, "method": cards["key"]},
        "security_info/remove_method.html#password": {**app, "method": cards["password"]},
        "security_info/remove_method.html#password_needed": {
            **app,
            "method": cards["password"],
            "may_go": False,
            "refused": Refused(Reason.PASSWORD_NEEDED),
        },
        "security_info/remove_method.html#often": {**app, "refused": often},
    }


def _seconds(signing_in: dict[str, Any]) -> dict[str, dict[str, Any]]:
    ways = options(signing_in["language"])
    app, tablet, recovery = ways["app"], ways["tablet"], ways["recovery"]
    choosing = {
        **signing_in,
        "path": f"{_SIGN_IN}/code",
        "kind": "",
        "is_first": False,
        "is_reset": False,
        "forgotten_action": f"{_SIGN_IN}/forgotten",
        "name": "taro@example.com",
        "passkey_options": "{}",
        "trust_days": 0,
        "unknown_passkey": "",
        "trusts": False,
        "options": [app, tablet, recovery],
        "refused": None,
        "answer_action": f"{_SIGN_IN}/code",
        "choose_action": f"{_SIGN_IN}/way",
    }
    by_app = {**choosing, "kind": "totp", "options": [app, recovery], "trust_days": 30}
    by_code = {**by_app, "kind": "recovery_code"}
    often = Refused(Reason.TOO_MANY_REQUESTS, retry_at=signing_in["now"] + timedelta(minutes=30))
    kinds = ("email_code", "passkey", "password", "totp", "sms_code", "voice_code", "recovery_code")
    strangers = [{"id": f"opt_{kind}", "kind": kind, "hint": None} for kind in kinds]
    first = {**choosing, "is_first": True, "options": strangers}
    by_password = {**first, "kind": "password"}
    by_passkey = {**first, "kind": "passkey"}
    return {
        "sign_in/more.html#first": first,
        "sign_in/more.html#first_nameless": {**first, "name": "", "options": strangers[1:2]},
        "sign_in/more.html#reset": {**first, "is_reset": True},
        "security_info/password_reset.html#first": {**signing_in, "path": "/sign-in"},
        "sign_in/more.html#password": by_password,
        "sign_in/more.html#passkey": by_passkey,
        **{
            f"sign_in/more.html#{kind}_{state}": {**first_of, "refused": refused}
            for kind, first_of in (("password", by_password), ("passkey", by_passkey))
            for state, refused in refusals(signing_in).items()
        },
        "sign_in/more.html#choose": choosing,
        "sign_in/more.html#choose_often": {**choosing, "refused": often},
        "sign_in/more.html#none": {**choosing, "options": []},
        "sign_in/more.html#app": by_app,
        "sign_in/more.html#app_no_trust": {**by_app, "trust_days": 0},
        "sign_in/more.html#app_ticked": {**by_app, "trusts": True},
        "sign_in/more.html#app_alone": {**by_app, "options": [app]},
        "sign_in/more.html#recovery": by_code,
        **{
            f"sign_in/more.html#{kind}_{state}": {**first, "refused": refused}
            for kind, first in (("app", by_app), ("recovery", by_code))
            for state, refused in refusals(signing_in).items()
        },
    }


def _replaced(framed: dict[str, Any], signing_in: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        "sign_in/new_recovery_code.html#first": {
            **signing_in,
            "path": "/account",
            "code": _CODE,
            "next_path": "/account",
        },
        "security_info/new_recovery_code.html#first": {
            **framed,
            "path": "/account/security",
            "code": _CODE,
            "go_on": f"{_PROVE}/act",
            "what": words.text(framed["language"], "act.methods.remove"),
        },
    }

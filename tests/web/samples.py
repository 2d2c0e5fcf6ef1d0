"""What pages and letters are shown with in tests: plain dicts, one for each state worth seeing.

Keys are `template#state`. Not the shapes that the faces use, only the same fields.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sekisho.ground import words
from sekisho.ground.refusal import Reason, Refused
from tests.web import (
    checkup_samples,
    choice_samples,
    contact_test_samples,
    help_samples,
    method_samples,
    push_samples,
    security_samples,
)

NOW = datetime(2026, 3, 5, 5, 5, 12, tzinfo=UTC)
ZONE = "Asia/Tokyo"
LATER = NOW + timedelta(minutes=30)

DEVICE = {"en": "Chrome on Windows", "ja": "Chrome（Windows）"}
PHONE = {"en": "Safari on iPhone", "ja": "Safari（iPhone）"}
PLACE = {"en": "Japan (estimated)", "ja": "日本（推定）"}
ELSEWHERE = {"en": "Place unknown", "ja": "場所不明"}


def frame(language: str, *, signed_in: bool = False, path: str = "/sign-in") -> dict[str, Any]:
    """Return what every page is given."""
    return {
        "language": language,
        "service_name": "Example",
        "host": "id.example.com",
        "path": path,
        "form_token": "token-of-the-form",
        "theme": "",
        "signed_in": signed_in,
        "zone": ZONE,
        "now": NOW,
    }


def facts(language: str, kind: str) -> dict[str, str]:
    """Return what a letter of this kind tells beside its code and its times."""
    found = {"device": DEVICE[language], "place": PLACE[language]}
    if kind == "step_up":
        found["what"] = words.text(language, "act.contacts.add")
    if kind.startswith("contact_"):
        found["contact"] = "ta*****@example.net"
    if kind == "trust_ended":
        found["browser"] = PHONE[language]
    if kind.startswith("method_"):
        found["kind"] = "totp"
    return found


def pages(language: str) -> dict[str, dict[str, Any]]:
    """Return a context for each state of each page, in words of the language."""
    return {
        **_names(language),
        **_codes(language),
        **_ends(language),
        **_account(language),
        **_activity(language),
        **security_samples.pages(frame(language, signed_in=True)),
        **method_samples.pages(frame(language, signed_in=True), frame(language)),
        **contact_test_samples.pages(frame(language, signed_in=True)),
        **push_samples.pages(frame(language, signed_in=True), frame(language)),
        **checkup_samples.pages(frame(language, signed_in=True)),
        **choice_samples.pages(frame(language, signed_in=True)),
        **help_samples.pages(frame(language, signed_in=True), frame(language)),
        **_problems(language),
        **_inbox(language),
        "ops/problem.html#first": {**frame(language), "reason": Reason.CODE_WRONG},
    }


def _names(language: str) -> dict[str, dict[str, Any]]:
    first = {
        **frame(language),
        "refused": None,
        "name": "",
        "sign_up_open": True,
        "passkey": {"options": "{}", "state": "s", "seconds": 300},
        "unknown_passkey": "",
    }
    often = Refused(Reason.TOO_MANY_REQUESTS, retry_at=LATER)
    return {
        "sign_in/name.html#first": first,
        "sign_in/name.html#closed": {**first, "sign_up_open": False},
        "sign_in/name.html#without_passkeys": {**first, "passkey": {}},
        "sign_in/name.html#missing": {
            **first,
            "refused": Refused(Reason.INVALID_INPUT),
            "name": "taro＠",
        },
        "sign_in/name.html#often": {**first, "refused": often, "name": "taro@example.com"},
    }


def _codes(language: str) -> dict[str, dict[str, Any]]:
    first = {
        **frame(language, path="/sign-in/flw_0k8rz2m4v7q1c"),
        "refused": None,
        "familiar": False,
        "sign_up_open": False,
        "hint": "ta*****@example.com",
        "label": "K7",
        "digits": 6,
        "asked_at": NOW - timedelta(seconds=12),
        "until": NOW + timedelta(minutes=4, seconds=48),
        "resend_at": NOW + timedelta(seconds=18),
        "resends_left": 4,
        "is_over": False,
        "sent_again": False,
        "idle_minutes": 30,
        "ways_path": "/sign-in/flw_0k8rz2m4v7q1c/ways",
        "trust_days": 0,
        "trusts": False,
        "answer_action": "/sign-in/flw_0k8rz2m4v7q1c/code",
        "resend_action": "/sign-in/flw_0k8rz2m4v7q1c/resend",
    }
    refusals = {
        "wrong": Refused(Reason.CODE_WRONG, left=4, label="K7"),
        "wrong_few": Refused(Reason.CODE_WRONG, left=1, label="K7"),
        "earlier": Refused(Reason.CODE_EARLIER, label="K7", sent_at=NOW - timedelta(seconds=12)),
        "missing": Refused(Reason.INVALID_INPUT),
        "too_soon": Refused(Reason.TOO_SOON, retry_at=NOW + timedelta(seconds=18)),
        "often": Refused(Reason.TOO_MANY_REQUESTS, retry_at=LATER),
        "budget": Refused(Reason.TOO_MANY_TRIES, retry_at=LATER),
    }
    ends = {
        "none_left": Refused(Reason.CODE_WRONG, left=0, label="K7"),
        "tries": Refused(Reason.TOO_MANY_TRIES, retry_at=LATER),
        "expired": Refused(Reason.CODE_EXPIRED),
        "used": Refused(Reason.CODE_USED),
    }
    return {
        "sign_in/code.html#first": first,
        "sign_in/code.html#open": {**first, "sign_up_open": True},
        "sign_in/code.html#familiar": {**first, "familiar": True},
        "sign_in/code.html#long": {**first, "digits": 8},
        "sign_in/code.html#second": {**first, "familiar": True, "trust_days": 30},
        "sign_in/code.html#again": {**first, "sent_again": True, "label": "M3", "resends_left": 1},
        "sign_in/code.html#no_more": {**first, "resends_left": 0},
        **{
            f"sign_in/code.html#{state}": {**first, "refused": refused}
            for state, refused in refusals.items()
        },
        **{
            f"sign_in/code.html#{state}": {**first, "refused": refused, "is_over": True}
            for state, refused in ends.items()
        },
        "sign_in/code.html#over_no_more": {
            **first,
            "refused": Refused(Reason.CODE_EXPIRED),
            "is_over": True,
            "resends_left": 0,
        },
    }


def _ends(language: str) -> dict[str, dict[str, Any]]:
    whys = ("refused", "unknown", "expired", "cookies", "used")
    return {
        **{f"sign_in/ended.html#{why}": {**frame(language), "why": why} for why in whys},
        "sign_in/ended.html#signed_in": {**frame(language, signed_in=True), "why": "used"},
        "sign_in/signed_out.html#first": frame(language, path="/sign-out"),
        "sign_in/help.html#first": frame(language, path="/help/code"),
        "sign_in/help.html#signed_in": frame(language, signed_in=True, path="/help/code"),
    }


def _account(language: str) -> dict[str, dict[str, Any]]:
    end_all, remove_all = "/account/devices/end-all", "/account/devices/remove-all"
    home = {
        **frame(language, signed_in=True, path="/account"),
        "name": "taro.yamada@example.com",
        "last_sign_in": {
            "at": NOW - timedelta(days=3),
            "device": PHONE[language],
            "place": PLACE[language],
        },
        "sessions": 2,
        "ways": ["email_code"],
        "asks_contacts": False,
        "asks_second_step": False,
        "contacts": ["ta*****@example.com", "ta*****@example.net"],
        "failing": [],
        "is_confirmed": False,
        "end_all_path": end_all,
    }
    here = {
        "id": "ses_0k8rz2m4v7q1c",
        "device": DEVICE[language],
        "place": PLACE[language],
        "signed_in_at": NOW - timedelta(minutes=2),
        "last_used_at": NOW,
        "current": True,
        "end_action": "/account/devices/ses_0k8rz2m4v7q1c/end",
    }
    there = {
        **here,
        "id": "ses_0k8rz2m4v7q1d",
        "device": PHONE[language],
        "place": ELSEWHERE[language],
        "signed_in_at": NOW - timedelta(days=3),
        "last_used_at": NOW - timedelta(hours=5),
        "current": False,
        "end_action": "/account/devices/ses_0k8rz2m4v7q1d/end",
    }
    trusted = {
        "device": DEVICE[language],
        "place": PLACE[language],
        "first_used_at": NOW - timedelta(days=80),
        "last_used_at": NOW,
        "trusted_until": NOW + timedelta(days=30),
        "sessions": 1,
        "current": True,
        "remove_action": "/account/devices/dev_0k8rz2m4v7q1c/remove",
    }
    known = {
        **trusted,
        "device": PHONE[language],
        "place": ELSEWHERE[language],
        "last_used_at": NOW - timedelta(days=9),
        "trusted_until": None,
        "sessions": 0,
        "current": False,
        "remove_action": "/account/devices/dev_0k8rz2m4v7q1d/remove",
    }
    devices = {
        **frame(language, signed_in=True, path="/account/devices"),
        "sessions": [here, there],
        "browsers": [trusted, known],
        "unused": 0,
        "unused_days": 60,
        "ended": None,
        "removed": None,
        "end_all_path": end_all,
        "remove_all_path": remove_all,
        "older": None,
    }
    asked = {
        **frame(language, signed_in=True, path=remove_all),
        "others": 2,
        "remove_all_path": remove_all,
    }
    removed = {"removed": 2, "ended": 1, "trusted": 1, "kept": True}
    question = {
        **frame(language, signed_in=True, path=end_all),
        "others": 1,
        "phones": 0,
        "end_all_path": end_all,
    }
    receipt = frame(language, signed_in=True, path="/account/devices")
    return {
        "my_account/home.html#first": home,
        "my_account/home.html#new": {**home, "last_sign_in": None, "sessions": 1},
        "my_account/home.html#asked": {**home, "asks_contacts": True, "asks_second_step": True},
        "my_account/home.html#failing": {**home, "failing": ["ta*****@example.net"]},
        "my_account/home.html#confirmed": {**home, "is_confirmed": True},
        "my_account/devices.html#first": devices,
        "my_account/devices.html#ended": {
            **devices,
            "sessions": [here],
            "ended": PHONE[language],
            "older": "/account/devices?after=ses_1",
        },
        "my_account/devices.html#removed": {
            **devices,
            "browsers": [trusted],
            "removed": PHONE[language],
            "unused": 3,
        },
        "my_account/devices.html#unknown": {**devices, "browsers": []},
        "my_account/remove_all.html#first": asked,
        "my_account/remove_all.html#alone": {**asked, "others": 0},
        "my_account/removed_all.html#kept": {**receipt, **removed},
        "my_account/removed_all.html#gone": {
            **frame(language, path="/sign-in"),
            **removed,
            "removed": 0,
            "ended": 0,
            "trusted": 0,
            "kept": False,
        },
        "my_account/end_all.html#first": question,
        "my_account/end_all.html#alone": {**question, "others": 0, "phones": 2},
        "my_account/ended_all.html#kept": {
            **receipt,
            "ended": 3,
            "also": {"trusted_devices": 2, "push_devices": 1},
            "kept": True,
        },
        "my_account/ended_all.html#none": {
            **receipt,
            "ended": 0,
            "also": {"trusted_devices": 0},
            "kept": True,
        },
        "my_account/ended_all.html#gone": {
            **frame(language, path="/sign-in"),
            "ended": 1,
            "also": {"trusted_devices": 1},
            "kept": False,
        },
    }


def _activity(language: str) -> dict[str, dict[str, Any]]:
    signed_in = {
        "id": "evt_0k8rz2m4v7q1c",
        "at": NOW - timedelta(minutes=2),
        "kind": "signed_in",
        "outcome": "passed",
        "device": DEVICE[language],
        "place": PLACE[language],
        "ip": "203.0.113.7",
        "label": None,
        "reasons": [],
    }
    sent = {
        **signed_in,
        "id": "evt_2",
        "kind": "code_asked",
        "outcome": "sent",
        "label": "K7",
        "reasons": [],
    }
    wrong = {**sent, "id": "evt_3", "kind": "code_wrong", "outcome": "refused"}
    bare = {**signed_in, "id": "evt_4", "kind": "account_reopened", "outcome": "done"}
    told = {**signed_in, "id": "evt_5", "kind": "notice_sent", "outcome": "sent"}
    told |= {"reasons": ["new_sign_in"]}
    held = {**wrong, "id": "evt_6", "kind": "code_held_back", "outcome": "held_back"}
    proved = {**signed_in, "id": "evt_7", "kind": "stepped_up", "label": "K7"}
    proved |= {"reasons": ["contacts.add"]}
    entered = {**bare, "id": "evt_8", "kind": "contact_proposed", "outcome": "asked"}
    added = {**bare, "id": "evt_9", "kind": "contact_added"}
    unsent = {**sent, "id": "evt_10", "kind": "push_asked", "outcome": "unsent", "label": None}
    unsent |= {"reasons": ["nobody"]}
    bare |= {"device": None, "place": None, "ip": None, "at": NOW - timedelta(days=1)}
    activity = {
        **frame(language, signed_in=True, path="/account/activity"),
        "days": [
            {"at": NOW, "events": [added, entered, proved, told, signed_in, wrong, held, sent]},
            {"at": NOW - timedelta(days=1), "events": [unsent, bare]},
        ],
        "kept_days": 30,
        "older": "/account/activity?after=evt_4",
        "newest": None,
        "end_all_path": "/account/devices/end-all",
    }
    return {
        "recent_activity/activity.html#first": activity,
        "recent_activity/activity.html#empty": {**activity, "days": [], "older": None},
        "recent_activity/activity.html#older": {
            **activity,
            "older": None,
            "newest": "/account/activity",
        },
    }


def _problems(language: str) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, str]] = {
        "not_found": {},
        "cross_site": {"host": "id.example.com"},
        "too_large": {},
        "wrong_host": {"host": "other.example", "expected": "id.example.com"},
        "unavailable": {},
        "too_many_requests": {"until": "14:35"},
        "broken": {},
        "bad_request": {},
    }
    return {
        f"web/problem.html#{kind}": {
            **frame(language),
            "title_key": f"problem.{kind}.title",
            "text_key": f"problem.{kind}.text",
            "values": wanted,
            "action_key": "frame.back_to_start",
            "action_href": "" if kind == "wrong_host" else "/sign-in",
            "request_id": "req_0k8rz2m4v7q1c" if kind == "broken" else None,
        }
        for kind, wanted in values.items()
    }


def _inbox(language: str) -> dict[str, dict[str, Any]]:
    code = {
        "id": "msg_1",
        "channel": "email",
        "to": "taro@example.com",
        "subject": "482913 is your Example code",
        "text": "482913\n\nThis is your code to sign in to Example.",
        "code": "482913",
        "label": "K7",
        "purpose": "sign_in",
        "at": NOW,
    }
    notice = {**code, "id": "msg_2", "code": None, "label": None, "purpose": "new_sign_in"}
    notice["subject"] = "Exampleに新しいサインインがありました"
    inbox = {
        **frame(language, path="/dev/inbox"),
        "messages": [code, notice],
        "to": "",
        "refreshing": False,
        "refresh_path": "/dev/inbox?refresh=5",
    }
    return {
        "dev/inbox.html#first": inbox,
        "dev/inbox.html#empty": {
            **inbox,
            "messages": [],
            "to": "taro@example.com",
            "refreshing": True,
        },
    }

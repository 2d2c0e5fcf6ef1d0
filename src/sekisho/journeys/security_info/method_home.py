"""The page of all methods, and what was just done with one of them."""

from datetime import timedelta

import msgspec
from msgspec.structs import replace

from sekisho.authenticators import passkey, totp
from sekisho.ground import ids, words
from sekisho.ground.clock import instant
from sekisho.ground.refusal import Refused
from sekisho.journeys.security_info import enrolling, passkeys, passwords, proving_pages, rules
from sekisho.journeys.security_info.enrolling import Listed
from sekisho.journeys.security_info.means import Means
from sekisho.records.methods import Method
from sekisho.records.sessions import Session
from sekisho.web.calls import Call
from sekisho.web.replies import Page

_JSON = msgspec.json.Encoder().encode
HOME = f"{proving_pages.HOME}/methods"
WIZARD = f"{proving_pages.HOME}/two-step"
Signals = tuple[tuple[str, dict[str, object]], ...]


def home(
    means: Means,
    call: Call,
    session: Session,
    told: str | None = None,
    *,
    refused: Refused | None = None,
    signals: Signals = (),
) -> Page:
    """Show the account's methods, what else can be added, and two-step verification."""
    found = means.db.read(lambda work: enrolling.listed(work, session))
    context = {
        "signed_in": True,
        "path": HOME,
        "methods": [card(one, found.passkeys.get(one.id)) for one in found.methods],
        "ways": ways(means, call, found),
        "two_step": found.two_step,
        "wizard_path": WIZARD,
        "goes_on": False,
        "told": told,
        "refused": refused,
        "turn_path": f"{HOME}/two-step",
        "signals": [(name, _JSON(details).decode()) for name, details in signals],
    }
    return Page("security_info/methods.html", context, refused=refused)


def told(means: Means, call: Call, session: Session, key: str, method: Method) -> Page:
    """Say what was done with a method; password managers hear of passkeys too."""
    language, policy = call.visitor.language, means.policy
    name = method.name or words.text(language, f"way.{method.kind}")
    is_passkey = method.kind == passkeys.KIND
    signals = passkeys.signals(means.db, policy, call.visitor, session) if is_passkey else ()
    said = words.text(language, key, name=name)
    page = home(means, call, session, said, signals=signals)
    goes_on = key == "methods.was_added" and not page.context["two_step"]
    return replace(page, context={**page.context, "goes_on": goes_on})


def card(found: Method, known: passkey.Passkey | None) -> dict[str, object]:
    """Return a method as its card shows it."""
    path = f"{HOME}/{ids.show('mtd', found.id)}"
    ahead = totp.clock_ahead(found) if found.kind == totp.KIND else timedelta(0)
    return {
        "kind": found.kind,
        "name": found.name,
        "added_at": found.confirmed_at or found.created_at,
        "last_used_at": found.last_used_at,
        "passkey": _passkey(known) if known else None,
        "clock_ahead": int(ahead.total_seconds()),
        "rename_path": f"{path}/rename" if found.kind in rules.NAMED else "",
        "change_path": f"{HOME}/add/{found.kind}" if found.kind == passwords.KIND else "",
        "remove_path": f"{path}/remove",
    }


def ways(means: Means, call: Call, found: Listed) -> list[dict[str, str]]:
    """Return what can be added, the best first; a password is changed at its card."""
    has_password = any(one.kind == passwords.KIND for one in found.methods)
    has_passkeys = means.policy.parties.at(call.visitor.service_origin) is not None
    is_offered = {passkeys.KIND: has_passkeys, passwords.KIND: not has_password}
    return [
        {"kind": kind, "path": f"{HOME}/add/{kind}"}
        for kind in rules.METHODS
        if is_offered.get(kind, True)
    ]


def _passkey(known: passkey.Passkey) -> dict[str, object]:
    return {
        "provider": passkey.provider_of(known.aaguid),
        "is_synced": known.is_synced,
        "is_two_factors": known.is_two_factors,
        "needs_name": not known.can_sign_in_alone,
        "regressed_at": instant(known.regressed_at) if known.regressed_at else None,
    }

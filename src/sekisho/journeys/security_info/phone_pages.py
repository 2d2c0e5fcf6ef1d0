"""The page that takes a new phone number: its country, its digits, how its code shall come."""

from collections.abc import Mapping
from functools import partial

from sekisho.ground import phones
from sekisho.ground.db import Database
from sekisho.ground.refusal import Refused
from sekisho.journeys.security_info import proving_pages, rules
from sekisho.journeys.security_info.rules import Policy
from sekisho.records.contacts import PHONE
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Reply
from sekisho.web.routing import Route

PATH = f"{proving_pages.HOME}/add-phone"
_NUMBER_SIGNS = 60
_NOTHING: Mapping[str, str] = {}


def routes(db: Database, policy: Policy) -> tuple[Route, ...]:
    """Return the ways in; there are none where nothing reaches phones."""
    if not policy.contacts.channels:
        return ()
    inside = partial(guard.for_pages, db, policy.sessions)
    return (
        Route("GET", PATH, inside(partial(show_add_phone, policy))),
        Route("POST", PATH, inside(partial(post_add_phone, db, policy))),
    )


def show_add_phone(policy: Policy, call: Call, session: Session) -> Reply:
    """Ask for the new number."""
    del session
    return page(policy, call, _NOTHING, None)


def post_add_phone(db: Database, policy: Policy, call: Call, session: Session) -> Reply:
    """Begin the step-up that adding a phone needs."""
    parameters = {
        "kind": PHONE,
        "address": call.form.get("address", "")[:_NUMBER_SIGNS],
        "country": call.form.get("country", "")[:2],
    }
    if call.form.get("channel") == "voice":
        parameters["channel"] = "voice"
    begun = proving_pages.begin(db, policy, call, session, rules.ADD, parameters)
    return page(policy, call, parameters, begun) if isinstance(begun, Refused) else begun


def page(policy: Policy, call: Call, given: Mapping[str, str], refused: Refused | None) -> Page:
    """Return the page, with what was typed as it was typed."""
    language, phone = call.visitor.language, policy.contacts
    home = phones.home(language, None, phone.country)
    context = {
        "signed_in": True,
        "path": PATH,
        "address": given.get("address", ""),
        "country": given.get("country") or (home if home in phone.countries else phone.country),
        "countries": phones.countries(language, phone.countries),
        "channel": given.get("channel", "sms"),
        "may_choose": len(phone.channels) > 1,
        "is_call": "sms" not in phone.channels,
        "refused": refused,
        "back_path": proving_pages.HOME,
    }
    return Page("security_info/add_phone.html", context, refused=refused)

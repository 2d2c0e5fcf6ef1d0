"""When an owner is asked about contacts and second step, and how a contact is (spec P7)."""

from datetime import UTC, datetime, timedelta

import pytest

from sekisho.records.checkups import rules
from sekisho.records.checkups.rules import Facts, Health, Policy, Step
from sekisho.records.contacts import rules as contacts
from sekisho.records.methods import rules as methods
from sekisho.records.sessions import rules as sessions

pytestmark = pytest.mark.spec("P7")
NOW = datetime(2026, 3, 5, 5, 5, tzinfo=UTC)
POLICY = Policy()


def ago(days):
    return NOW - timedelta(days=days)


def contact(verified=200, removed=None):
    return contacts.Found(
        id=1,
        account=1,
        sealed=b"",
        blind=b"",
        state=contacts.State.REMOVED if removed is not None else contacts.State.VERIFIED,
        is_name=True,
        flow=1,
        added_at=ago(verified),
        verified_at=ago(verified),
        removed_at=None if removed is None else ago(removed),
    )


def method(kind="totp", used=None, state=methods.State.ACTIVE):
    return methods.Method(
        id=1,
        account=1,
        kind=kind,
        name="",
        state=state,
        sealed=b"",
        public=None,
        counter=0,
        failures=0,
        created_at=ago(300),
        last_used_at=None if used is None else ago(used),
    )


def session(made, *kinds):
    return sessions.Session(
        id=1,
        account=1,
        methods=kinds,
        device="",
        country=None,
        created_at=ago(made),
        last_used_at=NOW,
        ends_at=NOW,
    )


def facts(**known):
    return Facts(
        **{
            "made_at": ago(300),
            "contacts": [contact()],
            "methods": [],
            "sessions": [],
            "two_step_since": None,
            "contacts_at": None,
            "second_step_at": None,
            **known,
        }
    )


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param({}, ago(110), id="since a contact was proved"),
        pytest.param({"contacts": []}, ago(210), id="since the account was made"),
        pytest.param({"contacts_at": ago(10)}, ago(-80), id="since the owner answered"),
        pytest.param({"contacts_at": ago(290)}, ago(110), id="an older answer counts no more"),
        pytest.param({"contacts": [contact(), contact(30)]}, ago(-60), id="since one was added"),
        pytest.param(
            {"contacts": [contact(), contact(250, removed=5)]}, ago(-85), id="since one was removed"
        ),
    ],
)
def test_contacts_are_asked_about_three_months_after_they_last_changed(known, expected):
    assert expected == rules.contacts_due_at(facts(**known), POLICY)


@pytest.mark.parametrize(
    ("known", "is_asked"),
    [
        pytest.param({}, True, id="never used"),
        pytest.param({"methods": [method(used=60)]}, True, id="used before it was on"),
        pytest.param({"methods": [method(used=5)]}, False, id="used since"),
        pytest.param({"methods": [method("password", 5)]}, True, id="a password is no second step"),
        pytest.param({"methods": [method("recovery_code", 5)]}, True, id="nor is the way out"),
        pytest.param(
            {"methods": [method(used=5, state=methods.State.REMOVED)]}, True, id="used and removed"
        ),
        pytest.param({"second_step_at": ago(3)}, False, id="tried"),
        pytest.param({"second_step_at": ago(50)}, True, id="tried before it was on"),
        pytest.param({"sessions": [session(5, "email_code", "sms_code")]}, False, id="by a text"),
        pytest.param({"sessions": [session(5, "email_code")]}, True, id="a trusted browser"),
        pytest.param({"two_step_since": None}, False, id="off"),
    ],
)
def test_a_second_step_is_asked_about_unless_it_was_used_since(known, is_asked):
    due = rules.second_step_due_at(facts(**{"two_step_since": ago(40), **known}), POLICY)
    assert (ago(12) if is_asked else None) == due


@pytest.mark.parametrize(
    ("verified", "failed", "answered", "expected"),
    [
        pytest.param(200, None, None, Health.OK, id="fine"),
        pytest.param(200, 5, None, Health.FAILING, id="came back"),
        pytest.param(200, 250, None, Health.OK, id="came back before it was proved"),
        pytest.param(400, None, None, Health.STALE, id="proved long ago"),
        pytest.param(400, None, 20, Health.OK, id="confirmed since"),
        pytest.param(400, 5, 2, Health.FAILING, id="a word does not make it arrive"),
        pytest.param(365, None, None, Health.STALE, id="a year to the day"),
    ],
)
def test_how_a_contact_is(verified, failed, answered, expected):
    known = facts(contacts_at=None if answered is None else ago(answered))
    failed_at = None if failed is None else ago(failed)
    assert expected == rules.health(contact(verified), failed_at, known, POLICY, NOW)


def test_the_checklist_has_a_second_step_only_where_there_is_one():
    off = rules.steps(facts(), (), None, NOW, POLICY)
    assert Step.SECOND_STEP not in dict(off)
    on = dict(rules.steps(facts(two_step_since=ago(40)), (), ago(12), NOW, POLICY))
    assert (True, False) == (on[Step.TWO_STEP], on[Step.SECOND_STEP])

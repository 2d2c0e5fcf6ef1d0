"""API.md word for word: flows, sessions and events of a real service with real mail."""

import re
from datetime import datetime, timedelta

import pytest

from tests.support import calling
from tests.support.calling import ask, bearer, begin
from tests.support.running import awaited, text_of

WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
TOKEN = re.compile(r"[!-~]{32,}")


def at(text):
    assert INSTANT.fullmatch(text), text
    return datetime.fromisoformat(text)


def minutes(begun, ended):
    return round((at(ended) - at(begun)) / timedelta(minutes=1))


@pytest.fixture
def passed(caller, mailbox, address):
    """Somebody who has just signed up; the answer, and the flow that it ended."""
    flow = ask(caller, address)
    answer = flow.answer(mailbox.code(address, flow.challenge["label"]))
    assert answer.status == 200, answer.text
    return answer


@pytest.mark.spec("C1", "C2", "C8", "C10")
def test_a_flow_begins_and_asks_as_the_contract_shows(caller, address):
    begun = caller.post(
        "/api/v1/flows", {"purpose": "sign_in", "name": "taro@example.com", "locale": "ja"}
    )
    assert 201 == begun.status
    flow = begun.json
    assert {"id", "secret", "purpose", "state", "expires_at", "options"} == set(flow)
    assert ("sign_in", "open") == (flow["purpose"], flow["state"])
    assert flow["id"].startswith("flw_")
    assert TOKEN.fullmatch(flow["secret"])
    option, *others = flow["options"]
    assert all({"id", "kind", "hint"} == set(one) for one in flow["options"])
    assert {None} == {one["hint"] for one in others}
    assert option["id"].startswith("opt_")
    assert ("email_code", "ta*****@example.com") == (option["kind"], option["hint"])

    asked = calling.Flow(caller, flow).ask()
    assert 201 == asked.status
    challenge = asked.json
    assert {"id", "kind", "label", "digits", "expires_at", "resend_at", "resends_left"} == set(
        challenge
    )
    assert challenge["id"].startswith("chl_")
    assert ("email_code", 6, 4) == (
        challenge["kind"],
        challenge["digits"],
        challenge["resends_left"],
    )
    assert re.fullmatch("[A-Z][0-9]", challenge["label"])
    assert 5 == minutes(challenge["resend_at"], challenge["expires_at"])


@pytest.mark.spec("C3", "C7", "S3")
def test_a_right_answer_gives_a_session_and_a_device(caller, mailbox, address):
    flow = ask(caller, address, locale="ja")
    letter = mailbox.letter(address, flow.challenge["label"])
    code = mailbox.code(address, flow.challenge["label"])
    assert code in text_of(letter)

    answer = flow.answer(f"{code[:3]} {code[3:]}".translate(WIDE_DIGITS))

    assert 200 == answer.status, answer.text
    passed = answer.json
    assert {"id", "state", "account", "session", "device"} == set(passed)
    assert (flow.begun["id"], "passed") == (passed["id"], passed["state"])
    assert {"id"} == set(passed["account"])
    assert passed["account"]["id"].startswith("acc_")
    assert {"id", "token", "expires_at"} == set(passed["session"])
    assert passed["session"]["id"].startswith("ses_")
    assert {"token"} == set(passed["device"])
    assert 24 * 60 == round(minutes(flow.challenge["resend_at"], passed["session"]["expires_at"]))
    again = flow.answer(code)
    assert (409, "code_used") == (again.status, again.code)
    assert "passed" == flow.look().json["state"]


def test_a_flow_shows_its_state_and_its_challenge(caller, address):
    flow = begin(caller, address)
    seen = flow.look()
    assert 200 == seen.status
    assert {"id", "purpose", "state", "expires_at", "options", "challenge"} == set(seen.json)
    assert seen.json["challenge"] is None
    assert flow.begun["options"] == seen.json["options"]
    flow.ask()
    assert flow.challenge == flow.look().json["challenge"]
    assert flow.challenge["id"] not in str(flow.begun)


@pytest.mark.spec("S1")
def test_a_session_is_looked_at_listed_and_ended(caller, passed, mailbox, address):
    own = bearer(passed)
    seen = caller.get("/api/v1/session", own)
    assert 200 == seen.status
    session = seen.json
    assert {"id", "account", "methods", "acr", "authenticated_at", "expires_at"} == set(session)
    assert passed.json["session"]["id"] == session["id"]
    assert passed.json["account"] == session["account"]
    assert (["email_code"], "urn:sekisho:acr:email") == (session["methods"], session["acr"])
    assert 24 * 60 == minutes(session["authenticated_at"], session["expires_at"])

    listed = caller.get("/api/v1/sessions", own).json
    assert {"data", "next"} == set(listed)
    (only,) = listed["data"]
    assert {"id", "device", "place", "created_at", "last_used_at", "current"} == set(only)
    assert (session["id"], True, "Chrome on Windows") == (
        only["id"],
        only["current"],
        only["device"],
    )
    assert {"country", "text"} == set(only["place"])
    at(only["created_at"])
    at(only["last_used_at"])

    ended = caller.delete("/api/v1/session", own)
    assert (204, b"") == (ended.status, ended.body)
    over = caller.get("/api/v1/session", own)
    assert (401, "not_signed_in") == (over.status, over.code)


@pytest.mark.spec("S1")
@pytest.mark.attack("106")
def test_one_session_ends_another_of_its_own_and_no_other(caller, passed, mailbox, address):
    other_flow = ask(caller, address)
    other = other_flow.answer(mailbox.code(address, other_flow.challenge["label"]))
    stranger_flow = ask(caller, f"other-{address}")
    stranger = stranger_flow.answer(
        mailbox.code(f"other-{address}", stranger_flow.challenge["label"])
    )
    path = f"/api/v1/sessions/{other.json['session']['id']}"

    refused = caller.delete(path, bearer(stranger))
    assert (404, "not_found") == (refused.status, refused.code)
    assert 200 == caller.get("/api/v1/session", bearer(other)).status
    assert 204 == caller.delete(path, bearer(passed)).status
    assert 401 == caller.get("/api/v1/session", bearer(other)).status

    third_flow = ask(caller, address)
    third = third_flow.answer(mailbox.code(address, third_flow.challenge["label"]))
    ended = caller.post("/api/v1/sessions/end_all", {"keep_current": True}, bearer(passed))
    assert (200, {"ended": 1}) == (ended.status, ended.json)
    assert 401 == caller.get("/api/v1/session", bearer(third)).status
    assert 200 == caller.get("/api/v1/session", bearer(passed)).status
    caller.post("/api/v1/sessions/end_all", {"keep_current": False}, bearer(passed))
    assert 401 == caller.get("/api/v1/session", bearer(passed)).status


@pytest.mark.spec("A1")
def test_events_tell_the_owner_what_happened_page_by_page(caller, passed):
    own = bearer(passed)
    first = caller.get("/api/v1/events?limit=1", own)
    assert 200 == first.status
    assert {"data", "next"} == set(first.json)
    (newest,) = first.json["data"]
    assert {
        "id",
        "at",
        "kind",
        "outcome",
        "label",
        "ip",
        "place",
        "network",
        "device",
        "app",
        "reasons",
    } == set(newest)
    assert newest["id"].startswith("evt_")
    assert {"country", "text"} == set(newest["place"])
    at(newest["at"])

    rest = caller.get(f"/api/v1/events?limit=50&after={first.json['next']}", own).json
    kinds = [newest["kind"], *(event["kind"] for event in rest["data"])]
    assert {"signed_in", "account_created"} <= set(kinds)
    assert rest["next"] is None
    assert 422 == caller.get("/api/v1/events?limit=0", own).status
    assert 401 == caller.get("/api/v1/events").status


@pytest.mark.spec("N1")
def test_a_device_makes_the_caller_familiar_and_a_stranger_is_told_of(
    caller, passed, mailbox, address
):
    device = {"Sekisho-Device": passed.json["device"]["token"]}
    familiar = begin(caller, address)
    familiar.ask(device)
    code = mailbox.code(address, familiar.challenge["label"])
    assert 200 == familiar.answer(code, device).status

    strange = ask(caller, address)
    answer = strange.answer(mailbox.code(address, strange.challenge["label"]))
    assert 200 == answer.status

    awaited(lambda: mailbox.notices(address))
    kinds = caller.get("/api/v1/events", bearer(answer)).json["data"]
    signed = [event["reasons"] for event in kinds if event["kind"] == "signed_in"]
    assert 3 == len(signed)
    assert [["new_device"], []] == signed[:2]
    assert 1 == len(mailbox.notices(address))


def test_a_phone_number_is_a_name_too_and_its_option_is_a_text(caller):
    """Nobody signs in by one yet: the answers are those to any unknown name."""
    flow = begin(caller, "＋８１ 90-1234-5678")
    typed = flow.begun["options"][0]
    assert ("sms_code", "******78") == (typed["kind"], typed["hint"])
    asked = flow.ask()
    assert (201, "sms_code", 6) == (asked.status, asked.json["kind"], asked.json["digits"])
    assert "code_wrong" == flow.answer("000000").code

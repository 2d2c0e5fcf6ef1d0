"""API.md word for word: every refusal of a real service, with its status, fields and headers."""

import time
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.support.calling import ask, bearer, begin, wrong

ALWAYS = {"type", "title", "status", "detail", "code", "request_id", "user_message"}


def refused(answer, status, code, *more):
    """Check that an answer is this refusal, whole, and return its fields."""
    assert (status, code) == (answer.status, answer.code), answer.text
    assert ALWAYS | set(more) == set(answer.json)
    assert (status, code) == (answer.json["status"], answer.json["code"])
    assert answer.json["type"].endswith(f"/problems/{code}")
    assert answer.json["request_id"].startswith("req_")
    return answer.json


def holds_off(answer):
    """Check that a 429 says when to come again, and return in how many seconds."""
    seconds = int(answer.header("Retry-After"))
    again_at = datetime.fromisoformat(answer.json["retry_at"])
    wait = again_at - parsedate_to_datetime(answer.header("Date"))
    assert abs(wait - timedelta(seconds=seconds)) <= timedelta(seconds=3)
    return seconds


@pytest.mark.spec("C6")
@pytest.mark.attack("001")
def test_five_wrong_answers_and_then_nothing_is_compared(caller, mailbox, address):
    flow = ask(caller, address)
    code = mailbox.code(address, flow.challenge["label"])
    first = flow.answer(wrong(code, 1))
    refused(first, 401, "code_wrong")
    for nth, left in ((2, 3), (3, 2), (4, 1), (5, 0)):
        fields = refused(flow.answer(wrong(code, nth)), 401, "code_wrong", "left")
        assert left == fields["left"]
    late = flow.answer(code)
    refused(late, 429, "too_many_tries", "retry_at")
    holds_off(late)


@pytest.mark.spec("C4", "C10")
@pytest.mark.attack("006")
def test_asking_again_waits_and_voids_the_earlier_code(caller, mailbox, address):
    flow = ask(caller, address)
    first = dict(flow.challenge)
    early = flow.ask()
    refused(early, 429, "too_soon", "retry_at")
    assert 1 == holds_off(early)
    code = mailbox.code(address, first["label"])
    time.sleep(
        1.1
    )  # as long as this service's first pause: the clock of a real one stands in no hand
    assert 201 == flow.ask().status
    assert first["label"] != flow.challenge["label"]
    assert 3 == flow.challenge["resends_left"]

    fields = refused(flow.answer(code), 401, "code_earlier", "label", "sent_at")
    assert flow.challenge["label"] == fields["label"]
    datetime.fromisoformat(fields["sent_at"])
    refused(flow.ask(), 429, "too_soon", "retry_at")
    newest = mailbox.code(address, flow.challenge["label"])
    answer = flow.answer(newest)
    assert 200 == answer.status


@pytest.mark.spec("F1")
def test_the_hour_of_a_source_is_limited_and_no_other_source(service, caller, address):
    flows = [begin(caller, f"{number}-{address}") for number in range(21)]
    answers = [flow.ask() for flow in flows]
    assert [201] * 20 == [answer.status for answer in answers[:20]]
    refused(answers[20], 429, "too_many_requests", "retry_at")
    assert 0 < holds_off(answers[20]) <= 7200
    elsewhere = service.caller.with_headers(X_Forwarded_For="198.51.100.99")
    assert 201 == begin(elsewhere, address).ask().status


@pytest.mark.spec("C5")
def test_a_flow_answers_only_to_its_secret(caller, address):
    flow = ask(caller, address)
    other = ask(caller, f"other-{address}")
    for secret in ({}, {"Sekisho-Flow": "guess"}, other.secret):
        refused(caller.get(flow.path, secret), 404, "flow_unknown")
        option = {"option": flow.begun["options"][0]["id"]}
        refused(caller.post(f"{flow.path}/challenges", option, secret), 404, "flow_unknown")
        path = f"{flow.path}/challenges/{flow.challenge['id']}/answer"
        refused(caller.post(path, {"code": "000000"}, secret), 404, "flow_unknown")
    path = flow.path[:-1] + ("x" if flow.path[-1] != "x" else "y")
    refused(caller.get(path, flow.secret), 404, "flow_unknown")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half a JSON"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"purpose":"sign_in"}', id="no name"),
        pytest.param(b'{"purpose":"sign_in","name":["a@example.org"]}', id="a list of names"),
        pytest.param(b'{"purpose":"sign_in","name":"a@example.org","cc":"b@example.org"}', id="cc"),
        pytest.param(b'{"purpose":"sign_in","name":"nobody"}', id="no address"),
        pytest.param(b'{"purpose":"sign_in","name":"a@example.org,b@example.org"}', id="two"),
        pytest.param(b'{"purpose":"reset","name":"a@example.org"}', id="no such purpose"),
        pytest.param(b'{"purpose":"sign_in","name":"\xff\xfe@example.org"}', id="no text"),
    ],
)
@pytest.mark.attack("013", "062")
def test_a_body_of_another_shape_begins_no_flow(caller, body):
    answer = caller.post("/api/v1/flows", body)
    fields = refused(answer, 422, "invalid_input", "errors")
    assert {"pointer", "code", "detail"} == set(fields["errors"][0])


@pytest.mark.attack("013")
def test_what_is_no_code_is_charged_where_a_code_field_stands_and_only_there(
    caller, mailbox, address
):
    flow = ask(caller, address)
    code = mailbox.code(address, flow.challenge["label"])
    path = f"{flow.path}/challenges/{flow.challenge['id']}/answer"
    for body in (b"", b"[]", b"{}", b'{"password":"x"}', b'{"code":'):
        answer = caller.post(path, body, flow.secret)
        refused(answer, 422, "invalid_input", "errors")
    lefts = []
    for body in ({"code": [code]}, {"code": None}, {"code": code, "more": 1}, {"code": 123456}):
        answer = caller.post(path, body, flow.secret)
        assert (422, "invalid_input") == (answer.status, answer.code)
        lefts.append(answer.json.get("left"))
    refused(flow.answer("no digits"), 422, "invalid_input", "errors", "left")
    assert [3, 2, 1] == lefts[1:]
    refused(flow.answer(code), 429, "too_many_tries", "retry_at")


def test_what_is_not_offered_and_not_there_is_refused(caller, passed_session, address):
    flow = begin(caller, address)
    refused(
        caller.post(f"{flow.path}/challenges", {"option": "opt_other"}, flow.secret),
        422,
        "option_unknown",
        "errors",
    )
    refused(caller.get("/api/v1/nothing"), 404, "not_found")
    for path in ("ses_0", "acc_1", "ses_zzzzzzzzzzzzzzzzzzzzzzzzzz", "%00", "..%2f"):
        refused(caller.delete(f"/api/v1/sessions/{path}", passed_session), 404, "not_found")
    bad = {"Authorization": "Bearer ses_guess"}
    for method, path in (
        ("GET", "session"),
        ("DELETE", "session"),
        ("GET", "sessions"),
        ("GET", "events"),
        ("POST", "sessions/end_all"),
    ):
        refused(caller.send(method, f"/api/v1/{path}"), 401, "not_signed_in")
        refused(caller.send(method, f"/api/v1/{path}", None, bad), 401, "not_signed_in")


@pytest.fixture
def passed_session(caller, mailbox, address):
    flow = ask(caller, f"owner-{address}")
    return bearer(flow.answer(mailbox.code(f"owner-{address}", flow.challenge["label"])))


@pytest.mark.attack("095")
def test_a_cookie_alone_changes_nothing(caller, passed_session):
    token = passed_session["Authorization"].removeprefix("Bearer ")
    cookie = {"Cookie": f"sekisho_session={token}", "Origin": "https://evil.example"}
    assert 200 == caller.get("/api/v1/session", cookie).status
    for method, path in (("DELETE", "session"), ("POST", "sessions/end_all")):
        refused(caller.send(method, f"/api/v1/{path}", None, cookie), 403, "cross_site")
        plain = {"Cookie": cookie["Cookie"]}
        refused(caller.send(method, f"/api/v1/{path}", None, plain), 403, "cross_site")
    assert 200 == caller.get("/api/v1/session", cookie).status


@pytest.mark.attack("093")
def test_another_host_is_refused_but_for_health(service, caller):
    for host in ("evil.example", "localhost", f"127.0.0.1.evil.example:{1}", ""):
        answer = caller.get("/api/v1/session", {"Host": host})
        refused(answer, 421, "wrong_host")
        assert 421 == caller.get("/sign-in", {"Host": host}).status
        assert 200 == caller.get("/livez", {"Host": host}).status
        assert 200 == caller.get("/readyz", {"Host": host}).status


def test_a_refusal_speaks_the_callers_language(caller, address):
    japanese = caller.with_headers(Accept_Language="ja").get("/api/v1/session").json
    english = caller.with_headers(Accept_Language="en").get("/api/v1/session").json
    assert english["user_message"].isascii()
    assert not japanese["user_message"].isascii()
    assert english["detail"] == japanese["detail"]

"""Signing in as API.md says it, field by field."""

import json
import re
from datetime import datetime, timedelta

import pytest

from tests.support.people import begin, wrong

ADDRESS = "asha@example.org"
NOBODY = "nobody@example.org"


def at(text):
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


# --- beginning ---


def test_a_flow_begins_with_every_field_of_the_contract(house, clock):
    answer = begin(house.api, "taro@example.com", locale="ja").begun
    flow = answer.json
    assert {"id", "secret", "purpose", "state", "expires_at", "options"} == set(flow)
    assert ("sign_in", "open") == (flow["purpose"], flow["state"])
    assert re.fullmatch(r"flw_[0-9a-z]{13}", flow["id"])
    assert clock.now() + timedelta(minutes=30) == at(flow["expires_at"])
    option, *others = flow["options"]
    assert all({"id", "kind", "hint"} == set(one) for one in flow["options"])
    assert {None} == {one["hint"] for one in others}
    assert ("email_code", "ta*****@example.com") == (option["kind"], option["hint"])
    assert re.fullmatch(r"opt_[0-9a-z]{13}", option["id"])


def test_the_secret_is_given_once(house, asha):
    attempt = asha.asks_for_a_code()
    seen = attempt.look()
    assert attempt.secret not in seen.text
    assert attempt.secret not in asha.types(house.inbox.code()).text


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param({"purpose": "sign_in", "name": "no address"}, "/name", id="no address"),
        pytest.param({"purpose": "sign_in", "name": ""}, "/name", id="nothing"),
        pytest.param({"purpose": "sign_in", "name": "a@b"}, "/name", id="no dot"),
        pytest.param(
            {"purpose": "sign_in", "name": "a@example.org,b@example.org"}, "/name", id="two"
        ),
        pytest.param({"purpose": "sign_in", "name": 5}, "/name", id="number"),
        pytest.param({"purpose": "sign_in", "name": ["a@example.org"]}, "/name", id="array"),
        pytest.param({"purpose": "sign_in"}, "/name", id="name is missing"),
        pytest.param({"purpose": "reset", "name": ADDRESS}, "/purpose", id="unknown purpose"),
        pytest.param({"purpose": "sign_in", "name": ADDRESS, "aal": 2}, "", id="unknown field"),
        pytest.param(["sign_in"], "", id="a list"),
    ],
)
def test_a_flow_of_another_shape_is_invalid_input(house, body, pointer):
    answer = house.api.post("/api/v1/flows", body)
    assert (422, "invalid_input") == (answer.status, answer.code)
    assert pointer == answer.json["errors"][0]["pointer"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"name": "\xff"}', b"null", b'"x"'])
def test_a_body_that_is_no_json_object_is_invalid_input(house, body):
    answer = house.api.send("POST", "/api/v1/flows", body)
    assert (422, "invalid_input") == (answer.status, answer.code)


def test_a_phone_number_gets_an_answer_of_the_same_shape(house):
    by_phone, by_mail = (
        begin(house.api, name).begun.json["options"] for name in ("090-1234-5678", ADDRESS)
    )
    assert [set(one) for one in by_mail] == [set(one) for one in by_phone]


# --- looking ---


def test_a_flow_shows_itself_to_its_holder(house, asha, clock):
    attempt = asha.asks_for_a_code()
    seen = attempt.look().json
    assert {"id", "purpose", "state", "expires_at", "options", "challenge"} == set(seen)
    assert attempt.begun.json["options"] == seen["options"]
    assert attempt.asked[0].json == seen["challenge"]
    assert (attempt.id, "open") == (seen["id"], seen["state"])


def test_a_flow_that_nobody_asked_a_code_for_has_no_challenge(house):
    assert begin(house.api, ADDRESS).look().json["challenge"] is None


@pytest.mark.parametrize(
    ("minutes", "state"),
    [pytest.param(29.9, "open", id="in time"), pytest.param(30, "expired", id="half an hour")],
)
def test_a_flow_expires_after_thirty_idle_minutes(house, asha, clock, minutes, state):
    attempt = asha.asks_for_a_code()
    clock.move(minutes=minutes)
    assert state == attempt.look().json["state"]


def test_a_flow_lives_sixty_minutes_at_most(house, asha, clock):
    attempt = asha.asks_for_a_code()
    for _ in range(2):
        clock.move(minutes=28)
        attempt.ask()
    clock.move(minutes=3.9)
    assert "open" == attempt.look().json["state"]
    clock.move(seconds=6)
    assert "expired" == attempt.look().json["state"]
    assert "flow_expired" == attempt.ask().code


def test_a_flow_that_passed_says_so(house, asha):
    asha.signs_in()
    assert "passed" == asha.attempt.look().json["state"]


@pytest.mark.parametrize("secret", ["", "wrong", "é", "A" * 3000])
def test_without_its_secret_a_flow_is_unknown(house, asha, secret):
    attempt = asha.asks_for_a_code()
    attempt.secret = secret
    tried = [attempt.look(), attempt.ask(), attempt.type("123456")]
    assert [(404, "flow_unknown")] * 3 == [(one.status, one.code) for one in tried]


def test_the_secret_of_another_flow_opens_nothing(house, asha):
    """Attack 010: the secret binds the flow, not its id."""
    mine, other = asha.asks_for_a_code(), begin(house.api, NOBODY)
    mine.secret = other.secret
    assert "flow_unknown" == mine.type(house.inbox.code()).code


# --- asking ---


@pytest.mark.spec("C2", "C8")
def test_a_challenge_has_every_field_of_the_contract(house, asha, clock):
    challenge = asha.asks_for_a_code().asked[0].json
    assert {
        "id",
        "kind",
        "label",
        "digits",
        "expires_at",
        "resend_at",
        "resends_left",
    } == set(challenge)
    assert ("email_code", 6, 4) == tuple(challenge[x] for x in ("kind", "digits", "resends_left"))
    assert re.fullmatch(r"chl_[0-9a-z]{13}", challenge["id"])
    assert re.fullmatch(r"[A-Z][2-9]", challenge["label"])
    assert clock.now() + timedelta(minutes=5) == at(challenge["expires_at"])
    assert clock.now() + timedelta(seconds=30) == at(challenge["resend_at"])


def test_an_option_of_another_flow_is_unknown(house, asha):
    first, second = asha.begins(), asha.begins()
    first.option = second.option
    answer = first.ask()
    assert (422, "option_unknown") == (answer.status, answer.code)


@pytest.mark.parametrize(
    "body", [{}, {"option": 5}, {"option": ["x"]}, {"option": "x", "to": "evil@example.net"}, []]
)
def test_asking_in_another_shape_is_invalid_input(house, asha, body):
    attempt = asha.begins()
    answer = house.api.post(f"{attempt.path}/challenges", body, attempt.headers)
    assert (422, "invalid_input") == (answer.status, answer.code)
    assert [] == house.inbox.all()


@pytest.mark.spec("C10")
def test_asking_again_too_soon_says_when(house, asha, clock):
    attempt = asha.asks_for_a_code()
    clock.move(seconds=29)
    answer = attempt.ask()
    assert (429, "too_soon", "1") == (answer.status, answer.code, answer.header("Retry-After"))
    assert attempt.asked[0].json["resend_at"] == answer.json["retry_at"]
    clock.move(seconds=1)
    assert 201 == attempt.ask().status


@pytest.mark.spec("C10")
def test_pauses_grow_and_five_codes_end_a_flow(house, asha, clock):
    attempt = asha.asks_for_a_code()
    pauses = []
    for _ in range(4):
        pause = at(attempt.asked[-1].json["resend_at"]) - clock.now()
        pauses.append(pause.total_seconds())
        clock.move(seconds=pause.total_seconds())
        attempt.ask()
    assert [30, 60, 120, 300] == pauses
    assert [4, 3, 2, 1, 0] == [asked.json["resends_left"] for asked in attempt.asked]
    clock.move(minutes=6)
    sixth = attempt.ask()
    assert (429, "too_many_requests") == (sixth.status, sixth.code)
    assert at(sixth.json["retry_at"]) > clock.now()


@pytest.mark.spec("C10")
@pytest.mark.parametrize(
    "sign", [pytest.param(True, id="a right answer"), pytest.param(False, id="an hour")]
)
def test_pauses_start_over(house, asha, clock, sign):
    attempt = asha.asks_for_a_code()
    clock.move(seconds=30)
    attempt.ask()
    if sign:
        asha.types(house.inbox.code())
        asha.device = ""
        clock.move(seconds=30)
    else:
        clock.move(minutes=60)
    again = asha.asks_for_a_code().asked[0].json
    assert timedelta(seconds=30) == at(again["resend_at"]) - clock.now()


# --- answering ---


def test_passing_gives_every_field_of_the_contract(house, asha, clock):
    passed = asha.signs_in().json
    assert {"id", "state", "account", "session", "device"} == set(passed)
    assert (asha.attempt.id, "passed") == (passed["id"], passed["state"])
    assert {"id"} == set(passed["account"])
    assert {"id", "token", "expires_at"} == set(passed["session"])
    assert {"token"} == set(passed["device"])
    assert re.fullmatch(r"acc_[0-9a-z]{13}", passed["account"]["id"])
    assert re.fullmatch(r"ses_[0-9a-z]{13}", passed["session"]["id"])
    assert clock.now() + timedelta(hours=24) == at(passed["session"]["expires_at"])


@pytest.mark.spec("C7")
@pytest.mark.parametrize(
    "form",
    [
        pytest.param("{0}", id="plain"),
        pytest.param("  {0}\n", id="blanks around"),
        pytest.param("{1} {2}", id="in two groups"),
        pytest.param("{1}-{2}", id="dash"),
        pytest.param("{1}\u200b{2}", id="zero width"),
        pytest.param("{0} is your Sekisho code", id="a sentence"),
        pytest.param("確認コードは{0}です。", id="a Japanese sentence"),
        pytest.param("{0} ({0})", id="the same twice"),
    ],
)
def test_a_code_is_read_as_people_type_it(house, asha, form):
    asha.asks_for_a_code()
    code = house.inbox.code()
    assert 200 == asha.types(form.format(code, code[:3], code[3:])).status


@pytest.mark.spec("C7")
@pytest.mark.parametrize("zero", ["０", "٠", "०", "𝟎"])
def test_every_unicode_digit_is_a_digit(house, asha, zero):
    asha.asks_for_a_code()
    typed = "".join(chr(ord(zero) + int(digit)) for digit in house.inbox.code())
    assert 200 == asha.types(typed).status


@pytest.mark.spec("C7")
def test_the_whole_message_can_be_pasted(house, asha):
    asha.asks_for_a_code()
    (letter,) = house.inbox.codes()
    assert 200 == asha.types(f"{letter.subject}\n{letter.text}").status


@pytest.mark.spec("C7", "C6")
@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "123456 654321"])
def test_what_holds_no_code_is_invalid_and_charged(house, asha, typed):
    attempt = asha.asks_for_a_code()
    answers = [attempt.type(typed) for _ in range(6)]
    assert ["invalid_input"] * 5 + ["too_many_tries"] == [one.code for one in answers]
    assert [None, 3, 2, 1, 0] == [one.json.get("left") for one in answers[:5]]


@pytest.mark.attack("013")
@pytest.mark.spec("C6")
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param("[$]", id="array"),
        pytest.param('["000000", $]', id="array with the right one"),
        pytest.param(json.dumps([f"{n:06d}" for n in range(5000)]), id="5 000 codes"),
        pytest.param('{"code": $}', id="object"),
        pytest.param("1$$", id="number"),
        pytest.param("1.5", id="float"),
        pytest.param("true", id="boolean"),
        pytest.param("null", id="null"),
        pytest.param(f'"{"9" * 5000}"', id="a long text"),
        pytest.param('"\\u000012345"', id="a NUL in the place of a digit"),
    ],
)
def test_a_code_of_another_type_is_refused_and_charged(house, asha, shape):
    attempt = asha.asks_for_a_code()
    code = house.inbox.code()
    value = shape.replace("1$$", str(int(code))).replace("$", json.dumps(code))
    body = f'{{"code": {value}}}'.encode()
    answers = [house.api.send("POST", attempt.answer_path, body, attempt.headers) for _ in range(6)]
    assert [422] * 5 + [429] == [one.status for one in answers]
    assert "too_many_tries" == attempt.type(code).code


@pytest.mark.attack("013")
def test_a_doubled_key_is_one_value(house, asha):
    attempt = asha.asks_for_a_code()
    code = house.inbox.code()
    twice = f'{{"code": "{code}", "code": "{wrong(code)}"}}'.encode()
    answers = [
        house.api.send("POST", attempt.answer_path, twice, attempt.headers) for _ in range(6)
    ]
    assert ["code_wrong"] * 5 + ["too_many_tries"] == [one.code for one in answers]


@pytest.mark.attack("013")
def test_a_code_beside_other_fields_is_charged_and_not_compared(house, asha):
    attempt = asha.asks_for_a_code()
    body = {"code": house.inbox.code(), "purpose": "sign_in"}
    answers = [house.api.post(attempt.answer_path, body, attempt.headers) for _ in range(6)]
    assert ["invalid_input"] * 5 + ["too_many_tries"] == [one.code for one in answers]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"password": "x"}', b'"123456"'])
def test_a_body_without_a_code_field_is_not_charged(house, asha, body):
    attempt = asha.asks_for_a_code()
    for _ in range(7):
        answer = house.api.send("POST", attempt.answer_path, body, attempt.headers)
        assert (422, "invalid_input") == (answer.status, answer.code)
    assert 200 == asha.types(house.inbox.code()).status


def test_any_challenge_of_the_flow_is_judged_against_its_newest(house, asha, clock):
    attempt = asha.asks_for_a_code()
    first = attempt.challenge
    clock.move(seconds=30)
    attempt.ask()
    attempt.challenge = first
    assert 200 == asha.types(house.inbox.code()).status


def test_left_is_told_when_three_or_fewer_are_left(house, asha):
    attempt = asha.asks_for_a_code()
    code = house.inbox.code()
    answers = [attempt.type(wrong(code)) for _ in range(6)]
    assert [None, 3, 2, 1, 0] == [one.json.get("left") for one in answers[:5]]
    assert [401] * 5 + [429] == [one.status for one in answers]
    assert "too_many_tries" == answers[5].code


def test_an_answer_before_any_code_was_asked_for_is_refused(house, asha):
    attempt = asha.begins()
    attempt.challenge = "chl_0000000000000"
    answer = attempt.type("123456")
    assert 404 == answer.status
    assert answer.code in ("flow_unknown", "not_found")

"""Which refusal an answer gets when several apply (API.md, "Refusals").

flow_unknown, flow_expired, too_many_tries, code_used, code_expired, code_earlier, code_wrong.
"""

from datetime import datetime

import pytest

from tests.support.people import wrong

pytestmark = pytest.mark.spec("C4", "C6")


class Circumstances:
    """An attempt, and what can be made true of it."""

    def __init__(self, house, asha):
        self.house, self.asha = house, asha
        self.attempt = asha.asks_for_a_code()
        self.code = house.inbox.code()

    def unknown(self):
        self.attempt.secret = "another"

    def expired_flow(self):
        self.house.clock.move(minutes=31)

    def no_tries(self):
        for _ in range(5):
            self.attempt.type(wrong(self.code))

    def used(self):
        assert 200 == self.asha.types(self.code).status

    def expired_code(self):
        self.house.clock.move(minutes=5)

    def earlier(self):
        self.house.clock.move(seconds=30)
        assert 201 == self.attempt.ask().status

    def nothing(self):
        """Everything is as it should be."""


@pytest.mark.parametrize(
    ("made_true", "answer_is", "expected"),
    [
        pytest.param(("nothing",), "wrong", "code_wrong", id="wrong"),
        pytest.param(("earlier",), "right", "code_earlier", id="earlier"),
        pytest.param(("earlier",), "wrong", "code_wrong", id="wrong after an earlier"),
        pytest.param(("expired_code",), "right", "code_expired", id="expired"),
        pytest.param(("expired_code",), "wrong", "code_expired", id="expired before wrong"),
        pytest.param(
            ("earlier", "expired_code"), "right", "code_expired", id="expired before earlier"
        ),
        pytest.param(("used",), "right", "code_used", id="used"),
        pytest.param(("used",), "wrong", "code_used", id="used before wrong"),
        pytest.param(("used", "expired_code"), "right", "code_used", id="used before expired"),
        pytest.param(("no_tries",), "right", "too_many_tries", id="no tries"),
        pytest.param(
            ("no_tries", "expired_code"), "right", "too_many_tries", id="no tries before expired"
        ),
        pytest.param(
            ("earlier", "no_tries"), "right", "too_many_tries", id="no tries before earlier"
        ),
        pytest.param(("expired_flow",), "right", "flow_expired", id="flow expired"),
        pytest.param(
            ("no_tries", "expired_flow"), "right", "flow_expired", id="flow expired before no tries"
        ),
        pytest.param(("unknown",), "right", "flow_unknown", id="flow unknown"),
        pytest.param(
            ("expired_flow", "unknown"), "right", "flow_unknown", id="unknown before expired"
        ),
        pytest.param(("used", "unknown"), "right", "flow_unknown", id="unknown before used"),
    ],
)
def test_the_first_that_applies_is_told(house, asha, made_true, answer_is, expected):
    case = Circumstances(house, asha)
    for name in made_true:
        getattr(case, name)()
    typed = case.code if answer_is == "right" else wrong(case.code)
    assert expected == case.attempt.type(typed).code


def test_a_flow_of_an_hour_ago_that_passed_is_used_and_not_expired(house, asha):
    """A passed flow does not expire any more: its answer stays `code_used`."""
    case = Circumstances(house, asha)
    case.used()
    case.house.clock.move(minutes=61)
    assert "code_used" == case.attempt.type(case.code).code


def test_a_right_answer_at_the_last_try_is_used_afterwards(house, asha):
    case = Circumstances(house, asha)
    for _ in range(4):
        assert "code_wrong" == case.attempt.type(wrong(case.code)).code
    assert 200 == case.attempt.type(case.code).status
    assert "code_used" == case.attempt.type(case.code).code


def test_an_earlier_code_names_the_newest(house, asha):
    case = Circumstances(house, asha)
    case.earlier()
    problem = case.attempt.type(case.code).json
    newest = case.attempt.asked[-1].json
    assert newest["label"] == problem["label"]
    assert house.clock.now() == datetime.fromisoformat(problem["sent_at"])


@pytest.mark.parametrize("made_true", [(), ("no_tries",), ("used",), ("expired_code",)])
def test_every_refusal_has_the_fields_of_the_contract(house, asha, made_true):
    case = Circumstances(house, asha)
    for name in made_true:
        getattr(case, name)()
    answer = case.attempt.type(wrong(case.code))
    problem = answer.json
    assert "application/problem+json" == answer.header("Content-Type")
    assert {
        "type",
        "title",
        "status",
        "detail",
        "code",
        "request_id",
        "user_message",
    } <= set(problem)
    assert answer.status == problem["status"]
    assert problem["type"].endswith(f"/problems/{problem['code']}")
    assert 200 == house.api.get(problem["type"].removeprefix(house.origin)).status


@pytest.mark.spec("F1")
def test_every_429_says_when_to_try_again(house, asha):
    case = Circumstances(house, asha)
    case.no_tries()
    for answer in (case.attempt.type(case.code), case.attempt.ask()):
        assert 429 == answer.status
        retry_at = datetime.fromisoformat(answer.json["retry_at"])
        wait = (retry_at - house.clock.now()).total_seconds()
        assert 0 < wait <= int(answer.header("Retry-After")) < wait + 1


@pytest.mark.parametrize(
    ("locale", "accept", "language"),
    [
        pytest.param("ja", "en", "ja", id="the flow's language"),
        pytest.param(None, "ja", "ja", id="the caller's"),
        pytest.param("fr", "ja", "en", id="one that is not spoken here"),
    ],
)
def test_a_refusal_speaks_the_language_of_the_flow(house, locale, accept, language):
    client = house.client(language=accept)
    more = {} if locale is None else {"locale": locale}
    begun = client.post("/api/v1/flows", {"purpose": "sign_in", "name": "a@example.org", **more})
    flow = begun.json
    headers = {"Sekisho-Flow": flow["secret"]}
    path = f"/api/v1/flows/{flow['id']}/challenges"
    client.post(path, {"option": flow["options"][0]["id"]}, headers)
    message = client.post(path, {"option": flow["options"][0]["id"]}, headers).json["user_message"]
    assert (language == "ja") == any("ぁ" <= sign <= "ん" for sign in message)

"""Who attacks a sign-in by any kind: replays, foreign passkeys, doors around the second proof."""

import json

import pytest

from tests.support.enrolled import Enrolled
from tests.support.people import at_once
from tests.support.signing import Equipped, nameless, session_of, signing

BEGINS = pytest.mark.parametrize("begins", ["named", "nameless"])
ONCE = 20


def asked(person, begins, ip="198.18.1.1"):
    """A sign-in that waits for a passkey, and what the browser is asked."""
    client = person.person.house.client(ip)
    sign_in = nameless(client) if begins == "nameless" else signing(client, person.person.address)
    assert 201 == sign_in.asks("passkey").status
    return sign_in, sign_in.asked.json["public_key"]


@pytest.mark.spec("M3")
@pytest.mark.attack("029")
def test_a_code_of_the_app_opens_one_of_all_doors(equipped):
    code = equipped.app_code()
    assert 200 == equipped.elsewhere().by_code("totp", code).status
    assert "code_used" == equipped.elsewhere("198.18.1.2").by_code("totp", code).code
    assert "code_used" == equipped.at_home().by_code("totp", code).code
    step_up = equipped.begins("two_step.on", {})
    step_up.option = next(o["id"] for o in step_up.begun.json["options"] if o["kind"] == "totp")
    assert 201 == step_up.ask(equipped.person.device).status
    assert "code_used" == step_up.type(code, equipped.person.device).code
    kinds = [one["kind"] for one in equipped.person.events()]
    assert 3 == kinds.count("code_earlier")


@pytest.mark.spec("M3")
@pytest.mark.attack("031")
@pytest.mark.parametrize("steps", [-3, -2, -1, 0, 1, 2, 3])
def test_a_code_of_the_app_is_taken_one_step_away_at_most(equipped, steps, clock):
    clock.move(minutes=5)
    code = equipped.app_code(steps=steps) if steps else equipped.app_code(now=True)
    told = equipped.elsewhere().by_code("totp", code)
    assert (None if abs(steps) < 2 else "code_wrong") == told.code


@pytest.mark.spec("M5")
@pytest.mark.attack("052")
@BEGINS
def test_an_answer_of_a_passkey_is_good_once(equipped, begins):
    sign_in, options = asked(equipped, begins)
    credential = json.loads(equipped.key.prove(options))
    assert 200 == sign_in.gives(credential=credential).status
    assert "code_used" == sign_in.gives(credential=credential).code
    other, _ = asked(equipped, begins, "198.18.1.2")
    assert "code_wrong" == other.gives(credential=credential).code


@pytest.mark.spec("M5")
@pytest.mark.attack("052")
@BEGINS
def test_a_challenge_is_used_up_by_a_wrong_answer_too(equipped, begins):
    sign_in, options = asked(equipped, begins)
    right = json.loads(equipped.key.prove(options))
    assert "code_wrong" == sign_in.gives(credential={**right, "id": "AAAA", "rawId": "AAAA"}).code
    assert "code_used" == sign_in.gives(credential=right).code
    again = sign_in.by_passkey(equipped.key)  # the next challenge is another
    assert 200 == again.status


@pytest.mark.spec("M5", "P8")
@pytest.mark.attack("052")
@BEGINS
def test_a_challenge_of_a_step_up_opens_no_session(equipped, begins):
    step_up = equipped.begins("two_step.on", {})
    step_up.option = next(o["id"] for o in step_up.begun.json["options"] if o["kind"] == "passkey")
    foreign = step_up.ask(equipped.person.device).json["public_key"]
    sign_in, options = asked(equipped, begins)
    credential = json.loads(equipped.key.prove({**options, "challenge": foreign["challenge"]}))
    assert "code_wrong" == sign_in.gives(credential=credential).code


@pytest.mark.spec("M5")
@pytest.mark.attack("051", "052")
@BEGINS
@pytest.mark.parametrize(
    "said",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost.evil.example"},
        {"crossOrigin": True},
        {"topOrigin": "https://evil.example"},
        {"type": "webauthn.create"},
        {"challenge": "AAAA"},
    ],
)
def test_what_a_page_elsewhere_got_opens_nothing(equipped, begins, said):
    equipped.key.said = said
    sign_in, options = asked(equipped, begins)
    answer = sign_in.gives(credential=json.loads(equipped.key.prove(options)))
    assert ("code_wrong", None) == (answer.code, answer.json.get("session"))


@pytest.mark.spec("M5")
@pytest.mark.attack("052")
@BEGINS
def test_a_challenge_is_over_after_five_minutes(equipped, begins, clock):
    sign_in, options = asked(equipped, begins)
    credential = json.loads(equipped.key.prove(options))
    clock.move(minutes=5)
    assert "code_expired" == sign_in.gives(credential=credential).code


@pytest.mark.spec("M5", "C3")
@pytest.mark.attack("052")
@BEGINS
def test_of_many_answers_of_a_passkey_at_once_one_session_comes(equipped, begins, house):
    sign_in, options = asked(equipped, begins)
    credential = json.loads(equipped.key.prove(options))
    answers = at_once(ONCE, lambda _: sign_in.gives(credential=credential), house)
    assert [200] == [one.status for one in answers if one.status == 200]
    assert {"code_used", None} == {one.code for one in answers}


@pytest.mark.spec("M5")
@pytest.mark.attack("057")
def test_another_persons_passkey_opens_no_named_flow(equipped, ben):
    ben.signs_in()
    other = Equipped(ben)
    other.has_key(b"soft credential 2")
    sign_in, options = asked(equipped, "named")
    answer = sign_in.gives(credential=json.loads(other.key.prove(options)))
    assert "code_wrong" == answer.code


@pytest.mark.spec("M10", "M5")
@pytest.mark.attack("038", "057")
def test_another_persons_passkey_is_no_second_proof_of_a_nameless_flow(strict, ben, house):
    ben.signs_in()
    other = Equipped(ben)
    other.has_key(b"soft credential 2")
    sign_in = nameless(house.client("198.18.1.1"))
    assert "open" == sign_in.by_passkey(strict.untouched_key()).json["state"]
    assert "code_wrong" == sign_in.by_passkey(other.key).code


@pytest.mark.spec("C11", "M5")
@pytest.mark.attack("057")
def test_strangers_see_no_ids(equipped, house):
    for _ in range(3):
        _, mine = asked(equipped, "named")
        nobody = signing(house.client("198.18.1.3"), "nobody@example.org")
        theirs = nobody.asks("passkey").json["public_key"]
        assert [] == mine["allowCredentials"]
        assert {**mine, "challenge": ""} == {**theirs, "challenge": ""}


@pytest.mark.spec("M10")
@pytest.mark.attack("039")
def test_a_sign_in_that_is_half_done_is_no_session_anywhere(strict, house):
    sign_in = strict.elsewhere()
    assert "open" == sign_in.by_password().json["state"]
    secret = sign_in.attempt.secret
    bearer = {"Authorization": f"Bearer {secret}"} | sign_in.headers
    paths = [one.path for one in house.routes if one.method == "GET" and "{" not in one.path]
    private = [path for path in paths if strict.person.client.get(path).code == "not_signed_in"]
    assert {"/api/v1/session", "/api/v1/methods", "/api/v1/contacts"} <= set(private)
    client = house.client("198.18.1.1")
    client.jar = {"sekisho_flow": secret, "sekisho_session": secret}
    for path in private * 2:
        assert "not_signed_in" == client.get(path, bearer).code
    for path in ("/account", "/account/security", "/account/devices"):
        assert client.get(path, bearer).header("Location").startswith("/sign-in")


@pytest.mark.spec("S1")
@pytest.mark.attack("106")
def test_an_option_of_another_flow_is_none_of_this_one(equipped, ben):
    mine, other = equipped.at_home(), equipped.at_home()
    foreign = other.options[-1]["id"]
    assert "option_unknown" == mine.asks_option(foreign).code
    ben.signs_in()
    theirs = signing(ben.client, ben.address, ben.device)
    mine.attempt.secret = theirs.attempt.secret
    assert "flow_unknown" == mine.attempt.look().code


@pytest.mark.spec("S1", "S4")
@pytest.mark.attack("107")
def test_signing_out_everywhere_ends_what_every_kind_began(equipped, house):
    passed = [
        equipped.elsewhere("198.18.1.1").by_password(),
        equipped.elsewhere("198.18.1.2").by_passkey(equipped.key),
        equipped.elsewhere("198.18.1.3").by_code("totp", equipped.app_code()),
        nameless(house.client("198.18.1.4")).by_passkey(equipped.key),
    ]
    assert 4 == len({session_of(house.api, one)["id"] for one in passed})
    ended = equipped.posts("/api/v1/sessions/end_all", {"keep_current": False})
    assert 4 <= ended.json["ended"]
    for one in passed:
        bearer = {"Authorization": f"Bearer {one.json['session']['token']}"}
        assert "not_signed_in" == house.api.get("/api/v1/session", bearer).code


@pytest.mark.spec("M5")
@pytest.mark.attack("044")
def test_a_passkey_that_was_removed_opens_nothing(asha, house):
    asha.signs_in()
    person = Equipped(asha)
    method = person.has_key()
    Enrolled.has_password(person)
    sign_in, options = asked(person, "nameless")
    assert 204 == person.removes_method(method).status
    answer = sign_in.gives(credential=json.loads(person.key.prove(options)))
    assert "code_wrong" == answer.code

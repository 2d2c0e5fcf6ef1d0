"""The matrix: with two-step verification on, one proof opens nothing, whatever is tried next.

Every kind as the first proof, at each door that a whole proof opens; every other way tried after
it. What takes no proof is walked too: all other routes, by who holds a half-done flow.
"""

import json
import re

import pytest

from tests.support.people import Attempt, begin
from tests.support.signing import WRONG, SignIn, nameless
from tests.support.whole import FIRSTS, LAST_FOUR, Door, alike

pytestmark = [pytest.mark.spec("M10"), pytest.mark.attack("038", "039")]

API = ("POST", "/api/v1/flows/{flow}/challenges/{challenge}/answer")
PAGE = ("POST", "/sign-in/{flow}/code")
PASSKEY_PAGE = ("POST", "/sign-in/passkey")
# The routes that can yield a session; tests/house/test_sessions_begin.py finds a road beside them.
YIELDS = {API, PAGE, PASSKEY_PAGE}
CODE = re.compile(r"(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}")
NEW = "a kettle sings behind the orchard"
AT_ONCE = 3  # ways that are tried in one flow, which may ask five times
PLACES = {
    "kind": "totp",
    "name": "sekisho.css",
    "code": "code_wrong",
    "session": "ses_0000000000000",
    "device": "dev_0000000000000",
    "id": "ses_0000000000000",
    "contact": "ctc_0000000000000",
    "method": "mtd_0000000000000",
}


def by_api(whole):
    """A sign-in by the API, in a browser that nobody knows."""
    sign_in = whole.elsewhere()
    held = (sign_in.attempt.secret, sign_in.attempt.id)

    def tries():
        bearers = [{"Authorization": f"Bearer {token}"} for token in held]
        return [whole.person.house.api.get("/api/v1/session", one) for one in bearers]

    return Door(sign_in, lambda body: sign_in.gives(**body), tries)


def by_page(whole):
    """The same by the pages."""
    browser, sign_in, path = begun_by_page(whole)

    def gives(body):
        answer = browser.submit(path, as_form(body), path)
        assert "sekisho_session" not in browser.jar
        return answer

    return Door(sign_in, gives, lambda: [browser.get("/account"), browser.get("/api/v1/session")])


def confirming(whole):
    """A step-up of who is signed in."""
    whole.person.house.clock.move(hours=-24)  # the walk waits for strangers; who is inside need not
    sign_in = SignIn(whole.begins("two_step.off", {}), whole.person.device)
    off = {"on": False}
    return Door(
        sign_in,
        lambda body: sign_in.gives(**body),
        lambda: [whole.posts("/api/v1/two_step", off)],
    )


def forgetting(whole):
    """A flow for a new password."""
    house = whole.person.house
    client = house.client("198.18.9.8")
    attempt = begin(client, whole.person.address, purpose="reset_password")
    page = f"/sign-in/{attempt.id}/new-password"

    def tries():
        client.jar["sekisho_flow"] = attempt.secret
        by_form = client.submit(page, {"password": NEW}, "/sign-in")
        client.jar.pop("sekisho_flow")
        by_api = client.post(f"{attempt.path}/password", {"password": NEW}, attempt.headers)
        return [by_form, by_api]

    sign_in = SignIn(attempt)
    return Door(sign_in, lambda body: sign_in.gives(**body), tries)


# What a door that does not open says.
SHUT = {
    by_api: [(401, "not_signed_in"), (401, "not_signed_in")],
    by_page: [(303, None), (401, "not_signed_in")],
    confirming: [(401, "prove_more")],
    forgetting: [(401, None), (401, "prove_more")],
}


def is_nothing(answer):
    """Whether an answer gave nobody anything: no session, no device, no cookie of one."""
    cookies = [line for line in answer.all("Set-Cookie") if "session=" in line]
    given = [line for line in cookies if "Max-Age=0" not in line]
    return not given and not {"session", "device", "token"} & keys(answer)


def keys(answer):
    """The fields of a JSON object."""
    return set(answer.json) if answer.body.startswith(b"{") else set()


def wrongs(kind, first):
    """Answers to a kind that prove nothing: a wrong one, the first's own, none at all."""
    wrong = {
        "password": {"password": WRONG},
        "passkey": {"credential": {}},
        "push": {"push": True},  # which nobody approved
    }
    return [wrong.get(kind, {"code": "000000"}), first, {}]


def opens_half(whole, door, first):
    """Give a right first proof; return it, and what was answered to it and to its repetition."""
    options = door.sign_in.options
    given = whole.asks_for(door.sign_in, first)
    answers = [door.gives(given)]
    whole.code = shown_code(answers[0], whole.code)
    answers.append(door.gives(given))
    assert "open" == door.sign_in.attempt.look().json["state"], answers[0].text
    same = [one["id"] for one in options if one["kind"] in alike(first)]
    told = [door.sign_in.asks_option(one, confirm=LAST_FOUR) for one in same]
    assert ["option_unknown"] * len(same) == [answer.code for answer in told]
    assert not alike(first) & set(door.sign_in.kinds())
    return given, answers


def tries_others(whole, door, given, others):
    """Ask for other ways in the same flow, and prove nothing by them."""
    answers = []
    for other in others:
        whole.person.house.clock.move(minutes=3)
        asked = door.sign_in.asks(other)
        assert 201 == asked.status, (other, asked.text)
        answers += [door.gives(body) for body in wrongs(other, given)]
    return answers


@pytest.mark.attack("041", "042", "059")
@pytest.mark.parametrize("door", SHUT)
def test_one_proof_opens_no_door_whatever_is_tried_next(whole, clock, door):
    before, walked = whole.standing(), set()
    for first in (one for one in FIRSTS if (door, one) != (forgetting, "password")):
        others = [[]]
        while others:
            clock.move(hours=25)
            now, standing = others.pop(), door(whole)
            given, answers = opens_half(whole, standing, first)
            if (first, "") not in walked:
                ways = sorted(set(standing.sign_in.kinds()))
                others = [ways[at : at + AT_ONCE] for at in range(0, len(ways), AT_ONCE)]
            answers += tries_others(whole, standing, given, now)
            tried = standing.tries()
            assert SHUT[door] == [(one.status, one.code) for one in tried], (first, now)
            assert [] == [one.text for one in (*answers, *tried) if not is_nothing(one)]
            assert whole.sessions() <= before[0]
            walked |= {(first, one) for one in ("", *now)}
    assert len(walked) > len(FIRSTS) * (len(FIRSTS) - 3)
    assert before[1:] == whole.standing()[1:]


def test_every_kind_that_the_service_offers_is_a_first_here(whole, house):
    offered = {one["kind"] for one in whole.elsewhere().attempt.begun.json["options"]}
    assert offered == (set(FIRSTS) - {"security_key"}) | {"passkey"}
    assert {(route.method, route.path) for route in house.routes} >= YIELDS


@pytest.mark.attack("054")
def test_a_key_that_verified_nobody_is_one_proof_however_often(whole, house):
    """It may be asked again, since a key that verifies its user would be both; this does not."""
    before, sign_in = whole.standing(), whole.elsewhere()
    for _ in range(3):
        answer = sign_in.gives(**whole.asks_for(sign_in, "security_key"))
        assert ("open", True) == (answer.json.get("state"), is_nothing(answer))
    browser = house.client("198.18.6.1")
    offer = browser.get("/sign-in/passkey.json").json
    credential = whole.untouched_key().prove(offer["options"])
    answer = browser.submit("/sign-in/passkey", {"credential": credential, "state": offer["state"]})
    assert (303, True) == (answer.status, is_nothing(answer))
    path = answer.header("Location")
    again = browser.submit(path, {"credential": credential}, path)
    assert (True, False) == (is_nothing(again), "sekisho_session" in browser.jar)
    assert before == whole.standing()


def test_no_other_route_yields_anything_to_who_gave_one_proof(whole, house):
    """Every route there is: with the flow's secret, its cookie, its ids, and the right answers."""
    before = whole.standing()
    browser, sign_in, path = begun_by_page(whole)
    given = whole.asks_for(sign_in, "password")
    assert "open" == sign_in.gives(**given).json["state"]
    right = whole.asks_for(sign_in, "totp")
    places = {**PLACES, "flow": sign_in.attempt.id, "challenge": sign_in.attempt.challenge}
    option = {"option": sign_in.options[0]["id"]}
    bodies = [{}, given, right, option, {"keep_current": True}, {"on": False}]
    fields = {"name": whole.person.address, "way": "other", **option}
    yielded = []
    for route in house.routes:
        if (route.method, route.path) in YIELDS:
            continue
        there = route.path.format_map({**dict.fromkeys(names(route.path), "x"), **places})
        answers = [
            browser.send(route.method, there, json.dumps(body).encode(), sign_in.headers)
            for body in (bodies if route.method != "GET" else [{}])
        ]
        if route.method == "POST" and not route.path.startswith("/api/"):
            answers.append(browser.submit(there, {**fields, **as_form(right)}, path))
        yielded += [there for answer in answers if {"session", "token"} & keys(answer)]
        yielded += [there] if "sekisho_session" in browser.jar else []
    assert [] == yielded
    assert before == whole.standing()


def test_halves_of_two_flows_are_no_whole(whole, house):
    """Each proof counts in its own flow, whoever moves secrets, cookies or challenges about."""
    before = whole.standing()
    halves = [(whole.elsewhere("198.18.7.1"), "password"), (nameless(house.client()), "key")]
    for sign_in, kind in halves:
        known = {"key": "security_key"}.get(kind, kind)
        assert "open" == sign_in.gives(**whole.asks_for(sign_in, known)).json["state"]
    (one, _), (other, _) = halves
    right = whole.asks_for(one, "totp")
    stolen = Attempt(house.api, one.attempt.id, other.attempt.secret, "", one.attempt.begun)
    stolen.challenge = one.attempt.challenge
    crossed = house.api.post(stolen.answer_path, right, stolen.headers)
    assert ("flow_unknown", True) == (crossed.code, is_nothing(crossed))
    moved = house.api.post(
        f"{other.attempt.path}/challenges/{one.attempt.challenge}/answer",
        right,
        other.attempt.headers,
    )
    assert is_nothing(moved)
    assert before == whole.standing()


def names(path):
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def as_form(body):
    """The fields of a page for an answer of the API."""
    return {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()
    }


def shown_code(answer, code):
    """The recovery code that takes the place of the one that was used, where there is one."""
    if answer.body.startswith(b"{"):
        return answer.json.get("recovery_code", code)
    found = CODE.search(answer.text)
    return found[0] if found else code


def begun_by_page(person):
    """Begin a sign-in by its page; return browser, flow and where it is answered."""
    browser = person.person.house.client("198.18.5.5")
    began = browser.submit("/sign-in", {"name": person.person.address, "way": "other"})
    flow = began.header("Location").split("/")[2]
    secret = browser.jar["sekisho_flow"].split(".")[0]
    looked = person.person.house.api.get(f"/api/v1/flows/{flow}", {"Sekisho-Flow": secret})
    attempt = Attempt(person.person.house.api, flow, secret, "", looked)
    return browser, SignIn(attempt), f"/sign-in/{flow}/code"

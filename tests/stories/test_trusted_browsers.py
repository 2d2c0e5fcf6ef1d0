"""Trusted browsers: one step less at sign-in, and what a copy of what they hold is worth."""

import pytest

from tests.support.enrolled import BETTER, GOOD
from tests.support.people import at_once, begin
from tests.support.trusting import ASKED, PASSED, Jar
from tests.support.web_client import Client

pytestmark = pytest.mark.spec("S2")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def kinds(person):
    return [event["kind"] for event in person.events()]


def newest(person, kind):
    return next(event for event in person.events() if event["kind"] == kind)


# --- as its owner uses it ---


def test_a_trusted_browser_is_asked_for_one_step_for_thirty_days(trusting, clock):
    for _ in range(9):
        clock.move(days=3)
        assert not trusting.is_asked()
    clock.move(days=3)
    assert trusting.is_asked()
    trusting.signs_in_twice()
    assert not trusting.is_asked()


def test_each_use_gives_the_next_value_and_the_event_says_why(trusting):
    before, told = trusting.jar.trust, len(trusting.house.inbox.notices())
    answer = trusting.one_step()
    assert answer.json["device"]["trust"] not in ("", before)
    assert before[:17] == answer.json["device"]["trust"][:17]
    assert ["trusted_browser"] == newest(trusting.person, "signed_in")["reasons"]
    assert told == len(trusting.house.inbox.notices())


@pytest.mark.attack("108")
def test_a_session_claims_what_was_proved_and_no_more(trusting):
    trusting.one_step()
    session = trusting.person.gets("/api/v1/session").json
    assert (["email_code"], "urn:sekisho:acr:email") == (session["methods"], session["acr"])


@pytest.mark.attack("042", "108")
def test_trust_skips_no_step_up(trusting):
    trusting.one_step()
    body = {"kind": "email", "address": "asha.third@example.net"}
    assert "prove_more" == trusting.posts("/api/v1/contacts", body).code
    attempt = trusting.begins("contacts.add", body)
    headers = attempt.headers | trusting.jar.headers
    asked = attempt.client.post(f"{attempt.path}/challenges", {"option": attempt.option}, headers)
    attempt.challenge = asked.json["id"]
    answer = trusting.answers(attempt, trusting.jar, trust=True)
    assert (ASKED, "prove_more") == (
        answer.json["state"],
        trusting.posts("/api/v1/contacts", body).code,
    )


@pytest.mark.attack("059", "108")
def test_trust_skips_no_step_of_a_reset_and_is_not_spent_on_it(trusting):
    sets_a_password(trusting)
    trusting.signs_in_twice()
    trusting.house.clock.move(minutes=2)
    client = trusting.house.client()
    attempt = begin(client, trusting.person.address, purpose="reset_password")
    headers = attempt.headers | trusting.jar.headers
    option = {"option": attempt.begun.json["options"][0]["id"]}
    asked = client.post(f"{attempt.path}/challenges", option, headers)
    attempt.challenge = asked.json["id"]
    assert ASKED == trusting.answers(attempt, trusting.jar, trust=True).json["state"]
    assert not trusting.is_asked()


@pytest.mark.parametrize("wish", [None, False])
def test_who_does_not_ask_for_trust_gets_none(cautious, trusting, wish):
    answer = trusting.signs_in_twice(trust=bool(wish))
    assert "trust" not in answer.json["device"]
    assert trusting.is_asked()


def test_the_wish_beside_a_first_step_gives_nothing(trusting):
    nothing = Jar(trusting.jar.device, "")
    answer = trusting.answers(trusting.half_way(nothing), nothing, trust=True)
    assert {"id", "state", "options"} == set(answer.json)
    assert 1 == kinds(trusting.person).count("trust_given")


def test_without_two_steps_there_is_nothing_to_skip(asha, house):
    attempt = asha.asks_for_a_code()
    body = {"code": house.inbox.code(asha.address), "trust": True}
    answer = asha.client.post(attempt.answer_path, body, attempt.headers)
    assert ("passed", {"token"}) == (answer.json["state"], set(answer.json["device"]))


@pytest.mark.parametrize("wish", ["yes", 1, "true", [True], {}])
def test_a_wish_that_is_neither_true_nor_false_is_no_answer(trusting, wish):
    answer = trusting.signs_in_twice(trust=wish)
    assert (422, "invalid_input") == (answer.status, answer.code)


def test_where_the_operator_offers_no_trust_none_is_given(trusting, build_house):
    own = trusting.house
    trusting.person.house = build_house(trust__days=0)
    trusting.person.client = trusting.house.client()
    answer = trusting.signs_in_twice()
    assert "trust" not in answer.json["device"]
    trusting.person.house = own


# --- as somebody else uses it ---


@pytest.mark.attack("108")
def test_the_trust_alone_opens_nothing_in_another_browser(trusting):
    stolen = Jar("", trusting.jar.trust)
    assert trusting.is_asked(stolen)
    assert not trusting.is_asked()


@pytest.mark.attack("108")
def test_trust_beside_the_device_of_somebody_else_opens_nothing(trusting, ben):
    ben.signs_in()
    assert trusting.is_asked(Jar(ben.device, trusting.jar.trust))


@pytest.mark.attack("108")
def test_both_in_another_kind_of_browser_open_nothing(trusting):
    assert trusting.is_asked(trusting.jar, FIREFOX)


@pytest.mark.attack("108")
def test_an_old_value_that_comes_back_ends_the_trust_and_is_told_once(trusting):
    """Whoever comes second with a copy: here the owner used it first."""
    thief = Jar(trusting.jar.device, trusting.jar.trust)
    trusting.one_step()
    assert trusting.is_asked(thief)
    assert trusting.is_asked()
    told = [one for one in trusting.house.inbox.notices() if one.purpose == "trust_ended"]
    assert [trusting.person.address] == [one.to for one in told]
    assert "Chrome on Windows" in told[0].text
    assert 1 == kinds(trusting.person).count("trust_ended")
    assert trusting.is_asked(thief)
    assert 1 == kinds(trusting.person).count("trust_ended")


@pytest.mark.attack("108")
def test_a_thief_who_comes_first_is_found_out_when_the_owner_comes(trusting):
    """Honest about what it is worth: he is in once, and then both are asked."""
    thief = Jar(trusting.jar.device, trusting.jar.trust)
    answer = trusting.one_step(thief)
    assert PASSED == answer.json["state"]
    thief.trust = answer.json["device"]["trust"]
    assert trusting.is_asked()
    assert trusting.is_asked(thief)
    assert "trust_ended" in kinds(trusting.person)


@pytest.mark.attack("108")
def test_an_old_value_tells_who_has_no_first_proof_nothing(trusting):
    """A wrong code looks at no trust: neither is it ended, nor does the answer differ."""
    old = Jar(trusting.jar.device, trusting.jar.trust)
    trusting.one_step()
    told = []
    for jar in (old, Jar(trusting.jar.device, "")):
        attempt = trusting.half_way(jar)
        wrong = {"code": "000000"}
        told.append(attempt.client.post(attempt.answer_path, wrong, attempt.headers | jar.headers))
    assert ["code_wrong", "code_wrong"] == [answer.code for answer in told]
    assert not trusting.is_asked()


@pytest.mark.attack("106", "108")
def test_the_trust_of_one_account_is_none_in_another(trusting, ben, house):
    ben.device = trusting.jar.device
    ben.signs_in()
    attempt = ben.asks_for_a_code()
    headers = attempt.headers | trusting.jar.headers
    body = {"code": house.inbox.code(ben.address)}
    answer = ben.client.post(attempt.answer_path, body, headers)
    assert {"token"} == set(answer.json["device"])  # no value of hers was made new
    assert not trusting.is_asked()


@pytest.mark.attack("108")
def test_of_two_who_use_one_value_at_once_one_is_asked(trusting, house, store, clock, build_house):
    """Over two nodes. What the loser shows may be an old value by then: then both are asked."""
    nodes = [house, build_house(over=store.open(clock))]
    clock.move(hours=1)
    attempts = [trusting.begins_anew(trusting.jar, node) for node in nodes]
    codes = {one.label: one.code for one in house.inbox.codes(trusting.person.address)}
    labels = [attempt.look().json["challenge"]["label"] for attempt in attempts]

    def answer(number):
        attempt = attempts[number]
        body = {"code": codes[labels[number]]}
        return attempt.client.post(
            attempt.answer_path, body, attempt.headers | trusting.jar.headers
        )

    states = sorted(answer.json["state"] for answer in at_once(2, answer, house))
    assert [ASKED, PASSED] == states
    nodes[1].db.store.close()


# --- when it ends ---


def sets_a_password(person, password=GOOD):
    body = {"kind": "password", "name": ""}
    person.proves("methods.add", body)
    begun = person.posts("/api/v1/methods", body).json
    answer = person.posts(f"/api/v1/methods/{begun['id']}/confirm", {"password": password})
    assert 200 == answer.status, answer.text


def changes_the_password(person):
    sets_a_password(person)
    person.signs_in_twice()
    sets_a_password(person, BETTER)


def removes_a_method(person):
    person.enrols_second_app()
    person.signs_in_twice()
    person.proves("methods.remove", {"id": person.tablet})
    assert 204 == person.deletes(f"/api/v1/methods/{person.tablet}").status


def turns_off_and_on(person):
    assert 200 == person.turns(on=False).status
    assert 200 == person.turns(on=True).status


def signs_out_everywhere(person):
    answer = person.posts("/api/v1/sessions/end_all", {"keep_current": True})
    assert 1 == answer.json["also"]["trusted_devices"]


def removes_the_device(person):
    device = person.person.gets("/api/v1/devices").json["data"][0]
    assert None is not device["trusted_until"]
    assert 204 == person.deletes(f"/api/v1/devices/{device['id']}").status


@pytest.mark.spec("S4")
@pytest.mark.attack("063", "107", "108")
@pytest.mark.parametrize(
    "change",
    [
        sets_a_password,
        changes_the_password,
        lambda person: person.enrols_second_app(),
        lambda person: person.makes_recovery_code(),
        removes_a_method,
        turns_off_and_on,
        signs_out_everywhere,
        removes_the_device,
    ],
    ids=[
        "a password set",
        "a password changed",
        "an app added",
        "a recovery code made",
        "a method removed",
        "two steps turned off and on",
        "signed out everywhere",
        "the device removed",
    ],
)
def test_a_change_ends_the_trust(trusting, change):
    trusting.house.clock.move(minutes=2)
    change(trusting)
    assert trusting.is_asked()


@pytest.mark.attack("107")
def test_signing_out_keeps_the_trust(trusting):
    trusting.deletes("/api/v1/session")
    assert not trusting.is_asked()


@pytest.mark.attack("063", "107")
def test_on_another_node_the_trust_is_over_at_once(trusting, store, clock, build_house):
    node = build_house(over=store.open(clock))
    trusting.posts("/api/v1/sessions/end_all", {"keep_current": False})
    attempt = trusting.half_way(trusting.jar, node)
    assert ASKED == trusting.answers(attempt, trusting.jar).json["state"]
    node.db.store.close()


# --- by pages ---


def steps(browser: Client, trusting, path="/sign-in"):
    """Go the first step by pages, and return where it leads."""
    trusting.house.clock.move(hours=1)
    trusting.house.send_mail()
    path = browser.submit("/sign-in", {"name": trusting.person.address}).header("Location")
    code = trusting.house.inbox.code(trusting.person.address)
    return browser.submit(path, {"code": code}, path).header("Location")


def test_by_pages_a_ticked_box_trusts_the_browser_and_a_cookie_says_so(trusting):
    browser = trusting.house.client()
    path = steps(browser, trusting)
    page = browser.get(path).text
    assert 'name="trust" value="yes"' in page
    assert 'value="yes" checked' not in page
    fields = {"code": trusting.app_code(), "trust": "yes"}
    answer = browser.submit(path, fields, path)
    assert "/account" == answer.header("Location")
    before = browser.jar["sekisho_trust"]
    browser.submit("/sign-out", {}, "/account")
    assert "/account" == steps(browser, trusting)
    assert before not in ("", browser.jar["sekisho_trust"])


def test_by_pages_a_box_left_empty_trusts_nothing(trusting):
    browser = trusting.house.client()
    path = steps(browser, trusting)
    browser.submit(path, {"code": trusting.app_code()}, path)
    assert "sekisho_trust" not in browser.jar
    browser.submit("/sign-out", {}, "/account")
    assert "/account" != steps(browser, trusting)


def test_a_wrong_answer_keeps_the_box_as_it_was(trusting):
    browser = trusting.house.client()
    path = steps(browser, trusting)
    page = browser.submit(path, {"code": "000000", "trust": "yes"}, path).text
    assert 'value="yes" checked' in page


def test_a_first_step_offers_no_trust(trusting):
    browser = trusting.house.client()
    path = browser.submit("/sign-in", {"name": trusting.person.address}).header("Location")
    assert 'name="trust"' not in browser.get(path).text

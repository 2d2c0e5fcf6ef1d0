"""Sessions for programs, as API.md says them."""

from datetime import datetime, timedelta

import pytest

from tests.support.houses import House
from tests.support.people import Person

pytestmark = pytest.mark.spec("S1")


def at(text):
    return datetime.fromisoformat(text)


def another_browser(house, person, ip="198.51.100.99"):
    """The same person at another browser."""
    other = Person(house, person.address, house.client(ip), person.account)
    house.clock.move(hours=1)
    other.signs_in()
    return other


def alive(person):
    return person.gets("/api/v1/session").status == 200


def test_a_session_has_every_field_of_the_contract(house, asha, clock):
    asha.signs_in()
    session = asha.gets("/api/v1/session").json
    assert {
        "id",
        "account",
        "methods",
        "acr",
        "authenticated_at",
        "expires_at",
    } == set(session)
    assert (asha.session, {"id": asha.account}) == (session["id"], session["account"])
    assert ["email_code"] == session["methods"]
    assert "urn:sekisho:acr:email" == session["acr"]  # an e-mail code reaches no AAL
    assert clock.now() == at(session["authenticated_at"])
    assert clock.now() + timedelta(hours=24) == at(session["expires_at"])


def test_the_list_has_every_field_of_the_contract(house, asha, clock):
    asha.signs_in()
    listed = asha.gets("/api/v1/sessions").json
    assert {"data", "next"} == set(listed)
    (session,) = listed["data"]
    assert {"id", "device", "place", "created_at", "last_used_at", "current"} == set(session)
    assert {"country", "text"} == set(session["place"])
    assert ("Chrome on Windows", True) == (session["device"], session["current"])
    assert (None, None) == (session["place"]["country"], listed["next"])
    assert clock.now() == at(session["created_at"]) == at(session["last_used_at"])


def test_the_callers_own_session_stands_first(house, asha):
    asha.signs_in()
    other = another_browser(house, asha)
    listed = asha.gets("/api/v1/sessions").json["data"]
    assert [asha.session, other.session] == [one["id"] for one in listed]
    assert [True, False] == [one["current"] for one in listed]


def test_ending_the_own_session_ends_it(house, asha):
    asha.signs_in()
    answer = asha.client.delete("/api/v1/session", asha.bearer)
    assert (204, b"") == (answer.status, answer.body)
    assert "not_signed_in" == asha.gets("/api/v1/session").code


def test_ending_another_session_of_ones_own_leaves_this_one(house, asha):
    asha.signs_in()
    other = another_browser(house, asha)
    assert 204 == asha.client.delete(f"/api/v1/sessions/{other.session}", asha.bearer).status
    assert (True, False) == (alive(asha), alive(other))


@pytest.mark.attack("107", "063")
@pytest.mark.parametrize("keeps", [True, False])
def test_signing_out_everywhere_ends_all_and_counts_them(house, asha, keeps):
    asha.signs_in()
    others = [another_browser(house, asha, f"198.51.100.{n}") for n in (51, 52)]
    answer = asha.client.post("/api/v1/sessions/end_all", {"keep_current": keeps}, asha.bearer)
    assert (200, {"ended": 2 if keeps else 3}) == (answer.status, answer.json)
    assert [keeps, False, False] == [alive(one) for one in (asha, *others)]


def test_without_a_body_this_session_is_kept(house, asha):
    asha.signs_in()
    answer = asha.client.send("POST", "/api/v1/sessions/end_all", b"", asha.bearer)
    assert ({"ended": 0}, True) == (answer.json, alive(asha))


@pytest.mark.parametrize(
    "body", [{"keep_current": "false"}, {"keep_current": 0}, {"all": True}, []]
)
def test_ending_all_in_another_shape_ends_nothing(house, asha, body):
    asha.signs_in()
    answer = asha.client.post("/api/v1/sessions/end_all", body, asha.bearer)
    assert (422, "invalid_input", True) == (answer.status, answer.code, alive(asha))


@pytest.mark.attack("063", "107")
def test_an_end_is_seen_by_every_node_at_once(build_house, store, clock, asha, house):
    """Two processes on one store; nothing between the end and the check but the store itself."""
    asha.signs_in()
    node = store.open(clock)
    second: House = build_house(over=node)
    there = second.client()
    assert 200 == there.get("/api/v1/session", asha.bearer).status
    asha.client.post("/api/v1/sessions/end_all", {"keep_current": False}, asha.bearer)
    assert 401 == there.get("/api/v1/session", asha.bearer).status
    node.store.close()


@pytest.mark.attack("106")
def test_another_accounts_session_is_not_found(house, asha, ben):
    asha.signs_in()
    ben.signs_in()
    answer = ben.client.delete(f"/api/v1/sessions/{asha.session}", ben.bearer)
    assert (404, "not_found", True) == (answer.status, answer.code, alive(asha))
    nobody = ben.client.delete("/api/v1/sessions/ses_0000000000000", ben.bearer)
    assert (nobody.status, nobody.json["detail"]) == (answer.status, answer.json["detail"])
    assert asha.session not in ben.gets("/api/v1/sessions").text


@pytest.mark.attack("106")
def test_end_all_ends_nobody_elses(house, asha, ben):
    asha.signs_in()
    ben.signs_in()
    ben.client.post("/api/v1/sessions/end_all", {"keep_current": False}, ben.bearer)
    assert (True, False) == (alive(asha), alive(ben))


@pytest.mark.attack("106")
def test_events_are_the_owners_own_also_by_anothers_cursor(house, asha, ben):
    asha.signs_in()
    ben.signs_in()
    theirs = {event["id"] for event in asha.events()}
    for event in theirs:
        shown = ben.gets(f"/api/v1/events?after={event}").json["data"]
        assert set() == theirs & {one["id"] for one in shown}


@pytest.mark.spec("S3")
@pytest.mark.parametrize(
    ("hours", "is_alive"),
    [pytest.param(23.99, True, id="in time"), pytest.param(24, False, id="a day unused")],
)
def test_an_unused_session_ends_after_a_day(house, asha, clock, hours, is_alive):
    asha.signs_in()
    clock.move(hours=hours)
    assert is_alive == alive(asha)


@pytest.mark.spec("S3")
def test_a_session_ends_after_thirty_days_however_much_it_is_used(house, asha, clock):
    asha.signs_in()
    for _ in range(35):
        clock.move(hours=20)
        assert alive(asha)
    clock.move(hours=19, minutes=59)
    assert alive(asha)
    clock.move(minutes=1)
    assert not alive(asha)


@pytest.mark.spec("S3")
def test_the_end_shown_is_the_earlier_of_both(house, asha, clock):
    asha.signs_in()
    began = clock.now()
    for _ in range(36):
        clock.move(hours=19.9)
        session = asha.gets("/api/v1/session").json
        expected = min(clock.now() + timedelta(hours=24), began + timedelta(days=30))
        assert expected == at(session["expires_at"])


def test_the_last_use_is_exact_to_five_minutes(house, asha, clock):
    asha.signs_in()
    clock.move(minutes=4)
    alive(asha)
    (session,) = asha.gets("/api/v1/sessions").json["data"]
    assert session["created_at"] == session["last_used_at"]
    clock.move(minutes=1)
    (session,) = asha.gets("/api/v1/sessions").json["data"]
    assert clock.now() == at(session["last_used_at"])


@pytest.mark.attack("039")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/session"),
        ("DELETE", "/api/v1/session"),
        ("GET", "/api/v1/sessions"),
        ("DELETE", "/api/v1/sessions/{session}"),
        ("POST", "/api/v1/sessions/end_all"),
        ("GET", "/api/v1/events"),
    ],
)
def test_nothing_but_a_session_is_a_session(house, asha, ben, method, path):
    """The flow's secret, the device's token, half a token, an ended one: none opens anything."""
    ben.signs_in()
    pending = asha.asks_for_a_code()
    head = ben.token[:-43]
    tokens = ["", "x", pending.secret, ben.device, head, head + "A" * 43, ben.token[:-1] + "~"]
    tokens += [ben.token.replace("ses_", "dev_"), ben.device.replace("dev_", "ses_"), "é" * 60]
    there = path.replace("{session}", ben.session)
    for token in tokens:
        answer = house.api.send(method, there, headers={"Authorization": f"Bearer {token}"})
        assert (401, "not_signed_in") == (answer.status, answer.code)
    with_flow = house.api.send(method, there, headers=pending.headers)
    assert (401, "not_signed_in") == (with_flow.status, with_flow.code)
    assert alive(ben)

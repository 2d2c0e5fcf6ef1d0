"""Trusted and familiar devices for programs, and what signing out everywhere ends."""

from datetime import datetime, timedelta

import pytest

from sekisho.ground import ids
from sekisho.ground.visitor import Visitor
from sekisho.records import trust
from tests.support.people import Person
from tests.support.web_client import WINDOWS

pytestmark = pytest.mark.spec("S1", "S2")
FIELDS = {
    "id",
    "device",
    "place",
    "first_used_at",
    "last_used_at",
    "trusted_at",
    "trusted_until",
    "sessions",
    "current",
}


def at(text):
    return datetime.fromisoformat(text)


def another_browser(house, person, ip="198.51.100.99"):
    """The same person at another browser."""
    other = Person(house, person.address, house.client(ip), person.account)
    house.clock.move(hours=1)
    other.signs_in()
    return other


def visitor(person, given=""):
    return Visitor("198.51.100.10", WINDOWS, device=person.device, trust=given)


def trusts(house, person):
    """Trust the person's browser, as a second step there does."""
    account = ids.read("acc", person.account)
    return house.db.write(
        "test",
        lambda work: trust.give(work, account, person.device, visitor(person), trust.Policy()),
    )


def recognised(house, person, given):
    account = ids.read("acc", person.account)
    return None is not trust.recognise(house.db, account, visitor(person, given))


def devices(person):
    return person.gets("/api/v1/devices").json["data"]


def alive(person):
    return person.gets("/api/v1/session").status == 200


def test_the_list_has_every_field(house, asha, clock):
    asha.signs_in()
    listed = asha.gets("/api/v1/devices").json
    assert {"data", "older", "next"} == set(listed)
    (device,) = listed["data"]
    assert FIELDS == set(device)
    assert ("Chrome on Windows", True, 1) == (
        device["device"],
        device["current"],
        device["sessions"],
    )
    assert (None, None, 0) == (device["trusted_at"], device["trusted_until"], listed["older"])
    assert clock.now() == at(device["first_used_at"]) == at(device["last_used_at"])


def test_the_callers_browser_stands_first_then_the_one_used_last(house, asha):
    asha.signs_in()
    second = another_browser(house, asha)
    third = another_browser(house, asha)
    assert [True, False, False] == [one["current"] for one in devices(asha)]
    assert [one["id"] for one in devices(second)][1:] == [
        devices(third)[0]["id"],
        devices(asha)[0]["id"],
    ]


def test_a_trusted_browser_says_until_when(house, asha, clock):
    asha.signs_in()
    trusts(house, asha)
    (device,) = devices(asha)
    assert clock.now() == at(device["trusted_at"])
    assert clock.now() + timedelta(days=30) == at(device["trusted_until"])
    clock.move(days=20)
    asha.signs_in()
    clock.move(days=10)
    asha.signs_in()
    (device,) = devices(asha)
    assert (None, None) == (device["trusted_at"], device["trusted_until"])


def test_an_unused_browser_leaves_the_list_after_sixty_days_and_is_counted(house, asha, clock):
    asha.signs_in()
    trusts(house, asha)
    other = another_browser(house, asha)
    clock.move(days=59, hours=23)
    other.signs_in()
    assert 2 == len(devices(other))
    clock.move(hours=2)
    assert (1, 1) == (len(devices(other)), other.gets("/api/v1/devices").json["older"])


def test_a_removed_browser_is_signed_out_trusted_no_more_and_a_stranger(house, asha):
    asha.signs_in()
    other = another_browser(house, asha)
    given = trusts(house, other)
    named = devices(other)[0]["id"]
    assert 204 == asha.client.delete(f"/api/v1/devices/{named}", asha.bearer).status
    assert (True, False) == (alive(asha), alive(other))
    assert not recognised(house, other, given)
    assert [True] == [one["current"] for one in devices(asha)]
    assert "device_removed" in {event["kind"] for event in asha.events()}
    house.clock.move(hours=1)
    before = other.device
    other.signs_in()
    assert before != other.device
    newest = next(one for one in other.events() if one["kind"] == "signed_in")
    assert ["new_device"] == newest["reasons"]


def test_removing_ones_own_browser_ends_the_session_that_asks(house, asha):
    asha.signs_in()
    assert (
        204 == asha.client.delete(f"/api/v1/devices/{devices(asha)[0]['id']}", asha.bearer).status
    )
    assert not alive(asha)


@pytest.mark.attack("106")
def test_another_accounts_browser_is_not_found(house, asha, ben):
    asha.signs_in()
    ben.signs_in()
    given = trusts(house, asha)
    named = devices(asha)[0]["id"]
    answer = ben.client.delete(f"/api/v1/devices/{named}", ben.bearer)
    nobody = ben.client.delete("/api/v1/devices/dev_0000000000000", ben.bearer)
    assert (404, "not_found") == (answer.status, answer.code)
    assert (nobody.status, nobody.json["detail"]) == (answer.status, answer.json["detail"])
    assert (True, True) == (alive(asha), recognised(house, asha, given))
    assert named not in ben.gets("/api/v1/devices").text


@pytest.mark.attack("106")
def test_a_browser_that_two_accounts_share_is_removed_from_one(house, asha, ben):
    asha.signs_in()
    ben.device = asha.device
    ben.signs_in()
    given = trusts(house, asha)
    named = devices(ben)[0]["id"]
    assert [named] == [one["id"] for one in devices(asha)]
    assert 204 == ben.client.delete(f"/api/v1/devices/{named}", ben.bearer).status
    assert (True, False) == (alive(asha), alive(ben))
    assert recognised(house, asha, given)


@pytest.mark.attack("107")
def test_removing_all_leaves_this_browser_and_says_what_ended(house, asha, ben):
    asha.signs_in()
    ben.signs_in()
    others = [another_browser(house, asha), another_browser(house, asha)]
    mine, theirs = trusts(house, asha), trusts(house, others[0])
    answer = asha.client.post("/api/v1/devices/remove_all", {}, asha.bearer)
    assert {"removed": 2, "ended": 2, "trusted_devices": 1} == answer.json
    assert [True, False, False, True] == [alive(one) for one in (asha, *others, ben)]
    assert (True, False) == (
        recognised(house, asha, mine),
        recognised(house, others[0], theirs),
    )


def test_removing_all_with_this_one_leaves_nothing(house, asha):
    asha.signs_in()
    given = trusts(house, asha)
    body = {"keep_current": False}
    answer = asha.client.post("/api/v1/devices/remove_all", body, asha.bearer)
    assert {"removed": 1, "ended": 1, "trusted_devices": 1} == answer.json
    assert (False, False) == (alive(asha), recognised(house, asha, given))


@pytest.mark.parametrize("body", [{"keep_current": "no"}, {"keep": True}, [], {"keep_current": 1}])
def test_removing_all_in_another_shape_removes_nothing(house, asha, body):
    asha.signs_in()
    other = another_browser(house, asha)
    answer = asha.client.post("/api/v1/devices/remove_all", body, asha.bearer)
    assert (422, "invalid_input") == (answer.status, answer.code)
    assert (True, 2) == (alive(other), len(devices(asha)))


@pytest.mark.attack("107")
@pytest.mark.parametrize("keep", [True, False])
def test_signing_out_everywhere_ends_every_trust_and_says_so(house, asha, ben, keep):
    asha.signs_in()
    other = another_browser(house, asha)
    ben.signs_in()
    given = [trusts(house, one) for one in (asha, other, ben)]
    answer = asha.client.post("/api/v1/sessions/end_all", {"keep_current": keep}, asha.bearer)
    assert {"ended": 2 - keep, "also": {"trusted_devices": 2}} == answer.json
    assert [False, False, True] == [
        recognised(house, one, token) for one, token in zip((asha, other, ben), given, strict=True)
    ]


@pytest.mark.attack("063", "107")
def test_what_ended_here_is_dead_on_another_node_at_once(house, asha, store, clock, build_house):
    """Both nodes hold the store, and neither remembers a session or a trust of its own."""
    asha.signs_in()
    other = another_browser(house, asha)
    given = trusts(house, other)
    there = build_house(over=store.open(clock))
    assert recognised(there, other, given)
    asha.client.post("/api/v1/sessions/end_all", {"keep_current": False}, asha.bearer)
    assert not recognised(there, other, given)
    client = there.client()
    assert [401, 401] == [client.get("/api/v1/session", one.bearer).status for one in (asha, other)]
    there.db.store.close()

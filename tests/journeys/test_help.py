"""The comparison of methods, by page and by API: made from the registry, claiming no more."""

import re

import pytest

from sekisho.authenticators.kinds import KINDS
from sekisho.ground.words import LANGUAGES, text
from sekisho.journeys.help.comparing import strongest_first
from sekisho.records.sessions import acr

pytestmark = pytest.mark.spec("M11")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_compares_every_kind_without_a_session(house, language):
    answer = house.client(language=language).get("/help/methods")
    assert 200 == answer.status
    said = re.sub(r"</?span[^>]*>", "", answer.text)  # what keeps "e-mail" on one line
    for kind in KINDS:
        assert text(language, f"way.{kind.name}") in said
        assert text(language, f"compare.{kind.name}.recovery") in said


def test_who_is_signed_in_is_led_to_the_own_methods(house):
    assert "/account/security/methods" not in house.api.get("/help/methods").text
    page = house.client()
    house.make_account("asha@example.org")
    sign_in_by_page(house, page)
    shown = page.get("/help/methods").text
    assert 'href="/account/security/methods"' in shown
    assert 'href="/help/methods"' in page.get("/account/security/methods").text


def sign_in_by_page(house, page):
    asked = page.submit("/sign-in", {"name": "asha@example.org"})
    place = asked.header("Location")
    code = house.inbox.code("asha@example.org")
    page.submit(place.partition("?")[0], {"code": code}, at=place)


def test_programs_read_what_the_registry_says(house):
    answer = house.api.get("/api/v1/method_kinds")
    assert 200 == answer.status
    said = {one["kind"]: one for one in answer.json["data"]}
    for kind in KINDS:
        assert {
            "kind": kind.name,
            "assurance": kind.assurance,
            "phishing_resistant": kind.is_phishing_resistant,
            "out_of_band": kind.is_out_of_band,
            "restricted": kind.is_restricted,
        } == said[kind.name]
    assert "passkey" == answer.json["data"][0]["kind"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_kind_is_compared_above_what_a_session_may_claim(kind):
    """One table cannot promise what the other does not keep."""
    claimed = acr((kind.name,))
    assert claimed.endswith({0: ":email", 1: ":aal1", 2: ":aal2"}[kind.assurance])


def test_the_strongest_stand_first():
    levels = [kind.assurance for kind in strongest_first(KINDS)]
    assert sorted(levels, reverse=True) == levels

"""Who has none of the ways is told what helps and what will come, the same for every name."""

import re

import pytest

from sekisho.ground.words import LANGUAGES, text

pytestmark = pytest.mark.spec("M9", "P6")
LINK = 'href="/recovery"'


def wants_another_way(house, name, ip):
    """A browser that nobody knows at "use another way"; return it, and where it is."""
    page = house.client(ip)
    begun = page.submit("/sign-in", {"name": name, "way": "other"})
    return page, begun.header("Location")


@pytest.mark.attack("057", "091")
def test_the_page_is_the_same_for_every_name(equipped, house):
    house.make_account("carol@example.org")
    shown = set()
    for number, name in enumerate((equipped.person.address, "carol@example.org", "no@example.org")):
        page, place = wants_another_way(house, name, f"198.18.5.{number}")
        assert LINK in page.get(place).text
        reset = page.submit(place.replace("/ways", "/forgotten"), at=place)
        assert LINK in page.get(reset.header("Location")).text
        shown.add(page.get("/recovery").body)
    assert 1 == len(shown)


def test_every_way_that_is_chosen_leads_there(equipped, house):
    page, place = wants_another_way(house, equipped.person.address, "198.18.5.9")
    options = re.findall(r'value="(opt_\w+)"[^>]*><span>', page.get(place).text)
    assert 4 < len(options)
    for option in options[1:]:
        asked = page.submit(place.replace("/ways", "/way"), {"option": option}, at=place)
        assert LINK in page.get(asked.header("Location")).text


def test_a_step_up_leads_there(equipped, house):
    page = equipped.person.client
    page.jar["sekisho_session"] = equipped.person.token
    add = "/account/security/add"
    begun = page.submit(add, {"address": "asha.second@example.net"}, at=add)
    assert LINK in page.get(begun.header("Location")).text
    assert "Don&#39;t sign out" in page.get("/recovery").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_names_what_helps_and_what_will_come_and_asks_for_nothing(house, language):
    answer = house.client(language=language).get("/recovery")
    assert 200 == answer.status
    for key in ("helps.recovery_code", "helps.mail", "people.text", "nothing.not_yet"):
        said = text(language, f"lost.{key}", service="Example")
        assert said.partition("Example")[0][:20] in answer.text
    assert "<form" not in answer.text

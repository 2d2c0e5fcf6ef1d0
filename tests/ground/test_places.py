"""Places: the country of an address as far as the table knows, and honest words for the rest."""

from datetime import date
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.make_places import rows, table
from sekisho.ground import places
from sekisho.ground.places import (
    EMPTY,
    Kind,
    Place,
    country_name,
    country_of,
    kind_of,
    place_of,
    read_table,
    text_of,
)

V4 = [
    "1.0.0.0,1.0.0.255,AU",
    "1.0.1.0,1.0.3.255,CN",
    "1.0.4.0,1.0.7.255,AU",
    "8.8.8.0,8.8.8.255,US",
]
V6 = ["2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,JP", "2001:208::,2001:208::7,SG"]
MADE_ON = date(2026, 6, 17)


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "countries.xz"
    path.write_bytes(table(MADE_ON, list(rows(V4)), list(rows(V6))))
    return read_table(path)


@pytest.mark.spec("R3")
@pytest.mark.parametrize(
    ("ip", "expected"),
    [
        pytest.param("1.0.0.0", "AU", id="first of a range"),
        pytest.param("1.0.0.255", "AU", id="last of a range"),
        pytest.param("1.0.2.3", "CN", id="middle"),
        pytest.param("1.0.7.255", "AU", id="last of the third"),
        pytest.param("1.0.8.0", None, id="behind a range"),
        pytest.param("0.255.255.255", None, id="before all"),
        pytest.param("8.8.8.8", "US", id="single network"),
        pytest.param("255.255.255.255", None, id="behind all"),
        pytest.param("2001:200::1", "JP", id="IPv6"),
        pytest.param("2001:200:ffff:ffff::9", "JP", id="last IPv6 network"),
        pytest.param("2001:201::", None, id="behind the IPv6 range"),
        pytest.param("2001:208::1", "SG", id="range finer than a /64"),
        pytest.param("::", None, id="before all IPv6"),
        pytest.param("ffff::", None, id="behind all IPv6"),
    ],
)
def test_a_table_knows_the_country_of_its_ranges_and_of_nothing_else(small, ip, expected):
    assert expected == small.country(ip_address(ip))


def test_a_table_knows_its_date(small):
    assert small.made_on == MADE_ON


def test_numbers_tabs_and_the_word_none_are_read_as_iptoasn_writes_them():
    lines = ["16777216\t16777471\tAU\tx", "1.0.1.0\t1.0.3.255\tCN", "1.0.4.0\t1.0.7.255\tNone", ""]

    assert [(16777216, 16777471, "AU"), (16777472, 16778239, "CN")] == list(rows(lines))


RANGES = st.lists(
    st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 5000), st.sampled_from(["JP", "US", "DE"])),
    max_size=20,
)


@given(RANGES, st.integers(0, 2**32 - 1), st.data())
def test_a_packed_table_answers_as_its_ranges_do(tmp_path_factory, ranges, far, data):
    v4 = [(first, min(first + length, 2**32 - 1), country) for first, length, country in ranges]
    near = [edge for first, last, _ in v4 for edge in (first, last)]
    asked = data.draw(st.sampled_from([far, *near]))
    path = tmp_path_factory.mktemp("places") / "countries.xz"
    path.write_bytes(table(MADE_ON, v4, []))
    holding = {country for first, last, country in v4 if first <= asked <= last} or {None}

    assert read_table(path).country(ip_address(asked)) in holding


def test_without_a_table_every_place_is_unknown(tmp_path):
    assert EMPTY is read_table(tmp_path / "missing.xz")
    assert EMPTY.country(ip_address("8.8.8.8")) is None
    assert EMPTY.country(ip_address("2001:200::1")) is None


@pytest.mark.parametrize(
    ("ip", "kind"),
    [
        ("10.1.2.3", Kind.PRIVATE),
        ("172.31.255.255", Kind.PRIVATE),
        ("192.168.0.1", Kind.PRIVATE),
        ("100.64.0.1", Kind.PRIVATE),
        ("169.254.1.1", Kind.PRIVATE),
        ("fd00::1", Kind.PRIVATE),
        ("fe80::1", Kind.PRIVATE),
        ("127.0.0.1", Kind.LOOPBACK),
        ("::1", Kind.LOOPBACK),
        ("::ffff:127.0.0.1", Kind.LOOPBACK),
        ("192.0.2.1", Kind.DOCUMENTATION),
        ("198.51.100.1", Kind.DOCUMENTATION),
        ("203.0.113.7", Kind.DOCUMENTATION),
        ("2001:db8::1", Kind.DOCUMENTATION),
        ("3fff::1", Kind.DOCUMENTATION),
        ("0.0.0.0", Kind.RESERVED),
        ("198.19.0.1", Kind.RESERVED),
        ("239.1.2.3", Kind.RESERVED),
        ("255.255.255.255", Kind.RESERVED),
        ("ff02::1", Kind.RESERVED),
        ("::", Kind.RESERVED),
        ("", Kind.UNREADABLE),
        ("8.8.8.8:53", Kind.UNREADABLE),
        ("<script>", Kind.UNREADABLE),
    ],
)
def test_special_addresses_have_a_kind_and_no_country(ip, kind):
    assert Place(None, kind) == place_of(ip)


@pytest.mark.parametrize(
    "ip",
    ["8.8.8.8", "172.32.0.1", "100.128.0.1", "192.0.3.1", "203.0.114.0", "2001:200::1", "2400::"],
)
def test_neighbours_of_special_addresses_are_public(ip):
    assert Kind.PUBLIC is kind_of(ip_address(ip))


@pytest.mark.spec("R3")
@pytest.mark.parametrize(
    ("ip", "expected"),
    [("8.8.8.8", "US"), ("2001:200::1", "JP"), ("203.0.113.7", None)],
)
@pytest.mark.skipif(
    not places.TABLE_PATH.exists(),
    reason="no country table is shipped; make one with scripts/make_places.py",
)
def test_the_shipped_table_knows_addresses_that_everybody_knows(ip, expected):
    assert expected == country_of(ip)


@pytest.mark.parametrize(
    ("code", "language", "expected"),
    [
        ("JP", "ja", "日本"),
        ("JP", "en", "Japan"),
        ("DE", "ja", "ドイツ"),
        ("XK", "en", "Kosovo"),
        ("Q9", "en", "Q9"),
    ],
)
def test_a_country_has_its_name_in_both_languages(code, language, expected):
    assert expected == country_name(code, language)


@pytest.mark.parametrize(
    ("place", "language", "expected"),
    [
        (Place("JP", Kind.PUBLIC), "en", "Japan (estimated)"),
        (Place("JP", Kind.PUBLIC), "ja", "日本（推定）"),
        (Place(None, Kind.PUBLIC), "en", "Place unknown"),
        (Place(None, Kind.PRIVATE), "ja", "場所不明"),
    ],
)
def test_a_place_claims_no_more_than_is_known(place, language, expected):
    assert expected == text_of(place, language)

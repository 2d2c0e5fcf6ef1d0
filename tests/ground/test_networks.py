"""Networks: which text is an address, what counts as one network, and who the client is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.ground.networks import (
    NO_NETWORKS,
    NOWHERE,
    client_ip,
    network_of,
    parse_ip,
    parse_networks,
)

PROXIES = parse_networks("10.0.0.0/8, 192.0.2.7, 2001:db8:ffff::/48")
PROXY = "10.0.0.1"
EVIL = "198.51.100.66"
REAL = "203.0.113.5"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("2001:DB8::1", "2001:db8::1"),
        ("2001:db8:0:0:0:0:0:1", "2001:db8::1"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("::ffff:cb00:7105", "203.0.113.5"),
    ],
)
def test_an_address_is_read_into_its_shortest_spelling(text, expected):
    assert expected == str(parse_ip(text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("unknown", id="a word"),
        pytest.param("203.0.113.5:443", id="port"),
        pytest.param("[2001:db8::1]", id="brackets"),
        pytest.param("[2001:db8::1]:443", id="brackets and port"),
        pytest.param("fe80::1%eth0", id="zone"),
        pytest.param("203.0.113.05", id="leading zero"),
        pytest.param("203.0.113", id="three parts"),
        pytest.param("3405803781", id="one number"),
        pytest.param("0xcb.0.113.5", id="hexadecimal"),
        pytest.param("203.0.113.5/32", id="network"),
        pytest.param(" 203.0.113.5", id="blank"),
        pytest.param("203.0.113.5\n", id="line end"),
        pytest.param("２０３.0.113.5", id="full-width digits"),
        pytest.param("1" * 5000, id="very long"),
        pytest.param("2001:db8::1::2", id="two gaps"),
    ],
)
def test_what_is_not_exactly_one_address_is_refused(text):
    assert parse_ip(text) is None


@given(st.ip_addresses())
def test_every_address_is_read_back(ip):
    assert parse_ip(str(ip)) in {ip, getattr(ip, "ipv4_mapped", None)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("203.0.113.5", "203.0.113.0/24"),
        ("203.0.113.255", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
    ],
)
def test_a_24_and_a_64_are_one_network(text, expected):
    assert expected == network_of(parse_ip(text))


@pytest.mark.parametrize("text", ["", " ", "\t"])
def test_no_setting_trusts_nobody(text):
    assert NO_NETWORKS is parse_networks(text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("10.0.0.0/8, proxy.local", "'proxy.local'", id="name"),
        pytest.param("10.0.0.0/8,,10.1.0.1", "empty part", id="two commas"),
        pytest.param("10.0.0.0/33", "'10.0.0.0/33'", id="too long a prefix"),
        pytest.param("10.0.0.1/8", "write 10.0.0.0/8", id="bits behind the prefix"),
        pytest.param("2001:db8::1/32", "write 2001:db8::/32", id="bits behind the IPv6 prefix"),
        pytest.param("0.0.0.0/0", "whole world", id="everybody"),
        pytest.param("::/0", "whole world", id="everybody in IPv6"),
        pytest.param("::ffff:10.0.0.0/104", "as IPv4", id="mapped"),
        pytest.param("fe80::1%eth0", "zone", id="zone"),
        pytest.param("10.0.0.1:80", "'10.0.0.1:80'", id="port"),
        pytest.param("*", "'*'", id="star"),
    ],
)
def test_a_bad_setting_is_refused_by_naming_the_part(text, named):
    with pytest.raises(ValueError, match=re.escape(named)):
        parse_networks(text)


@pytest.mark.attack("083")
@pytest.mark.parametrize("forwarded", [[], [EVIL], [f"{EVIL}, {PROXY}"], ["garbage"], [PROXY]])
@pytest.mark.parametrize("trusted", [NO_NETWORKS, PROXIES], ids=["nobody", "proxies"])
def test_a_peer_that_is_no_proxy_is_the_client_whatever_it_claims(forwarded, trusted):
    assert REAL == client_ip(REAL, forwarded, trusted)


@pytest.mark.attack("083")
@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        pytest.param([REAL], REAL, id="one proxy"),
        pytest.param([f"{EVIL}, {REAL}"], REAL, id="spoofed, appended"),
        pytest.param([EVIL, REAL], REAL, id="spoofed, second header"),
        pytest.param([f"{EVIL},{REAL},192.0.2.7"], REAL, id="two proxies"),
        pytest.param([f"{EVIL}, {REAL}", "192.0.2.7, 10.9.9.9"], REAL, id="three, two headers"),
        pytest.param([f"{PROXY}, {EVIL}, {REAL}"], REAL, id="own proxy spoofed"),
        pytest.param([f"127.0.0.1, {REAL}"], REAL, id="loopback spoofed"),
        pytest.param([f"{REAL} , 192.0.2.7\t"], REAL, id="blanks"),
        pytest.param(["2001:DB8:0::1"], "2001:db8::1", id="IPv6"),
        pytest.param([f"{REAL}, 2001:db8:ffff::9"], REAL, id="IPv6 proxy"),
        pytest.param(["::ffff:203.0.113.5"], REAL, id="mapped client"),
        pytest.param([f"{REAL}, ::ffff:10.0.0.3"], REAL, id="mapped proxy"),
        pytest.param([], PROXY, id="no header"),
        pytest.param([""], PROXY, id="empty header"),
        pytest.param(["10.0.0.9, 192.0.2.7"], "10.0.0.9", id="only proxies"),
        pytest.param([f"{EVIL}, garbage"], PROXY, id="unreadable at the end"),
        pytest.param([f"{EVIL}, unknown, 192.0.2.7"], "192.0.2.7", id="unreadable behind a proxy"),
        pytest.param([f"{EVIL},"], PROXY, id="empty at the end"),
        pytest.param([f"{EVIL}, {REAL}:443"], PROXY, id="port"),
        pytest.param([f"{EVIL}, 'x'\r\n"], PROXY, id="line end"),
        pytest.param([f"{EVIL}, " + "9" * 9000], PROXY, id="very long"),
    ],
)
def test_behind_proxies_the_right_most_stranger_is_the_client(forwarded, expected):
    assert expected == client_ip(PROXY, forwarded, PROXIES)


@pytest.mark.attack("083")
@pytest.mark.parametrize("peer", [PROXY, "::ffff:10.0.0.1", "2001:db8:ffff::1"])
@pytest.mark.parametrize("hops", [1, 2, 3])
@pytest.mark.parametrize("spoofed", [[], [EVIL], [EVIL, PROXY], ["", "x"], [PROXY] * 5])
def test_no_number_of_hops_lets_a_spoofed_address_through(peer, hops, spoofed):
    chain = [*spoofed, REAL, *["10.0.0.2"] * (hops - 1)]

    assert REAL == client_ip(peer, [", ".join(chain)], PROXIES)


@pytest.mark.parametrize("peer", ["", "unix:", "@", "x" * 5000])
def test_a_peer_without_an_ip_is_nowhere_and_believed_in_nothing(peer):
    assert NOWHERE == client_ip(peer, [EVIL], PROXIES)


def test_a_chain_without_end_is_not_followed_to_its_end():
    assert PROXY == client_ip(PROXY, [", ".join([EVIL, *[PROXY] * 5000])], PROXIES)


@pytest.mark.attack("083")
@given(st.lists(st.text(max_size=30), max_size=5))
def test_whatever_a_client_writes_its_address_is_the_one_our_proxy_saw(written):
    assert REAL == client_ip(PROXY, [*written, REAL], PROXIES)

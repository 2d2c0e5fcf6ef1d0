"""Addresses: what is read, what is refused, which are the same, and what a hint shows."""

import email_validator
import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.ground.addresses import (
    EmailAddress,
    canonical,
    folded,
    hint,
    parse_email,
    spelling_suggestion,
)

ATOM_SIGNS = "abcxyzABCXYZ0189_+-'"
ATOMS = st.text(ATOM_SIGNS, min_size=1, max_size=12)
LOCALS = st.lists(ATOMS, min_size=1, max_size=3).map(".".join)
LABELS = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9]{0,8}[a-zA-Z0-9])?", fullmatch=True)
DOMAINS = st.builds(
    lambda labels, top: ".".join([*labels, top]),
    st.lists(LABELS, min_size=1, max_size=3),
    st.sampled_from(["com", "jp", "co.jp", "JP", "org"]),
)
ORDINARY = st.builds(lambda local, domain: f"{local}@{domain}", LOCALS, DOMAINS)


def stored(text):
    email = parse_email(text)
    return None if email is None else email.text


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("eva@example.com", "eva@example.com", id="plain"),
        pytest.param("Eva@Example.COM", "Eva@example.com", id="only the domain gets lower case"),
        pytest.param("  eva@example.com\t", "eva@example.com", id="blanks around it"),
        pytest.param("\u3000eva@example.com\u3000", "eva@example.com", id="ideographic blanks"),
        pytest.param("\u202aeva@example.com\u202c", "eva@example.com", id="marks of direction"),
        pytest.param("eva＠example.com", "eva@example.com", id="full-width at"),
        pytest.param("ｅｖａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "eva@example.com", id="all full-width"),
        pytest.param("eva@example。com", "eva@example.com", id="ideographic full stop"),
        pytest.param("eva@例え.jp", "eva@xn--r8jz45g.jp", id="Japanese domain"),
        pytest.param("eva@例え。jp", "eva@xn--r8jz45g.jp", id="Japanese domain and full stop"),
        pytest.param("eva@xn--r8jz45g.jp", "eva@xn--r8jz45g.jp", id="A-label"),
        pytest.param("eva@XN--R8JZ45G.JP", "eva@xn--r8jz45g.jp", id="A-label in capitals"),
        pytest.param("eva@ﾆﾎﾝ.jp", "eva@xn--idk6a7d.jp", id="half-width kana"),
        pytest.param("eva@例え.テスト", "eva@xn--r8jz45g.xn--zckzah", id="Japanese top domain"),
        pytest.param("o'brien+tag@a-b.example", "o'brien+tag@a-b.example", id="legal signs"),
        pytest.param("a@x.test", "a@x.test", id="domain for tests"),
        pytest.param("e" * 64 + "@example.com", "e" * 64 + "@example.com", id="64 in front"),
    ],
)
def test_an_address_is_read_as_a_person_types_it(typed, expected):
    assert expected == stored(typed)


@pytest.mark.parametrize(
    "typed",
    ["a..b@docomo.ne.jp", ".a@docomo.ne.jp", "a.@ezweb.ne.jp", "a...-_b.@au.com"],
)
def test_old_addresses_of_japanese_carriers_are_read(typed):
    assert typed == stored(typed)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("a..b@example.com", id="two dots elsewhere"),
        pytest.param(".a@docomo.ne.jp.example.com", id="carrier only in front"),
        pytest.param("...@docomo.ne.jp", id="dots only"),
        pytest.param('".a"@docomo.ne.jp', id="quoted at a carrier"),
    ],
)
def test_the_rule_for_carriers_goes_no_further(typed):
    assert parse_email(typed) is None


@pytest.mark.attack("062")
@pytest.mark.parametrize(
    "typed",
    [
        "victim@example.com,evil@example.net",
        "victim@example.com;evil@example.net",
        "victim@example.com evil@example.net",
        "victim@example.com\nBcc: evil@example.net",
        "victim@example.com\r\nCc:evil@example.net",
        "victim@example.com\n",
        "\nvictim@example.com",
        "victim@example.com\x00",
        "victim@example.com\x00evil@example.net",
        "victim@example.com%0aBcc:evil@example.net",
        "victim@example.com&email=evil@example.net",
        '["victim@example.com","evil@example.net"]',
        "victim@example.com|evil@example.net",
        "victim@evil.net@example.com",
        "Victim <victim@example.com>",
        "<victim@example.com>",
        '"victim@example.com"@evil.net',
        '"victim"@example.com',
        "victim(comment)@example.com",
        "victim%evil.net@example.com",
        "evil.net!victim@example.com",
        "@evil.net:victim@example.com",
        "=?utf-8?q?victim=40evil.net=3e=00?=x@example.com",
        "victim\\@evil.net@example.com",
        "victim@example.com\u2028evil@example.net",
        "victim＠example.com，evil＠example.net",
        "victim@example.com\u0000.evil.net",
        "mailto:victim@example.com",
    ],
)
def test_what_could_reach_somebody_else_is_no_address(typed):
    assert parse_email(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param("@", id="an at"),
        pytest.param("eva", id="a name"),
        pytest.param("eva@", id="no domain"),
        pytest.param("@example.com", id="no local part"),
        pytest.param("eva@localhost", id="no dot"),
        pytest.param("eva@example", id="no dot either"),
        pytest.param("eva@[192.0.2.1]", id="IP literal"),
        pytest.param("eva@192.0.2.1", id="IP address"),
        pytest.param("eva@example.com.", id="dot at the end"),
        pytest.param("eva@.example.com", id="dot in front"),
        pytest.param("eva@example..com", id="two dots"),
        pytest.param("eva@-example.com", id="dash in front"),
        pytest.param("eva@example-.com", id="dash at the end"),
        pytest.param("eva@ex_ample.com", id="underscore"),
        pytest.param("eva@ab--cd.com", id="reserved dashes"),
        pytest.param("eva@xn--zzzzzzzzzzz.com", id="broken A-label"),
        pytest.param("eva@xn--example-.com", id="A-label of ASCII"),
        pytest.param("eva@" + "a" * 64 + ".com", id="label too long"),
        pytest.param("e" * 65 + "@example.com", id="local part too long"),
        pytest.param("eva@" + "a." * 130 + "com", id="domain too long"),
        pytest.param("eva@" + "例え." * 40 + "jp", id="too long as A-labels"),
        pytest.param("e" * 100_000 + "@example.com", id="very long"),
        pytest.param("えま@example.com", id="local part beyond ASCII"),
        pytest.param("eva@😀.jp", id="picture"),
        pytest.param("eva@exam\u200bple.com", id="hidden blank"),
        pytest.param("eva@exa\u00admple.com", id="soft hyphen"),
        pytest.param("e va@example.com", id="blank inside"),
        pytest.param("eva\ud800@example.com", id="half a sign"),
        pytest.param("eva@\ud800.com", id="half a sign in the domain"),
    ],
)
def test_what_is_no_address_is_refused(typed):
    assert parse_email(typed) is None


TAKES = "takes.me@gmail.com"


@pytest.mark.attack("075")
@pytest.mark.parametrize(
    ("typed", "is_same_person", "is_same_mailbox"),
    [
        ("takes.me@gmail.com", True, True),
        ("Takes.Me@gmail.com", True, True),
        ("TAKES.ME@GMAIL.COM", True, True),
        ("takes.me@Gmail.Com", True, True),
        (" takes.me@gmail.com ", True, True),
        ("\u3000takes.me@gmail.com", True, True),
        ("ｔａｋｅｓ．ｍｅ＠ｇｍａｉｌ．ｃｏｍ", True, True),
        ("ＴＡＫＥＳ．ＭＥ＠ＧＭＡＩＬ．ＣＯＭ", True, True),
        ("takes.me＠gmail.com", True, True),
        ("takes.me@gmail。com", True, True),
        ("takes.me@gmail｡com", True, True),
        ("\u200etakes.me@gmail.com\u200f", True, True),
        ("\ufefftakes.me@gmail.com", True, True),
        ("takesme@gmail.com", False, True),
        ("TakesMe@gmail.com", False, True),
        ("t.akesme@gmail.com", False, True),
        ("t.a.k.e.s.m.e@gmail.com", False, True),
        ("takes.m.e@gmail.com", False, True),
        ("takes.me+a@gmail.com", False, True),
        ("takes.me+b@gmail.com", False, True),
        ("takes.me+a+b@gmail.com", False, True),
        ("takes.me+@gmail.com", False, True),
        ("takesme+a.b@gmail.com", False, True),
        ("Takes.Me+A@Gmail.com", False, True),
        ("takes.me@googlemail.com", False, True),
        ("takesme@googlemail.com", False, True),
        ("TAKESME+x@GOOGLEMAIL.COM", False, True),
        ("ｔａｋｅｓｍｅ＋ｘ＠ｇｍａｉｌ．ｃｏｍ", False, True),
        ("t.a.k.e.s.m.e+z@googlemail.com", False, True),
        ("takes-me@gmail.com", False, False),
        ("takes_me@gmail.com", False, False),
        ("takes.me2@gmail.com", False, False),
        ("takes.me@gmail.co", False, False),
        ("takes.me@gmail.com.example", False, False),
        ("takes.me@mail.gmail.com", False, False),
        ("takes.me@example.com", False, False),
        ("takesme@example.com", False, False),
        ("takes.me+a@example.com", False, False),
        ("takes.me@gmai1.com", False, False),
        ("takes.me@xn--gmal-nza.com", False, False),
    ],
)
def test_a_variant_is_another_person_yet_the_same_mailbox(typed, is_same_person, is_same_mailbox):
    owner, variant = parse_email(TAKES), parse_email(typed)

    assert is_same_person == (canonical(variant) == canonical(owner))
    assert is_same_mailbox == (folded(variant) == folded(owner))


@pytest.mark.attack("075")
def test_tags_are_one_mailbox_at_every_provider_and_dots_only_at_gmail():
    assert "eva.b@example.com" == folded(parse_email("Eva.B+shop@example.com"))
    assert "+shop@example.com" == folded(parse_email("+Shop@example.com"))


@pytest.mark.attack("076")
@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("m\u0131ke@example.com", id="dotless i"),
        pytest.param("\u212aim@example.com", id="Kelvin sign"),
        pytest.param("\u017fam@example.com", id="long s"),
        pytest.param("stra\u00dfe@example.com", id="sharp s"),
        pytest.param("m\u0456ke@example.com", id="Cyrillic i"),
        pytest.param("\uff2b\u0131m@example.com", id="full-width and dotless"),
        pytest.param("\ufb01n@example.com", id="ligature"),
        pytest.param("\u24d4va@example.com", id="circled e"),
        pytest.param("e\u0301va@example.com", id="combining accent"),
        pytest.param("M\u0130KE@example.com", id="dotted capital I"),
        pytest.param("eva@\u212aelvin.com", id="Kelvin sign in the domain"),
        pytest.param("eva@\ufb01n.com", id="ligature in the domain"),
        pytest.param("eva@gma\u0131l.c\u2092m", id="subscript o"),
        pytest.param("eva@\u2460\u2461.com", id="circled digits"),
        pytest.param("eva@example\u2024com", id="one dot leader"),
        pytest.param("eva\ufe6bexample.com", id="small at"),
        pytest.param("eva@\u2100example.com", id="sign that holds a slash"),
    ],
)
def test_a_look_alike_is_no_address(typed):
    assert parse_email(typed) is None


@pytest.mark.attack("076")
@pytest.mark.parametrize(
    ("typed", "victim"),
    [
        pytest.param("eva@gma\u0131l.com", "eva@gmail.com", id="dotless i"),
        pytest.param("eva@stra\u00dfe.de", "eva@strasse.de", id="sharp s"),
        pytest.param("eva@\u0430pple.com", "eva@apple.com", id="Cyrillic a"),
        pytest.param("eva@gma\u0456l.com", "eva@gmail.com", id="Cyrillic i"),
        pytest.param("eva@g\u0301mail.com", "eva@gmail.com", id="combining accent"),
        pytest.param("eva@\u03bfutlook.com", "eva@outlook.com", id="Greek o"),
    ],
)
def test_a_look_alike_domain_is_another_address_and_looks_it(typed, victim):
    twin = parse_email(typed)

    assert twin.domain.startswith("xn--")
    assert canonical(twin) != canonical(parse_email(victim))


@pytest.mark.attack("076")
@given(st.text(max_size=40), st.text(max_size=40))
def test_no_sign_beyond_ascii_and_full_width_ever_becomes_ascii(local, domain):
    email = parse_email(f"{local}@{domain}.com")
    refused = email is None
    typed = {sign for sign in local if not sign.isascii() and not "！" <= sign <= "～"}

    assert refused or email.text.isascii()
    assert refused or typed <= set("\u00a0\u3000\u200b\u200e\u200f\u202a\u202c\u2060\ufeff")


JAPANESE = st.text(st.characters(min_codepoint=0xA1, max_codepoint=0xFFFF), max_size=6)


@given(JAPANESE)
def test_a_domain_beyond_ascii_is_mapped_as_uts_46_maps_it(label):
    email = parse_email(f"eva@{label}.jp")
    expected = "" if email is None else idna.encode(f"{label}.jp", uts46=True).decode()

    assert email is None or expected == email.domain


@given(st.text(max_size=60))
def test_nothing_makes_reading_fail(text):
    email = parse_email(text)

    assert email is None or parse_email(email.text) == email


@given(ORDINARY)
def test_reading_the_stored_or_canonical_form_again_changes_nothing(typed):
    email = parse_email(typed)

    assert email == parse_email(email.text)
    assert canonical(email) == canonical(parse_email(canonical(email)))


@given(ORDINARY)
def test_capitals_never_make_another_person_or_mailbox(typed):
    loud, quiet = parse_email(typed.upper()), parse_email(typed.lower())

    assert canonical(loud) == canonical(quiet)
    assert folded(loud) == folded(quiet)


@given(ORDINARY)
def test_ordinary_addresses_are_read_as_email_validator_reads_them(typed):
    oracle = email_validator.validate_email(
        typed, check_deliverability=False, test_environment=True
    )

    assert EmailAddress(oracle.ascii_local_part, oracle.ascii_domain) == parse_email(typed)


@pytest.mark.spec("P2")
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("emily@example.com", "em*****@example.com"),
        ("emilia.long.name@example.com", "em*****@example.com"),
        ("emi@example.com", "em*****@example.com"),
        ("em@example.com", "e*****@example.com"),
        ("e@example.com", "e*****@example.com"),
        ("eva@例え.jp", "ev*****@xn--r8jz45g.jp"),
    ],
)
def test_a_hint_shows_two_letters_and_always_five_stars(address, expected):
    assert expected == hint(parse_email(address))


def test_an_address_hides_its_local_part_where_it_is_printed():
    assert "emily" not in repr(parse_email("emily@example.com"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Eva@gmial.com", "Eva@gmail.com"),
        ("eva@gmail.con", "eva@gmail.com"),
        ("eva@gmail.co", "eva@gmail.com"),
        ("eva@gmal.com", "eva@gmail.com"),
        ("eva@yaho.co.jp", "eva@yahoo.co.jp"),
        ("eva@yahoo.co.jo", "eva@yahoo.co.jp"),
        ("eva@docomo.ne.jpp", "eva@docomo.ne.jp"),
        ("eva@dokomo.ne.jp", "eva@docomo.ne.jp"),
        ("eva@ezwev.ne.jp", "eva@ezweb.ne.jp"),
        ("eva@icluod.com", "eva@icloud.com"),
        ("eva@hotnail.con", "eva@hotmail.com"),
    ],
)
def test_a_slip_of_the_finger_gets_a_suggestion(address, expected):
    assert expected == spelling_suggestion(parse_email(address))


@pytest.mark.parametrize(
    "address",
    [
        "eva@gmail.com",
        "eva@ymail.com",
        "eva@mail.com",
        "eva@yahoo.co.uk",
        "eva@yahoo.ne.jp",
        "eva@au.com",
        "eva@example.com",
        "eva@xn--r8jz45g.jp",
    ],
)
def test_a_right_domain_gets_no_suggestion(address):
    assert spelling_suggestion(parse_email(address)) is None

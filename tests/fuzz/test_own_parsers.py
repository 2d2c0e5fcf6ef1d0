"""Whatever comes in from outside is read or refused, and never breaks what reads it."""

import sys
import unicodedata
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from sekisho.authenticators.code import read_code
from sekisho.doors.house import LETTERS
from sekisho.ground import addresses, ids, networks, words
from sekisho.ground.clock import micros
from sekisho.records import flows, sessions
from sekisho.records.delivery import letters
from sekisho.records.flows import Purpose, Ticket
from sekisho.web import cookies
from tests.support.material import START, SeededChance, draw_keys

KEYS = draw_keys()
SIGNS = [chr(point) for point in range(sys.maxunicode + 1)]
DECIMALS = [sign for sign in SIGNS if unicodedata.decimal(sign, None) is not None]
SPACES = [sign for sign in SIGNS if unicodedata.category(sign) == "Zs"]
DASHES = [sign for sign in SIGNS if unicodedata.category(sign) == "Pd"] + list("⁃−ーｰ")
ZERO_WIDTH = list(
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202e\u2060\u2063\u2066\u2069\ufeff"
)
CODES = st.from_regex(r"[0-9]{6}|[0-9]{8}", fullmatch=True)
FULL_WIDTH = {ord(" "): "\u3000"} | {point: point + 0xFEE0 for point in range(0x21, 0x7F)}
TICKET = Ticket(77, Purpose.SIGN_IN, START, "ja", "Asia/Tokyo", "taro@example.com")
SHIPPED = letters.load(LETTERS, None, "Sekisho", "id.example.com")
SECRET = flows.seal_ticket(TICKET, KEYS, SeededChance())


# --- What people type and paste (C7) ---


@pytest.mark.spec("C7")
def test_every_decimal_of_unicode_is_its_digit():
    assert len(DECIMALS) >= 650
    wrong = [
        sign
        for sign in DECIMALS
        if read_code(f"{sign}12345", 6) != f"{unicodedata.decimal(sign)}12345"
    ]
    assert [] == wrong


@pytest.mark.spec("C7")
@pytest.mark.parametrize(
    "joiner", [*SPACES, *DASHES, *ZERO_WIDTH], ids=lambda sign: f"U+{ord(sign):04X}"
)
def test_groups_are_joined_by_spaces_dashes_and_zero_width_signs(joiner):
    assert "123456" == read_code(f"123{joiner}456", 6)
    assert "123456" == read_code(f"{joiner}12{joiner}{joiner}34{joiner}56{joiner}", 6)


@pytest.mark.spec("C7")
@pytest.mark.parametrize("divider", ["\n", ",", "/", ".", ":", "x", "の", "+", "_", "・"])
def test_nothing_else_joins_groups(divider):
    assert None is read_code(f"123{divider}456", 6)
    assert "123456" == read_code(f"123456{divider}99", 6)


@pytest.mark.spec("C7", "D5")
@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("kind", ["sign_in", "sign_up"])
@given(code=CODES, minute=st.integers(0, 527_040), is_full_width=st.booleans())
def test_a_whole_letter_pasted_with_its_subject_is_its_code(
    kind, language, code, minute, is_full_width
):
    at = START + timedelta(minutes=minute)
    written = letters.write(SHIPPED, kind, contents(language, at, code))
    pasted = f"{written.subject}\n{written.text}"
    assert code == read_code(pasted.translate(FULL_WIDTH) if is_full_width else pasted, len(code))


def contents(language, at, code):
    return letters.Contents(
        language=language,
        zone="Asia/Tokyo",
        created_at=at,
        ends_at=at + timedelta(minutes=5),
        label="K7",
        code=code,
        facts={"device": "Chrome on Windows 11", "place": "Japan", "asked_at": micros(at)},
    )


@pytest.mark.spec("C7")
@given(code=CODES, before=st.text(max_size=60), after=st.text(max_size=60))
def test_a_sentence_around_a_code_never_makes_it_another(code, before, after):
    read = read_code(f"{before}{code}{after}", len(code))
    assert read is None or read == code or read in plain_digits(before + code + after)


def plain_digits(text):
    signs = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(sign, "")) for sign in signs)


# --- Addresses ---


@given(st.text(max_size=450) | st.text("aA1.@+-_\u3000＠。ｅｎ例xn--", max_size=70))
@example("a@" + "xn--" * 60 + ".com")
@example("a@\u0130.example")
@example("a@ẞ.example")
def test_an_address_is_read_or_none_and_reads_as_itself_again(text):
    email = addresses.parse_email(text)
    if email is not None:
        assert email == addresses.parse_email(email.text)
        assert email.text.isascii()
        assert email.text.isprintable()
        assert " " not in email.text
        assert 1 == email.text.count("@")
        assert len(email.text) <= 254
        assert addresses.canonical(email) == addresses.canonical(
            addresses.parse_email(addresses.canonical(email))
        )
        assert email.local[1:] not in addresses.hint(email) or len(email.local) < 3


# --- Tickets, tokens, ids ---


@pytest.mark.spec("C5")
@pytest.mark.attack("134")
@pytest.mark.parametrize("name", ["a@example.com", "an@example.com", "ann@example.com"])
def test_no_ticket_with_one_bit_or_one_sign_changed_opens(name):
    secret = flows.seal_ticket(replace(TICKET, name=name), KEYS, SeededChance())
    changed = [
        f"{secret[:place]}{chr(ord(sign) ^ 1 << bit)}{secret[place + 1 :]}"
        for place, sign in enumerate(secret)
        for bit in range(7)
    ]
    changed += [
        f"{secret[:place]}{sign}{secret[place:]}" for place in range(50) for sign in "!=\n A"
    ]
    assert [] == [one for one in changed if flows.open_ticket(one, KEYS)]


@pytest.mark.attack("134")
@given(st.integers(0, len(SECRET)), st.integers(0, len(SECRET)), st.text(max_size=5))
def test_no_ticket_that_was_cut_or_added_to_opens(start, end, added):
    changed = SECRET[:start] + added + SECRET[end:]
    assert changed == SECRET or flows.open_ticket(changed, KEYS) is None


@given(
    st.text(max_size=1300) | st.binary(max_size=900).map(lambda octets: octets.decode("latin-1"))
)
def test_no_text_is_a_ticket_and_reading_one_never_fails(text):
    assert None is flows.open_ticket(text, KEYS)


@given(st.text(max_size=120), st.sampled_from(["dev", "ses", "evt", "", "dev_0"]))
@example("_" * 44, "dev")
def test_tokens_and_ids_are_read_or_none(text, prefix):
    for typed in (text, f"{prefix}_{text}"):
        number = ids.read(prefix, typed)
        assert number is None or ids.show(prefix, number) == typed
        held = sessions.device_of(typed)
        assert held is None or held.secret.isascii()


# --- Headers ---


@given(st.text(max_size=300), st.booleans())
@example("sekisho_session=", False)
@example("sekisho_session=a; sekisho_session=b; =;;; sekisho_session", False)
def test_cookies_are_read_or_left_out(header, is_secure):
    found = cookies.read(header, is_secure=is_secure)
    assert set(found) <= {"session", "device", "flow", "form", "language", "zone", "theme"}
    assert all(";" not in value for value in found.values())


PROXIES = networks.parse_networks("10.0.0.0/8, 2001:db8::/32")
HOPS = st.one_of(
    st.ip_addresses().map(str),
    st.sampled_from(
        ["10.0.0.1", "10.255.0.2", "2001:db8::1", "unknown", "", "1.2.3.4:80", "[::1]"]
    ),
    st.text(max_size=20),
)


@pytest.mark.attack("083")
@given(st.sampled_from(["10.0.0.1", "203.0.113.7"]), st.lists(HOPS, max_size=20))
def test_the_client_is_the_peer_or_vouched_for_by_our_proxies(peer, hops):
    chain = ", ".join(hops)
    found = networks.client_ip(peer, (chain,) if hops else (), PROXIES)
    ip = networks.parse_ip(found)
    assert ip is not None
    if peer == "203.0.113.7":
        assert peer == found
    else:
        assert found == peer or found in vouched_for(chain)


def vouched_for(chain):
    """Every address right of the first hop that is not ours, counted from the right."""
    seen = []
    for hop in reversed([one.strip(" \t") for one in chain.split(",")]):
        ip = networks.parse_ip(hop)
        if ip is None:
            break
        seen.append(str(ip))
        if not PROXIES.holds(ip):
            break
    return seen


@given(
    st.text("enja-;q=0.19, *", max_size=80) | st.text(max_size=300), st.none() | st.text(max_size=5)
)
@example("ja;q=1.0000", None)
@example("," * 5000, None)
def test_a_language_is_always_chosen(header, wanted):
    assert words.choose(header, wanted) in words.LANGUAGES
    assert "ja" == words.choose(header, "ja")


@given(st.text(max_size=80) | st.text("AaEuropetc/_+-.0", max_size=30))
def test_a_time_zone_is_one_or_nothing(name):
    assert words.zone_named(name) in {"", name}

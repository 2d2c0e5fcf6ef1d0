"""The strength that a page tells while typing is the service's own, by the words it knows."""

import runpy

import pytest

from sekisho.authenticators import password
from tests.browser import showing
from tests.support import source

OWN = ("taro", "example")
MADE = runpy.run_path(str(source.ROOT / "scripts" / "make_common_words.py"))
TYPED = (
    *("", "a", "password", "password1", "Passw0rd!", "qwertyuiop", "asdfgh", "abcdefgh"),
    *("taro1990", "taro.example", "20261122", "aaaaaaaaaaaa", "abcabcabcabc", "12345678"),
    *("vu owl 37", "vu owl 37 kelps", "seven quiet herons wade home", "correct horse battery"),
    *("パスワード", "ＰＡＳＳＷＯＲＤ", "東京タワーに登る", "hayashi2020", "🦊🦊🦊🦊", "x" * 300),
    *("zxcvbnm,./", "1qaz2wsx", "Tr0ub4dor&3", "dragon baseball monkey"),
)
STEPS = {"easy": "easy", "fair": "fair", "hard": "hard", "very_hard": "veryHard"}


def rank_bits(word):
    """The bits of a word that the page knows too."""
    bits = password.rank_bits(word)
    return bits if bits is not None and bits <= MADE["MOST_BITS"] and word.isalnum() else None


@pytest.fixture
def page(chromium):
    with showing.serving() as origin:
        context = chromium.new_context(base_url=origin)
        page = context.new_page()
        page.goto(showing.address("en", "security_info/choose_password.html#first"))
        yield page
        context.close()


@pytest.mark.spec("M6")
def test_page_and_service_estimate_alike(page):
    told = page.evaluate(
        "async ([typed, own]) => { const { estimate } = await import('/static/password.js');"
        " return typed.map((one) => estimate(one, new Set(own))); }",
        [TYPED, OWN],
    )
    expected = [STEPS[password.estimate(one, frozenset(OWN), rank_bits).step] for one in TYPED]
    assert dict(zip(TYPED, expected, strict=True)) == dict(zip(TYPED, told, strict=True))


def test_the_words_of_the_page_are_the_first_of_the_list():
    shipped = (source.PACKAGE / "web" / "static" / "common_words.js").read_text(encoding="utf-8")
    assert MADE["module"]() == shipped

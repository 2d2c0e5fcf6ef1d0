"""Every page and letter in every state and language: it renders, is clean, and says its words."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup

import sekisho
from sekisho.ground.words import LANGUAGES, catalogue
from sekisho.web import rendering
from tests.web import samples

PACKAGE = Path(sekisho.__file__).parent
FOLDERS = sorted(
    folder for folder in PACKAGE.rglob("templates") if folder != PACKAGE / "web/templates"
)
PAGES = rendering.load(FOLDERS)
STATES = [(language, state) for language in LANGUAGES for state in samples.pages(language)]
LETTERS = [(language, kind) for language in LANGUAGES for kind in samples.letters(language)]
CODE_LETTERS = [kind for kind in samples.letters("en") if kind.startswith("authenticators")]

every_state = pytest.mark.parametrize(("language", "state"), STATES)
every_letter = pytest.mark.parametrize(("language", "kind"), LETTERS)


def page(language, state, **other):
    context = samples.pages(language)[state] | other
    return rendering.render(PAGES, state.partition("#")[0], language, context)


def letter(language, kind, **other):
    context = samples.letters(language)[kind] | other
    return rendering.letter(PACKAGE / kind, language, context)


class Elements(HTMLParser):
    """The elements of a page, in order, and the text in each of the named ones."""

    def __init__(self, html):
        super().__init__()
        self.all = []
        self.words = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.all.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.all and self.all[-1][0] not in {"style", "title"}:
            self.words.append(data)

    def of(self, tag):
        return [attributes for name, attributes in self.all if name == tag]


@every_state
def test_a_page_has_its_language_one_heading_and_an_empty_status(language, state):
    html = page(language, state)
    elements = Elements(html)
    assert [language] == [found["lang"] for found in elements.of("html")]
    assert 1 == len(elements.of("h1"))
    assert '<p role="status" id="status" class="unseen"></p>' in html
    assert "id.example.com" in html


@every_state
def test_a_page_is_clean_for_the_strict_policy(language, state):
    """No style, handler or script of its own, nothing from elsewhere (spec, issue 2 section 4)."""
    elements = Elements(page(language, state))
    names = {name for _, attributes in elements.all for name in attributes}
    assert set() == {name for name in names if name == "style" or name.startswith("on")}
    assert [] == elements.of("style")
    assert all(script["src"].startswith("/static/") for script in elements.of("script"))
    assert all(link["href"].startswith("/static/") for link in elements.of("link"))
    assert all(not href.startswith(("http", "//", "javascript")) for href in hrefs(elements))


def hrefs(elements):
    return [attributes["href"] for _, attributes in elements.all if "href" in attributes]


@every_state
def test_ids_are_single_and_everything_that_names_one_finds_it(language, state):
    elements = Elements(page(language, state))
    ids = [attributes["id"] for _, attributes in elements.all if "id" in attributes]
    assert sorted(set(ids)) == sorted(ids)
    named = {
        one
        for _, attributes in elements.all
        for name in ("for", "aria-describedby", "aria-labelledby")
        for one in attributes.get(name, "").split()
    }
    named |= {href[1:] for href in hrefs(elements) if href.startswith("#")}
    assert set() == named - set(ids)


@every_state
def test_every_form_that_posts_carries_its_token(language, state):
    html = page(language, state)
    forms = re.findall(r'<form method="post".*?</form>', html, re.DOTALL)
    assert [] == [
        form for form in forms if 'name="form_token" value="token-of-the-form"' not in form
    ]


@every_state
def test_a_page_with_errors_says_so_first_in_its_title(language, state):
    html = page(language, state)
    prefix = "Error: " if language == "en" else "エラー："
    assert ("data-errors" in html) == (f"<title>{prefix}" in html)


@pytest.mark.parametrize("template", [path for folder in FOLDERS for path in folder.glob("*.html")])
def test_every_template_has_a_sample(template):
    name = f"{template.parent.parent.name}/{template.name}"
    assert name in {state.partition("#")[0] for state in samples.pages("en")}


def test_every_sentence_of_the_pages_is_used():
    """A key that nothing names is a sentence that nobody wrote for a reason."""
    sources = [*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.py")]
    text = "\n".join(path.read_text() for path in sources)
    made = (
        "event.",
        "outcome.",
        "reason.",
        "refusal.",
        "problem.",
        "ended.",
        "way.",
        "time.",
        "frame.back_to_start",
    )
    unused = [
        key
        for key in catalogue("en")
        if not key.startswith(made) and key.removesuffix(".one").removesuffix(".other") not in text
    ]
    assert [] == unused


def test_what_a_page_is_not_given_is_an_error():
    context = samples.pages("en")["sign_in/code.html#first"]
    del context["label"]
    with pytest.raises(UndefinedError):
        rendering.render(PAGES, "sign_in/code.html", "en", context)


@pytest.mark.parametrize("state", sorted(samples.pages("en")))
def test_hostile_text_stays_text(state):
    """Attack 103: names of devices, addresses and services are never markup."""
    hostile = '"><script>alert(1)</script>{{ 3571 * 7 }}'
    context = poisoned(samples.pages("en")[state], hostile)
    html = rendering.render(PAGES, state.partition("#")[0], "en", context)
    assert "<script>alert" not in html
    assert "24997" not in html


KEYS = {"title_key", "text_key", "action_key", "language", "why", "kind", "outcome", "ways"}
KEYS |= {"reasons", "zone", "theme", "refused"}


def poisoned(value, hostile):
    match value:
        case dict():
            return {
                key: one if key in KEYS else poisoned(one, hostile) for key, one in value.items()
            }
        case list():
            return [poisoned(one, hostile) for one in value]
        case str() if value:
            return hostile
        case _:
            return value


def test_values_in_sentences_are_escaped_and_markup_stands():
    environment = PAGES.environments["en"]
    template = environment.from_string('{{ t("frame.on_host", host=host) }}')
    assert "This page is on &lt;b&gt;" == template.render(host="<b>")
    assert "This page is on <b>" == template.render(host=Markup("<b>"))


def test_the_code_field_is_exactly_what_browsers_fill():
    """EXPERIENCE 2.1: one plain field, no length, no placeholder."""
    field = next(
        found
        for found in Elements(page("en", "sign_in/code.html#first")).of("input")
        if found.get("id") == "code"
    )
    expected = {
        "name": "code",
        "type": "text",
        "inputmode": "numeric",
        "autocomplete": "one-time-code",
        "spellcheck": "false",
        "autocapitalize": "off",
    }
    assert expected == {name: field.get(name) for name in expected}
    assert set() == {"maxlength", "placeholder", "pattern", "required"} & set(field)


def test_the_name_field_offers_names_and_passkeys():
    html = page("en", "sign_in/name.html#first")
    assert 'type="text" inputmode="email" autocomplete="username webauthn"' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stranger_reads_the_same_whether_the_account_exists(language):
    """C11: closed sign-up says "if", and no state of the page names what the account has."""
    said = page(language, "sign_in/code.html#first")
    assert ("If an account uses" if language == "en" else "登録されている場合は") in said


# Letters


@every_letter
def test_a_letter_is_whole_and_has_no_link(language, kind):
    written = letter(language, kind)
    for part in (written.subject, written.text, written.html):
        assert part.strip()
        assert None is re.search(r"://|www\.|<a[\s>]|href|<img|<script", part)
    assert "\n" not in written.subject


@every_letter
def test_the_html_says_the_same_words_as_the_text(language, kind):
    written = letter(language, kind)
    said = "".join(" ".join(Elements(written.html).words).split())
    assert "".join(written.text.split()) == said


@pytest.mark.parametrize("kind", CODE_LETTERS)
def test_the_subject_of_a_code_begins_with_the_code(kind):
    assert "482913 is your Example code" == letter("en", kind).subject
    assert "482913：Exampleの確認コード" == letter("ja", kind).subject


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CODE_LETTERS)
def test_a_code_letter_tells_all_that_the_owner_needs(kind, language):
    """D5: code, label, device, place, time and zone, until when, the host, share with nobody."""
    context = samples.letters(language)[kind]
    written = letter(language, kind)
    missing = [name for name in context if str(context[name]) not in written.text]
    assert [] == missing
    assert "482913" == written.text.split()[0]


def runs(text):
    """Digit groups joined only by spaces, dashes or zero-width signs are one run (spec C7)."""
    joined = re.findall(r"\d(?:[\s\-\u2010-\u2015\u200b-\u200d\u2060\ufeff\u00ad]*\d)*", text)
    return {re.sub(r"\D", "", run) for run in joined}


short_words = st.text("abcあ漢 .:-1", min_size=1, max_size=12).filter(
    lambda text: text.strip() and not any(len(run) > 3 for run in runs(text))
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CODE_LETTERS)
@given(code=st.from_regex(r"\A(?:[0-9]{6}|[0-9]{8})\Z"), values=st.data())
def test_pasting_the_whole_letter_gives_its_code_and_nothing_else(kind, language, code, values):
    other = {name: values.draw(short_words) for name in ("service", "host", "device", "place")}
    written = letter(language, kind, code=code, **other)
    pasted = f"{written.subject}\n{written.text}"
    assert {code} == {run for run in runs(pasted) if len(run) in {6, 8}}


@every_letter
def test_a_notice_that_is_no_code_looks_like_none(language, kind):
    written = letter(language, kind)
    found = {run for run in runs(written.subject + "\n" + written.text) if len(run) in {6, 8}}
    assert ({"482913"} if kind in CODE_LETTERS else set()) == found


@every_letter
def test_a_letter_names_pages_as_the_pages_do(language, kind):
    """ "Recent activity" in a letter is what the menu says."""
    named = re.findall(r"[“「](.+?)[”」]", letter(language, kind).text)
    assert set() == set(named) - set(catalogue(language).values())


def test_a_value_cannot_break_the_subject_into_headers():
    """Attack 088: SMTP and header injection."""
    written = letter("en", CODE_LETTERS[0], service="Example\r\nBcc: all@example.com")
    assert "482913 is your Example Bcc: all@example.com code" == written.subject

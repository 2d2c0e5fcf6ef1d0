"""Every page in every state and language: it renders, is clean, and says its words."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

import sekisho
from sekisho.ground.words import LANGUAGES, catalogue
from sekisho.journeys.security_info.rules import METHODS
from sekisho.web import rendering
from tests.web import samples

PACKAGE = Path(sekisho.__file__).parent
FOLDERS = sorted(
    folder for folder in PACKAGE.rglob("templates") if folder != PACKAGE / "web/templates"
)
PAGES = rendering.load(FOLDERS)
# What templates say of a method by its kind, put together from both.
OF_EACH_KIND = (
    "method.{}.lead",
    "method.{}.missing",
    "method.{}.wrong",
    "method.{}.used",
    "more.title_{}",
    "enrol.title_{}",
    "enrol.wrong_{}",
    "enrol.over_{}",
)
BY_CODES = ("totp", "recovery_code")
OF_EACH_PROOF = (
    "method.{}.lead",
    "method.{}.missing",
    "method.{}.wrong",
    "method.{}.used",
    "more.title_{}",
)
BY_PROOFS = ("password", "passkey")
OF_EACH_CONTACT = ("more.another_{}", "more.confirm_{}")
BY_CONTACTS = ("email_code", "sms_code", "voice_code")
OF_EVERY_KIND = ("add_method.{}", "add_method.{}_lead", "methods.add_{}", "methods.why_{}")
SAMPLES = {language: samples.pages(language) for language in LANGUAGES}
STATES = [(language, state) for language in LANGUAGES for state in SAMPLES[language]]

every_state = pytest.mark.parametrize(("language", "state"), STATES)


@cache
def page(language, state):
    context = SAMPLES[language][state]
    return rendering.render(PAGES, state.partition("#")[0], language, context)


class Elements(HTMLParser):
    """The elements of a page, in order."""

    def __init__(self, html):
        super().__init__()
        self.all = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.all.append((tag, dict(attrs)))

    def of(self, tag):
        return [attributes for name, attributes in self.all if name == tag]


@cache
def elements_of(language, state):
    return Elements(page(language, state))


@every_state
def test_a_page_has_its_language_one_heading_and_an_empty_status(language, state):
    html = page(language, state)
    elements = elements_of(language, state)
    assert [language] == [found["lang"] for found in elements.of("html")]
    assert 1 == len(elements.of("h1"))
    assert '<p role="status" id="status" class="unseen"></p>' in html
    assert "id.example.com" in html


@every_state
def test_a_page_is_clean_for_the_strict_policy(language, state):
    """No style, handler or script of its own, nothing from elsewhere (spec, issue 2 section 4)."""
    elements = elements_of(language, state)
    names = {name for _, attributes in elements.all for name in attributes}
    values = [value for _, attributes in elements.all for value in attributes.values()]
    assert [] == [value for value in values if value and "<" in value]
    assert set() == {name for name in names if name == "style" or name.startswith("on")}
    assert [] == elements.of("style")
    assert all(script["src"].startswith("/static/") for script in elements.of("script"))
    ours = ("/static/", "/app.webmanifest")
    assert all(link["href"].startswith(ours) for link in elements.of("link"))
    assert all(not href.startswith(("http", "//", "javascript")) for href in hrefs(elements))


def hrefs(elements):
    return [attributes["href"] for _, attributes in elements.all if "href" in attributes]


@every_state
def test_ids_are_single_and_everything_that_names_one_finds_it(language, state):
    elements = elements_of(language, state)
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
    assert name in {state.partition("#")[0] for state in SAMPLES["en"]}


def test_every_sentence_of_the_pages_is_used():
    """A key that nothing names is a sentence that nobody wrote for a reason."""
    sources = [*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.py")]
    text = "\n".join(path.read_text() for path in sources)
    made = (
        "act.",
        "app.",
        "method.called_",
        "push.what_",
        "ended_all.push_devices",
        "more.title_push",
        "checkup.health.",
        "checkup.told.",
        "checkup.step.",
        "checkup.do.",
        "compare.",
        "doubt.",
        "two_step.step.",
        "two_step.text.",
        "event.",
        "unsent.",
        "notices.kind.",
        "notices.channel.",
        "test.state.",
        "test.step.",
        "outcome.",
        "reason.",
        "refusal.",
        "problem.",
        "ended.",
        "way.",
        "way_needs.",
        "time.",
        "frame.back_to_start",
        "phone.",
        "password.unfit.",
        "password.strength.",
        "add_method.password_change",
    )
    of_each_kind = {form.format(kind) for form in OF_EACH_KIND for kind in BY_CODES}
    of_each_kind |= {form.format(kind) for form in OF_EVERY_KIND for kind in METHODS}
    of_each_kind |= {form.format(kind) for form in OF_EACH_PROOF for kind in BY_PROOFS}
    of_each_kind |= {form.format(kind) for form in OF_EACH_CONTACT for kind in BY_CONTACTS}
    assert set() == of_each_kind - set(catalogue("en"))
    unused = [
        key
        for key in catalogue("en")
        if not key.startswith(made)
        and key not in of_each_kind
        and key.removesuffix(".one").removesuffix(".other") not in text
    ]
    assert [] == unused


def test_what_a_page_is_not_given_is_an_error():
    context = dict(SAMPLES["en"]["sign_in/code.html#first"])
    del context["label"]
    with pytest.raises(UndefinedError):
        rendering.render(PAGES, "sign_in/code.html", "en", context)


@pytest.mark.parametrize("state", sorted(SAMPLES["en"]))
def test_hostile_text_stays_text(state):
    """Attack 103: names of devices, addresses and services are never markup."""
    hostile = '"><script>alert(1)</script>{{ 3571 * 7 }}'
    context = poisoned(SAMPLES["en"][state], hostile)
    html = rendering.render(PAGES, state.partition("#")[0], "en", context)
    assert "<script>alert" not in html
    assert "24997" not in html


KEYS = {"title_key", "text_key", "action_key", "language", "why", "kind", "outcome", "ways"}
KEYS |= {"always", "state", "step", "health", "answered"}
KEYS |= {"word", "reasons", "reason", "zone", "theme", "refused", "by", "channel"}


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
        for found in elements_of("en", "sign_in/code.html#first").of("input")
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

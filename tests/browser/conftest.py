"""One `sekisho dev` and one Chromium for all tests of a process; a person each, who is watched."""

import os

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import running
from tests.browser.person import Person

LOCALES = {"en": "en-GB", "ja": "ja-JP"}
PATIENCE_MS = running.PATIENCE_SECONDS * 1000 // 6


@pytest.fixture(scope="session")
def executable():
    return or_skip(running.find_engine(), (running.SHELL, *running.CHROMIUMS))


@pytest.fixture(scope="session")
def whole_chromium():
    return or_skip(running.find_chromium(), running.CHROMIUMS)


def or_skip(found, names):
    if found is None:
        pytest.skip(f"no Chromium here: none of {', '.join(names)} is on PATH")
    return found


@pytest.fixture(scope="session")
def server(executable, tmp_path_factory):
    """A server of its own, that no setting of this machine reaches."""
    inherited = {name: value for name, value in os.environ.items() if "SEKISHO" not in name}
    with running.serving(tmp_path_factory.mktemp("dev"), inherited) as found:
        yield found


@pytest.fixture(scope="session")
def playwright():
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def chromium(executable, playwright):
    browser = playwright.chromium.launch(
        executable_path=executable, args=[*running.WITHOUT_SANDBOX]
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def arrive(chromium, server):
    """Call it for a person with a browser of their own: `arrive("ja", timezone_id=...)`."""

    def make(language, **options):
        context = chromium.new_context(locale=LOCALES[language], **options)
        context.set_default_timeout(PATIENCE_MS)
        return Person(context, server, language)

    return make


@pytest.fixture
def person(arrive):
    """Call it for a person whose browser nothing may trouble until the test's end."""
    people = []

    def meet(language="en", **options):
        people.append(arrive(language, **options))
        return people[-1]

    yield meet
    for one in people:
        one.context.close()
    assert [] == [complaint for one in people for complaint in one.complaints]


@pytest.fixture(params=list(LOCALES))
def language(request):
    return request.param


@pytest.fixture
def asha(person, language):
    """Somebody at the door, once in each language."""
    return person(language)

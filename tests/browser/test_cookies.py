"""A browser that keeps no cookies: the person hears what is missing, and where to allow it."""

import json
from urllib.parse import urlsplit

import pytest

from tests.browser import running
from tests.browser.person import Person

BLOCKED = 2  # Chromium's content setting
LOCALES = {"en": "en-GB", "ja": "ja-JP"}


@pytest.fixture
def without_cookies(playwright, whole_chromium, server, tmp_path, language):
    """A person whose browser refuses all cookies, as its own setting."""
    profile = tmp_path / "Default"
    profile.mkdir()
    setting = {"profile": {"default_content_setting_values": {"cookies": BLOCKED}}}
    (profile / "Preferences").write_text(json.dumps(setting))
    context = playwright.chromium.launch_persistent_context(
        tmp_path,
        executable_path=whole_chromium,
        args=[*running.WITHOUT_SANDBOX],
        locale=LOCALES[language],
    )
    yield Person(context, server, language)
    context.close()


def test_who_keeps_no_cookies_is_told_so_and_where_to_allow_them(without_cookies, server):
    asha = without_cookies
    asha.opens("/sign-in")
    assert [] == asha.context.cookies()
    asha.types_the_name(asha.address)
    asha.heading_is("ended.cookies.title")
    asha.reads(urlsplit(server.origin).netloc)
    asha.follows("ended.again")
    asha.heading_is("name.title", service="Sekisho")
    assert [] == asha.complaints

"""Security headers, as they are made; those of every page are seen in test_routing.py."""

import pytest

from sekisho.web import headers

MAKERS = [headers.for_page, headers.for_data, headers.for_kept]


@pytest.mark.attack("098")
@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("is_secure", [True, False])
def test_everything_is_told_not_to_be_sniffed(make, is_secure):
    made = make(is_secure=is_secure)
    assert "nosniff" == made["X-Content-Type-Options"]
    assert is_secure == ("Strict-Transport-Security" in made)


@pytest.mark.attack("098", "099")
def test_the_policy_of_pages_allows_our_own_files_and_nothing_else():
    directives = dict(
        part.strip().partition(" ")[::2] for part in headers.CSP.split(";") if part.strip()
    )
    assert ("'none'", "'none'", "'none'", "'none'") == tuple(
        directives[name] for name in ("default-src", "frame-ancestors", "base-uri", "object-src")
    )
    assert "'self'" == directives["script-src"] == directives["form-action"]
    assert "'script'" == directives["require-trusted-types-for"]
    allowed = {word for words in directives.values() for word in words.split()}
    assert allowed <= {"'self'", "'none'", "data:", "'script'"}


@pytest.mark.attack("098")
def test_behind_https_browsers_are_told_to_stay_there(secure_house):
    for path in ("/sign-in", "/api/v1/session", "/static/sekisho.css", "/nothing"):
        answer = secure_house.client().get(path)
        seconds = int(answer.header("Strict-Transport-Security").split("=")[1].split(";")[0])
        assert seconds >= 31_536_000

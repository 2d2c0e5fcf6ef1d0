"""Junk at every way in, pages too: no answer is a 5xx, each has its headers, nobody is let in.

`SEKISHO_TEST_CHANCE=free uv run pytest tests/fuzz/test_whole_service.py` looks further.
"""

import os
from types import SimpleNamespace
from urllib.parse import quote

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.support.people import begin

IS_FREE = os.environ.get("SEKISHO_TEST_CHANCE") == "free"
SHORT = {} if IS_FREE else {"max_examples": 400}
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE")
LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=60)
HEADERS = st.dictionaries(
    st.sampled_from(
        (
            "Accept-Language",
            "Authorization",
            "Content-Type",
            "Cookie",
            "Origin",
            "Referer",
            "Sekisho-Device",
            "Sekisho-Flow",
            "Sekisho-Form",
            "Transfer-Encoding",
            "User-Agent",
            "X-Forwarded-For",
            "X-HTTP-Method-Override",
        )
    ),
    LATIN
    | st.sampled_from(
        (
            "Bearer ",
            "application/json",
            "application/x-www-form-urlencoded",
            "chunked",
            "sekisho_session=ses_0000000000000_x; sekisho_form=x",
            "sekisho_zone=Asia/Tokyo; sekisho_language=ja; sekisho_theme=dark",
            "ja",
        )
    ),
    max_size=5,
)
FIELDS = st.dictionaries(
    st.sampled_from(
        ("name", "code", "form_token", "option", "keep_current", "zone", "language", "next", "x")
    ),
    st.text(max_size=30) | st.sampled_from(("yes", "asha@example.org", "123456", "ja", "..")),
    max_size=4,
)
BODIES = st.one_of(
    st.binary(max_size=200),
    FIELDS.map(lambda fields: "&".join(f"{k}={quote(v)}" for k, v in fields.items()).encode()),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(("name", "purpose", "code", "option")), inner)
        ),
        max_leaves=8,
    ).map(lambda value: repr(value).replace("'", '"').encode("utf-8", "surrogatepass")),
    st.sampled_from(
        (
            b'{"purpose":"sign_in","name":"\\ud800@example.org"}',
            b'{"purpose":"sign_in","name":"a@example.org","locale":"\\udfff"}',
            b'{"purpose":"sign_in","name":"a@example.org","time_zone":"../../etc/passwd"}',
            b'{"code":"\\ud800"}',
            b'{"code":1e999}',
            b'{"keep_current":1}',
            b"[" * 10_000,
        )
    ),
)
PLACES = st.sampled_from(("real", "chl_0000000000000", "x", "..", "%00", "日本", "a" * 300))


@pytest.mark.attack("013", "086", "095")
def test_no_junk_breaks_a_way_in(build_house):
    house = build_house(
        limits__requests_hour_ip=10**9,
        limits__requests_hour_net=10**9,
        limits__requests_hour_all=10**9,
    )
    attempt = begin(house.api, "asha@example.org")
    attempt.ask()
    real = {"flow": attempt.id, "challenge": attempt.challenge}
    requests = st.builds(
        SimpleNamespace,
        method=st.sampled_from(METHODS),
        path=st.sampled_from(sorted({route.path for route in house.routes})),
        place=PLACES,
        query=FIELDS,
        headers=HEADERS,
        body=BODIES,
        holds_flow=st.booleans(),
    )

    @hypothesis.settings(suppress_health_check=list(HealthCheck), **SHORT)
    @given(requests)
    def holds(sent):
        own = {"Sekisho-Flow": attempt.secret} if sent.holds_flow else {}
        kind = sent.headers.pop("Content-Type", "application/json")
        client = house.client("203.0.113.50")
        where = address(sent, real)
        answer = client.send(sent.method, where, sent.body, sent.headers | own, kind=kind)
        assert answer.status < 500, answer.text
        assert "nosniff" == answer.header("X-Content-Type-Options")
        assert not any("sekisho_session=ses_" in line for line in answer.all("Set-Cookie"))
        assert (answer.header("Location") or "/")[:2] != "//"

    holds()


def address(sent, real):
    path = sent.path
    for name in ("flow", "challenge", "session", "name", "code"):
        path = path.replace(
            f"{{{name}}}", real.get(name, "x") if sent.place == "real" else sent.place
        )
    return f"{path}?" + "&".join(f"{name}={quote(value)}" for name, value in sent.query.items())

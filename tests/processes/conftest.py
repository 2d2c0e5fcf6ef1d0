"""Services as processes, on both stores, with a real mail server; tests share them."""

from itertools import count

import psycopg
import pytest

from tests.support import running, smtp_sink
from tests.support.running import Mailbox
from tests.support.stores import postgres_url

__all__ = ["postgres_url"]
_NUMBERS = count(1)
# A proxy in front, so that each test can come from a source of its own; few codes a source; short
# pauses, since the clock of a real service cannot be moved.
BEHIND_A_PROXY = {
    "SEKISHO_SIGN_UP": "open",
    "SEKISHO_TRUSTED_PROXIES": "127.0.0.0/8",
    "SEKISHO_LIMITS_REQUESTS_HOUR_IP": "20",
    "SEKISHO_RESEND_PAUSES_SECONDS": "[1, 60, 120, 300]",
}


@pytest.fixture(scope="session")
def mailbox():
    with smtp_sink.sink() as sink:
        yield Mailbox(sink)


@pytest.fixture(scope="session")
def make_database(postgres_url):
    """Make an empty database on the tests' server and return its URL."""

    def make():
        name = f"processes_{next(_NUMBERS)}"
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return postgres_url.replace("/postgres?", f"/{name}?")

    return make


@pytest.fixture(scope="session")
def store_of(make_database):
    """Return the settings of an empty store of this kind."""

    def settings(kind):
        return {} if kind == "sqlite" else {"SEKISHO_DATABASE_URL": make_database()}

    return settings


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def service(request, tmp_path_factory, mailbox, store_of):
    """`sekisho serve` with sign-up open, on each store in turn."""
    folder = tmp_path_factory.mktemp(request.param) / "data"
    env = {**mailbox.environment, **store_of(request.param), **BEHIND_A_PROXY}
    with running.stopped_after(running.serve(folder, env=env)) as found:
        yield found
        assert [] == found.errors


@pytest.fixture(scope="module")
def dev(tmp_path_factory):
    """`sekisho dev`, for one file of tests."""
    with running.stopped_after(running.dev(tmp_path_factory.mktemp("dev") / "data")) as found:
        yield found
        assert [] == found.errors


@pytest.fixture
def caller(service, source):
    """A program at a source of its own."""
    return service.caller.with_headers(X_Forwarded_For=source)


@pytest.fixture
def source():
    """An address that no other test comes from."""
    high, low = divmod(next(_NUMBERS), 250)
    return f"198.{18 + high}.{low}.7"


@pytest.fixture
def address():
    """An address that no other test has."""
    return f"person{next(_NUMBERS)}@example.org"

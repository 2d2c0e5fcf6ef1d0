"""A store of an earlier step goes on: it keeps its rows and gets what came since."""

from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from sekisho.migrations import schema


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("postgres_url")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS stepped")
        connection.execute("CREATE DATABASE stepped")
    return url.replace("/postgres?", "/stepped?")


def upgrade(url: str, revision: str) -> None:
    """Bring an empty store to an earlier step."""
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent))
    with schema.engine_of(url).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_a_store_of_the_founding_step_gets_the_methods_and_keeps_its_rows(empty: str) -> None:
    upgrade(empty, "0001")
    with schema.engine_of(empty).begin() as connection:
        assert not sa.inspect(connection).has_table("method")
        connection.execute(sa.text("INSERT INTO meta (name, value) VALUES ('key', 'kept')"))
    assert "0001" == schema.migrate(empty)
    assert schema.HEAD == schema.revision(empty)
    with schema.engine_of(empty).connect() as connection:
        assert sa.inspect(connection).has_table("method")
        assert "kept" == connection.execute(sa.text("SELECT value FROM meta")).scalar()

"""The store's schema and its key: migrated forward, and never opened under another root key."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from sekisho.authenticators import passkey, push  # noqa: F401  # their tables, as below
from sekisho.ground import keys as root_keys
from sekisho.ground.chance import Chance
from sekisho.ground.keys import KeyFileError, Keys
from sekisho.records import methods  # noqa: F401  # its table: no journey brings it along yet

_STEPS = Path(__file__).parent.parent / "migrations"
_KNOWN = sa.text("SELECT value FROM meta WHERE name = 'key'")
_CLAIM = sa.text(
    "INSERT INTO meta (name, value) VALUES ('key', :value) ON CONFLICT (name) DO NOTHING"
)
HEAD = "0012"


class StoreError(Exception):
    """The store cannot be used as it is; the text says why and what to do."""


def engine_of(url: str) -> sa.Engine:
    """Return an engine for migrations and checks; requests do not use it."""
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    return sa.create_engine(url, poolclass=sa.NullPool)


def migrate(url: str) -> str | None:
    """Bring the schema to its head; return the revision it came from, None for an empty store.

    Raises StoreError when the store does not answer.
    """
    before = revision(url)
    if before == HEAD:
        return before
    try:
        with _connected(url) as connection:
            _upgrade(connection)
    except StoreError:
        if revision(url) != HEAD:  # else another process was faster
            raise
    return before


def revision(url: str) -> str | None:
    """Return the schema's revision, None for an empty store.

    Raises StoreError when the store does not answer.
    """
    with _connected(url) as connection:
        return _revision(connection)


def keys_of(url: str, path: Path, chance: Chance) -> Keys:
    """Return the root key of this store, making one only for an empty store.

    Raises StoreError when the key is missing or another's, KeyFileError when it cannot be read.
    """
    with _connected(url) as connection, connection.begin():
        if not sa.inspect(connection).has_table("meta"):
            message = "the store is empty; run `sekisho migrate` first, or start the service"
            raise StoreError(message)
        known = connection.execute(_KNOWN).scalar()
        if known is None:
            keys = _first_keys(path, chance)
            connection.execute(_CLAIM, {"value": _mark(keys)})
            known = connection.execute(_KNOWN).scalar()  # another node may have been faster
    try:
        keys = root_keys.load(path)
    except KeyFileError:
        if path.exists():
            raise
        message = f"the root key {path} is missing; bring back the one this store was made with"
        raise StoreError(message) from None
    if _mark(keys) != known:
        message = f"{path} is not the root key this store was made with; bring back that one"
        raise StoreError(message)
    return keys


@contextmanager
def _connected(url: str) -> Iterator[sa.Connection]:
    """Connect for a check; what the driver says against it becomes a StoreError of one line."""
    try:
        with engine_of(url).connect() as connection:
            yield connection
    except sa.exc.DBAPIError as error:
        said = str(error.orig).strip() or type(error.orig).__name__
        message = f"{url.partition(':')[0]} does not answer: {said.splitlines()[0]}"
        raise StoreError(message) from error


def _first_keys(path: Path, chance: Chance) -> Keys:
    """Make the root key of an empty store, or take the one that another node was faster to make."""
    try:
        return root_keys.load(path) if path.exists() else root_keys.make(path, chance)
    except FileExistsError:
        return root_keys.load(path)


def _mark(keys: Keys) -> str:
    return keys.mac("store/v1", b"this store").hex()


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: sa.Connection) -> None:
    # Imported here: most starts find the schema at its head, and Alembic costs 0.3 s.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_STEPS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()

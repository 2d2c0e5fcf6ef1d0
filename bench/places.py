"""Places to measure in: a folder, a mail sink and a database, made before and taken away after."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.mailbox import Mailbox
from bench.postgres import Postgres
from bench.subjects import Place


@contextmanager
def place_for(
    store: str, people: int, peers: Path, *, passwords: int = 0, keep: bool = False
) -> Iterator[Place]:
    """Make folders, sink and database, and take it away; `keep` leaves the folder with its logs."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="sekisho-bench-"))
        if not keep:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        mailbox = Mailbox(folder)
        stack.callback(mailbox.close)
        database = None
        if store == "postgresql":
            database = Postgres(folder)
            stack.callback(database.close)
        yield Place(store, folder, peers, people, database, mailbox, passwords)

"""`/metrics` on the management port: what all serving processes count, by the supervisor."""

import os
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree


def listen(folder: Path, port: int) -> Callable[[], None]:
    """Serve Prometheus metrics on loopback until the returned function is called.

    The processes count into files of a folder that is made anew here, before they start.
    """
    counts = folder / "metrics"
    rmtree(counts, ignore_errors=True)
    counts.mkdir(mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counts)
    # Imported here: the package reads its environment when it is imported.
    from prometheus_client import CollectorRegistry, start_http_server  # noqa: PLC0415
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    server, thread = start_http_server(port, addr="127.0.0.1", registry=registry)

    def stop() -> None:
        server.shutdown()
        thread.join()

    return stop

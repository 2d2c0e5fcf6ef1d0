"""The commands that run something: dev, serve, worker, migrate, status, clock."""

import json
import os
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TextIO
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import click

from sekisho import __version__
from sekisho.doors import checking, house, logs, people, supervising
from sekisho.doors.settings import Settings, environment, gather
from sekisho.doors.supervising import FolderBusy
from sekisho.doors.terminal.outcomes import fail, refuse, tell, tell_json, told
from sekisho.ground import networks, places
from sekisho.ground.refusal import Reason
from sekisho.migrations import schema
from sekisho.migrations.schema import StoreError

_DEFAULT_PORT = 8080
_PORTS = 20  # that dev tries after the default one
_LENGTH = re.compile(r"(\d+)([dhms])")
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_RUNNING = "running.json"


def dev(folder: Path, host: str, port: int | None) -> None:
    """Run everything for trying out."""
    env = environment()
    chosen = _dev_port(host, port)
    flags = {"database_url": ""}
    with told():
        settings = gather(folder, flags, env, is_dev=True)
        if settings.text("env") == "production":
            fail("`dev` is not for production (SEKISHO_ENV=production); use: sekisho serve")
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        checking.check(settings)
        held = _hold(folder)
        _prepare(settings, is_dev=True)
        people.settle(house.open_database(settings, is_dev=True))
    _note_running(folder, host, chosen)
    _banner(folder, host, has_moved=port is None and chosen != _DEFAULT_PORT)
    supervising.hand_over(folder, "dev", flags)
    try:
        _serve(host, chosen, 1, settings.number("server.threads"))
    finally:
        (folder / _RUNNING).unlink(missing_ok=True)
        held.close()


def serve(folder: Path, host: str, port: int, management_port: int, workers: int) -> None:
    """Run the real thing."""
    with told():
        settings = gather(folder, {}, environment())
        checking.check(settings)
        house.origin_of(settings)
        is_sqlite = house.database_url(settings).startswith("sqlite:")
        if is_sqlite and workers > 1:
            fail("SQLite is served by one process; leave --workers out, or use PostgreSQL")
        if not supervising.is_free(host, port):
            fail(f"port {port} on {host} is busy; stop what uses it, or give another --port")
        if management_port and not supervising.is_free("127.0.0.1", management_port):
            fail(f"port {management_port} is busy; give another --management-port")
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        held = _hold(folder) if is_sqlite else None
        _prepare(settings, is_dev=False)
        house.post_office(settings, None)
    supervising.hand_over(folder, "serve", {})
    metrics = _metrics(folder, management_port) if management_port else None
    tell(f"sekisho {__version__} serves {settings.text('public_url')} on {host}:{port}")
    _serve(host, port, workers, settings.number("server.threads"))
    if metrics is not None:
        metrics()
    if held is not None:
        held.close()


def worker(folder: Path) -> None:
    """Send messages until told to stop."""
    logs.configure()
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    with told():
        settings = gather(folder, {}, environment())
        checking.check(settings)
        _prepare(settings, is_dev=False)
        built = house.build(settings, is_dev=False)
    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    if built.worker is not None:
        built.worker.run_forever(stop)


def migrate(folder: Path, *, as_json: bool) -> None:
    """Bring the schema up to date."""
    with told():
        settings = gather(folder, {}, environment())
        checking.check(settings)
        folder.mkdir(parents=True, exist_ok=True)
        before = schema.migrate(house.database_url(settings))
        house.open_database(settings, is_dev=_is_dev(folder, settings)).store.close()
    if as_json:
        tell_json({"before": before, "schema": schema.HEAD})
    else:
        tell(f"schema {before or 'empty'} -> {schema.HEAD}")


def status(folder: Path, *, as_json: bool) -> None:
    """Print where a running `dev` is."""
    known = _known_running(folder)
    if as_json:
        tell_json(known)
        return
    for name, value in known.items():
        tell(f"{name:10} {value}")


def advance(folder: Path, by: str, *, as_json: bool) -> None:
    """Move the time of a running `dev`."""
    found = _LENGTH.fullmatch(by)
    if found is None:
        raise click.BadParameter("write it as 29d, 12h, 5m or 30s", param_hint="BY")
    seconds = int(found[1]) * _SECONDS[found[2]]
    url = f"{_known_running(folder)['url']}/dev/clock"
    body = json.dumps({"advance_seconds": seconds}).encode()
    # The address is this machine's own, from the file that `dev` wrote.
    request = Request(url, body, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            moved = json.load(answer)
    except HTTPError as error:
        problem = json.load(error)
        refuse(next(one for one in Reason if one.value == problem["code"]), problem["detail"])
    except OSError as error:
        fail(f"dev does not answer at {url}: {error}")
    if as_json:
        tell_json(moved)
    else:
        tell(f"it is now {moved['now']}")


def _is_dev(folder: Path, settings: Settings) -> bool:
    """Say whether `dev` made this folder: its key lies inside."""
    return (folder / "root.key").exists() and not settings.text("root_key_file")


def _prepare(settings: Settings, *, is_dev: bool) -> None:
    """Migrate an empty store, and see that the key is this store's."""
    url = house.database_url(settings)
    if schema.revision(url) != schema.HEAD:
        # Apart: what migrates weighs 8 MiB, which every serving process would inherit.
        supervising.apart(lambda: schema.migrate(url), StoreError)
    house.open_database(settings, is_dev=is_dev).store.close()


def _hold(folder: Path) -> TextIO:
    try:
        return supervising.lock(folder)
    except FolderBusy as error:
        fail(str(error))


def _serve(host: str, port: int, workers: int, threads: int) -> None:
    from granian import Granian  # noqa: PLC0415
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415
    from granian.http import HTTP1Settings  # noqa: PLC0415

    places.table_date()  # reads the table once, before the processes part
    supervising.settle_memory()
    Granian(
        "sekisho.doors.app:create",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        blocking_threads_idle_timeout=600,
        backpressure=1024,
        http=HTTPModes.auto,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        websockets=False,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=40,
        process_name=None,
    ).serve()


def _metrics(folder: Path, port: int) -> Callable[[], None]:
    from sekisho.doors.terminal import metrics  # noqa: PLC0415

    return metrics.listen(folder, port)


def _dev_port(host: str, port: int | None) -> int:
    if port is not None:
        if not supervising.is_free(host, port):
            fail(f"port {port} is busy; stop what uses it, or give another --port")
        return port
    for candidate in range(_DEFAULT_PORT, _DEFAULT_PORT + _PORTS):
        if supervising.is_free(host, candidate):
            return candidate
    return fail(f"ports {_DEFAULT_PORT} to {_DEFAULT_PORT + _PORTS - 1} are busy; give a --port")


def _note_running(folder: Path, host: str, port: int) -> None:
    name = "localhost" if networks.parse_ip(host) is None or _is_loopback(host) else host
    shown = f"http://{name}:{port}"
    known = {
        "url": f"http://{'127.0.0.1' if _is_loopback(host) or host == '0.0.0.0' else host}:{port}",  # noqa: S104
        "sign_in": shown,
        "inbox": f"{shown}/dev/inbox",
        "data": str(folder),
        "pid": os.getpid(),
    }
    (folder / _RUNNING).write_text(json.dumps(known), encoding="utf-8")


def _known_running(folder: Path) -> dict[str, str]:
    try:
        known = dict(json.loads((folder / _RUNNING).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        known = {}
    # The note outlives a `dev` that was killed, its lock does not.
    if not known or not supervising.is_held(folder):
        fail(f"no `sekisho dev` runs on {folder}; start it, or give its --data")
    return known


def _is_loopback(host: str) -> bool:
    ip = networks.parse_ip(host)
    return host == "localhost" or (ip is not None and ip.is_loopback)


def _banner(folder: Path, host: str, *, has_moved: bool) -> None:
    known = _known_running(folder)
    moved = f"  (port {_DEFAULT_PORT} is taken)" if has_moved else ""
    names = [address for address, _ in people.DEMO]
    tell(
        f"  sekisho {__version__} · development mode · data in {folder} (delete it to start again)"
    )
    tell("")
    tell(f"  Sign in        {known['sign_in']}{moved}")
    tell(f"  Inbox          {known['inbox']}  every message lands here")
    tell(f"  API            {known['sign_in']}/openapi.json")
    tell("")
    tell(f"  People to try  {'   '.join(names)}")
    tell("                 or any address: sign-up is open")
    tell("  Time machine   sekisho clock advance 6m")
    if not _is_loopback(host):
        tell("")
        tell(f"  Warning: --host {host} opens this to your network. It shows every code to it.")
    tell("  Next: open the sign-in page, and the inbox beside it. Ctrl-C stops, nothing stays.")

"""The command line: what there is, and how outcomes become text and exit codes.

0 done, 1 failed, 2 usage, 3 refused (with the refusal's code). Heavy rooms are imported when their
command runs, so that `sekisho --help` is quick.
"""

from pathlib import Path

import click

from sekisho import __version__

_DEV_FOLDER = Path("sekisho-dev")
_FOLDER = Path("sekisho-data")
_DATA = click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="The data folder (default: ./sekisho-data, or ./sekisho-dev where that is all there is).",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the API's shape.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sekisho")
def main() -> None:
    """Account protection that anyone can run. Start with: sekisho dev."""


@main.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=None,
    help="Default: 8080, or the next free one.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Opening it further warns.")
@_DATA
def dev(port: int | None, host: str, folder: Path | None) -> None:
    """Try everything out: SQLite in a folder, demo people, every message in an inbox page."""
    from sekisho.doors.terminal import running  # noqa: PLC0415

    running.dev(folder or _DEV_FOLDER, host, port)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8080,
    show_default=True,
    help="The port to listen on.",
)
@click.option(
    "--management-port",
    type=click.IntRange(0, 65535),
    default=0,
    help="For /metrics, on loopback; 0: none.",
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Serving processes."
)
@_DATA
def serve(host: str, port: int, management_port: int, workers: int, folder: Path | None) -> None:
    """Run the real thing. Says which setting is missing."""
    from sekisho.doors.terminal import running  # noqa: PLC0415

    running.serve(folder or _FOLDER, host, port, management_port, workers)


@main.command()
@_DATA
def worker(folder: Path | None) -> None:
    """Send messages, and do what falls due; any number of these beside `serve`."""
    from sekisho.doors.terminal import running  # noqa: PLC0415

    running.worker(_known(folder))


@main.command()
@_DATA
@_JSON
def migrate(folder: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Bring the store's schema up to date."""
    from sekisho.doors.terminal import running  # noqa: PLC0415

    running.migrate(_known(folder), as_json=as_json)


@main.command()
@click.argument("what", type=click.Choice(["set-up", "mail"]), default="set-up")
@click.argument("address", required=False)
@_DATA
@_JSON
def doctor(what: str, address: str | None, folder: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Check the set-up, and say what to do; `doctor mail ADDRESS` sends a test message."""
    from sekisho.doors.terminal import doctor as room  # noqa: PLC0415

    room.run(_known(folder), what, address, as_json=as_json)


@main.command("settings")
@_DATA
@_JSON
def settings_command(folder: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Print every setting: its value, default and bounds. Secrets are not shown."""
    from sekisho.doors.terminal import operating  # noqa: PLC0415

    operating.show_settings(_known(folder), as_json=as_json)


@main.command()
@_DATA
@_JSON
def status(folder: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Print addresses of a running `dev`."""
    from sekisho.doors.terminal import running  # noqa: PLC0415

    running.status(folder or _DEV_FOLDER, as_json=as_json)


@main.group()
def account() -> None:
    """Make, look at and reopen accounts."""


@account.command("create")
@click.option("--email", "address", required=True, help="The sign-in name.")
@click.option("--language", type=click.Choice(["en", "ja"]), default=None, help="For its letters.")
@_DATA
@_JSON
def account_create(address: str, language: str | None, folder: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Make an account with a sign-in address that you vouch for."""
    from sekisho.doors.terminal import operating  # noqa: PLC0415

    operating.create_account(_known(folder), address, language, as_json=as_json)


@account.command("show")
@click.argument("name_or_id")
@_DATA
@_JSON
def account_show(name_or_id: str, folder: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Show an account: its id, hint, sessions and lanes."""
    from sekisho.doors.terminal import operating  # noqa: PLC0415

    operating.show_account(_known(folder), name_or_id, as_json=as_json)


@account.command("reopen")
@click.argument("name_or_id")
@_DATA
@_JSON
def account_reopen(name_or_id: str, folder: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Open every lane of an account that wrong tries closed. Its owner sees it as an event."""
    from sekisho.doors.terminal import operating  # noqa: PLC0415

    operating.reopen_account(_known(folder), name_or_id, as_json=as_json)


@main.command()
@click.argument("name_or_id")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=50,
    show_default=True,
    help="How many at most.",
)
@_DATA
@_JSON
def events(name_or_id: str, limit: int, folder: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """List an account's events, newest first."""
    from sekisho.doors.terminal import operating  # noqa: PLC0415

    operating.list_events(_known(folder), name_or_id, limit, as_json=as_json)


@main.group()
def message() -> None:
    """Look at messages: never their addresses or codes."""


@message.command("list")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=50,
    show_default=True,
    help="How many at most.",
)
@_DATA
@_JSON
def message_list(limit: int, folder: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """List messages with their timelines, newest first."""
    from sekisho.doors.terminal import operating  # noqa: PLC0415

    operating.list_messages(_known(folder), limit, as_json=as_json)


@message.command("parked")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=50,
    show_default=True,
    help="How many at most.",
)
@_DATA
@_JSON
def message_parked(limit: int, folder: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """List messages that could not be sent, with the cause."""
    from sekisho.doors.terminal import operating  # noqa: PLC0415

    operating.list_parked(_known(folder), limit, as_json=as_json)


@main.group()
def clock() -> None:
    """Move the time of a running `dev`."""


@clock.command("advance")
@click.argument("by")
@_DATA
@_JSON
def clock_advance(by: str, folder: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """Move the service's time on, such as by 29d, 12h, 5m or 30s."""
    from sekisho.doors.terminal import running  # noqa: PLC0415

    running.advance(folder or _DEV_FOLDER, by, as_json=as_json)


def _known(folder: Path | None) -> Path:
    """Return the data folder: the one named, else the one that is there."""
    if folder is not None:
        return folder
    return _DEV_FOLDER if _DEV_FOLDER.exists() and not _FOLDER.exists() else _FOLDER

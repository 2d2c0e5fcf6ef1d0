"""`python -m bench.peers_setup DIR`: install the two peers into DIR, from the package registries.

They stay outside this repository; nothing of them is kept or copied here.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

DEFAULT = Path.home() / ".cache" / "sekisho-bench"
_ASK = """
import allauth, django, sys
print(allauth.__version__, django.__version__, *sys.version_info[:3])
"""
_ALLAUTH = ("django-allauth[headless]", "gunicorn", "psycopg[binary]")
_BETTER_AUTH = ("better-auth", "pg", "better-sqlite3")


def main() -> None:
    """Install what is missing; what is there is left alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=DEFAULT, metavar="DIR")
    parser.add_argument(
        "--python", default=sys.executable, help="for django-allauth: 3.12 or newer"
    )
    options = parser.parse_args()
    folder: Path = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    _install_allauth(folder / "allauth", options.python)
    _install_better_auth(folder / "better-auth")
    print("The peers are ready. Now: uv run python -m bench --peer --peers-dir", folder)


def _install_allauth(folder: Path, python: str) -> None:
    if (folder / "bin" / "gunicorn").exists():
        return
    _run(python, "-m", "venv", "--clear", str(folder))
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    _run(str(folder / "bin" / "python"), *pip, *_ALLAUTH)


def _install_better_auth(folder: Path) -> None:
    if (folder / "node_modules" / "better-auth").exists():
        return
    if shutil.which("npm") is None:
        sys.exit("better-auth needs node and npm: install Node.js 20 or newer, then do this again.")
    folder.mkdir(exist_ok=True)
    (folder / "package.json").write_text('{"private": true}\n')
    _run("npm", "install", "--no-fund", "--no-audit", "--prefix", str(folder), *_BETTER_AUTH)


def _run(*command: str) -> None:
    print("$", *command, flush=True)
    subprocess.run(command, check=True)


def versions(folder: Path) -> dict[str, str]:
    """Return the versions of the installed peers and of what runs them, for the report."""
    python = str(folder / "allauth" / "bin" / "python")
    said = _said(python, "-c", _ASK)
    allauth, django, *numbers = said.split()
    package = folder / "better-auth" / "node_modules" / "better-auth" / "package.json"
    better = _said("node", "-p", f"require({str(package)!r}).version")
    return {
        "django-allauth": f"{allauth} (Django {django}, Python {'.'.join(numbers)}, gunicorn)",
        "better-auth": f"{better} (Node.js {_said('node', '--version')})",
    }


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()

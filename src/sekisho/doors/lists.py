"""Lists that an operator keeps in files, read at start-up."""

from pathlib import Path

from sekisho.ground import addresses


def read_domains(path: str) -> frozenset[str]:
    """Read domains, one a line, `#` before a remark; ValueError names the line that is none."""
    if not path:
        return frozenset()
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot read {path}: {error}"
        raise ValueError(message) from error
    found = set()
    for number, line in enumerate(text.splitlines(), start=1):
        name = line.partition("#")[0].strip().removeprefix("@").lower()
        if not name:
            continue
        email = addresses.parse_email(f"x@{name}")
        if email is None:
            message = f"{path}, line {number}: {name!r} is no domain; write it as example.com"
            raise ValueError(message)
        found.add(email.domain)
    return frozenset(found)

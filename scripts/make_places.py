# ruff: noqa: INP001 - run by hand, no package
"""Make src/sekisho/ground/data/countries.xz, the country table that places.py reads.

Reads range files with `first,last,country` on a line (comma or tab; addresses or numbers), as
iptoasn.com publishes them (or as an MMDB's networks are listed with the package maxminddb). Not
run by the product: by hand, when the table is renewed.

    python scripts/make_places.py 2026-06-17 iptoasn-country-ipv4.csv iptoasn-country-ipv6.csv
"""

import json
import lzma
import sys
from array import array
from collections.abc import Iterable, Iterator
from datetime import date
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path

OUT = Path(__file__).parent.parent / "src" / "sekisho" / "ground" / "data" / "countries.xz"
LOW_BITS = 64  # of IPv6: the table knows nothing finer than a /64
Rows = list[tuple[int, int, str]]


def number(text: str) -> int:
    """Read an address or its number."""
    return int(text) if text.isdigit() else int(ip_address(text))


def rows(lines: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """Yield first, last and country of each line that has a country."""
    for line in lines:
        cells = [cell.strip(' "\n') for cell in line.replace("\t", ",").split(",")[:3]]
        if len(cells) == 3 and len(cells[2]) == 2 and cells[2].isalpha():  # noqa: PLR2004
            yield number(cells[0]), number(cells[1]), cells[2].upper()


def starts(ranges: Rows) -> list[tuple[int, str]]:
    """Turn ranges into starts with gaps as "": neighbours of one country become one."""
    marks: list[tuple[int, str]] = []
    end = 0
    for first, last, country in sorted(ranges):
        if last < end:
            continue  # inside one that came before, as parts of one /64 may be
        if first > end:
            marks.append((end, ""))
        marks.append((max(first, end), country))
        end = max(end, last + 1)
    marks.append((end, ""))
    return [mark for at, mark in enumerate(marks) if at == 0 or marks[at - 1][1] != mark[1]]


def packed(marks: list[tuple[int, str]], code: str, index: dict[str, int]) -> bytes:
    """Pack steps between starts, byte by byte apart (they compress well so), then countries."""
    positions = [0, *(at for at, _ in marks)]
    steps = array(code, [after - before for before, after in pairwise(positions)])
    if sys.byteorder == "big":
        steps.byteswap()
    plain = steps.tobytes()
    planes = b"".join(plain[byte :: steps.itemsize] for byte in range(steps.itemsize))
    return planes + bytes(index[country] for _, country in marks)


def table(made_on: date, v4: Rows, v6: Rows) -> bytes:
    """Return the whole file for sorted or unsorted ranges."""
    v4_marks = [mark for mark in starts(v4) if mark[0] < 1 << 32]
    v6_cut = [(first >> LOW_BITS, last >> LOW_BITS, country) for first, last, country in v6]
    v6_marks = [mark for mark in starts(v6_cut) if mark[0] < 1 << LOW_BITS]
    countries = sorted({country for _, country in v4_marks + v6_marks} - {""})
    index = {country: at for at, country in enumerate(["", *countries])}
    counts = {"v4": len(v4_marks), "v6": len(v6_marks)}
    head = {"date": made_on.isoformat(), "countries": countries, **counts}
    body = packed(v4_marks, "I", index) + packed(v6_marks, "Q", index)
    return lzma.compress(json.dumps(head).encode() + b"\n" + body, preset=9 | lzma.PRESET_EXTREME)


def main(made_on: str, v4_path: str, v6_path: str) -> None:
    """Write the table and say how large it is."""
    ranges = [list(rows(Path(path).read_text().splitlines())) for path in (v4_path, v6_path)]
    content = table(date.fromisoformat(made_on), ranges[0], ranges[1])
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(content)
    sys.stdout.write(f"{OUT}: {len(content)} bytes\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])

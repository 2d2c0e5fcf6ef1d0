"""The report: Markdown tables for docs/explanation/performance.md. Measures nothing."""

from collections.abc import Mapping

from bench import budget
from bench.budget import GROWING, OURS
from bench.rows import Key, Medians, Row

_HEAD = (
    "| Operation | Caller | At once | A second | p50 ms | p99 ms "
    "| CPU ms: server | database | **together** | worker |"
)
_SPENT = ("server_ms", "database_ms", "together_ms", "worker_ms")
_RULE = "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"


def markdown(medians: Medians, about: Mapping[str, str]) -> str:
    """Return the whole report."""
    keys = medians.measured()
    parts = ["\n".join(f"- {name}: {value}" for name, value in about.items())]
    for store, subject in dict.fromkeys((key.store, key.subject) for key in keys):
        if subject != GROWING:
            mine = [key for key in keys if (key.store, key.subject) == (store, subject)]
            parts.append(_subject(medians, f"{subject} on {store}", mine))
    parts += _ratios(medians)
    parts += _growth(medians)
    parts.append("### Budgets\n\n" + budget.table(medians))
    return "\n\n".join(parts) + "\n"


def _subject(medians: Medians, title: str, keys: list[Key]) -> str:
    measured = [key for key in keys if key.operation != "memory"]
    notes: dict[str, int] = {}
    lines = [f"### {title}", "", _HEAD, _RULE]
    lines += [_line(medians, key, notes) for key in measured]
    memory = [
        f"{key.caller} {value:.0f} MiB"
        for key in keys
        if key.operation == "memory" and (value := medians.get(key, lambda row: row.memory_mib))
    ]
    lines += ["", f"Peak memory of the largest process: {', '.join(memory)}."]
    lines += [f"[{number}] {note}." for note, number in notes.items()]
    return "\n".join(lines)


def _line(medians: Medians, key: Key, notes: dict[str, int]) -> str:
    name = f"| {key.operation} | {key.caller} | {key.at_once} |"
    failure = medians.failure(key)
    if failure:
        return f"{name} no figure: {failure} |"
    remarks = medians.remarks(key)
    marks = "".join(f" [{notes.setdefault(remark, len(notes) + 1)}]" for remark in remarks)
    spent = [_figure(medians, key, name, 3) for name in _SPENT]
    if key.caller == budget.BESIDE:
        spent = ["–"] * len(_SPENT)  # nobody can tell whose it was
    server, database, together, worker = spent
    figures = (
        f"{medians.get(key, lambda row: row.rate):,.0f}{marks}",
        _figure(medians, key, "p50_ms", 1),
        _figure(medians, key, "p99_ms", 1),
        server,
        database,
        f"**{together}**",
        worker,
    )
    return f"{name} {' | '.join(figures)} |"


def _figure(medians: Medians, key: Key, name: str, digits: int) -> str:
    value = medians.get(key, lambda row: float(getattr(row, name)))
    return "" if value is None else f"{value:.{digits}f}"


def _ratios(medians: Medians) -> list[str]:
    """Compare each peer's processor time with ours, round by round."""
    lines = []
    for key in medians.measured():
        if key.subject in (OURS, GROWING) or key.operation == "memory":
            continue
        ours = Key(key.store, key.accounts, OURS, key.operation, key.caller, key.at_once)
        ratio = medians.ratio(key, ours, _together)
        if ratio is not None:
            name = f"| {key.store} | {key.operation} | {key.at_once} | {key.subject} |"
            lines.append(f"{name} {ratio:.1f} |")
    head = ["| Store | Operation | At once | Peer | CPU, peer / ours |", "|---|---|--:|---|--:|"]
    return ["\n".join(["### Beside two peers", "", *head, *lines])] if lines else []


def _growth(medians: Medians) -> list[str]:
    keys = [key for key in medians.measured() if key.subject == GROWING]
    lines = [
        f"| {key.store} | {key.operation} | {key.accounts:,} "
        f"| {_figure(medians, key, 'together_ms', 3)} | {_figure(medians, key, 'p99_ms', 1)} |"
        for key in sorted(keys, key=lambda key: (key.store, key.operation, key.accounts))
        if key.operation != "memory"
    ]
    head = ["| Store | Operation | Accounts | CPU ms together | p99 ms |", "|---|---|--:|--:|--:|"]
    return ["\n".join(["### Growth", "", *head, *lines])] if lines else []


def _together(row: Row) -> float:
    return row.together_ms

"""How a value shows itself where some of its fields are secret: in a traceback, a log, a test."""

import msgspec


def shown(value: msgspec.Struct, *hidden: str) -> str:
    """Return the repr of a struct without these fields."""
    told = (
        f"{name}={getattr(value, name)!r}" for name in value.__struct_fields__ if name not in hidden
    )
    return f"{type(value).__name__}({', '.join(told)})"

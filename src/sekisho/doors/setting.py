"""One setting: its name, its default, its bounds; and a value of it, checked against them."""

from dataclasses import dataclass

Plain = str | int | tuple[int, ...]


class SettingsError(Exception):
    """A setting is missing, unreadable or beyond its bounds; the text says what would do."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: name in the file, environment name, default, unit, bounds, what it is."""

    name: str
    default: Plain
    unit: str
    lowest: int | None
    highest: int | None
    what: str
    is_secret: bool = False
    one_of: tuple[str, ...] = ()

    @property
    def env(self) -> str:
        """Return the name in the environment."""
        return "SEKISHO_" + self.name.replace(".", "_").upper()


def checked(setting: Setting, value: object) -> Plain:
    """Return a value as its setting wants it; SettingsError says what would do."""
    match setting.default:
        case str():
            text = str(value)
            if setting.one_of and text not in setting.one_of:
                message = f"{setting.env} must be one of: {', '.join(setting.one_of)}"
                raise SettingsError(message)
            return text
        case int():
            return _bounded(setting, value)
        case tuple():
            return _bounded_list(setting, value)


def _bounded_list(setting: Setting, value: object) -> tuple[int, ...]:
    parts = str(value).strip("[]() ").split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not parts:
        message = f"{setting.env} must be a list of numbers, such as [30, 60, 120, 300]"
        raise SettingsError(message)
    return tuple(_bounded(setting, part) for part in parts)


def _bounded(setting: Setting, value: object) -> int:
    try:
        number = int(str(value).strip())
    except ValueError:
        message = (
            f"{setting.env} must be a whole number of {setting.unit}, such as {setting.default}"
        )
        raise SettingsError(message) from None
    low, high = setting.lowest, setting.highest
    if (low is not None and number < low) or (high is not None and number > high):
        upper = "" if high is None else f" and at most {high}"
        message = f"{setting.env}={number} is refused: it must be at least {low}{upper}"
        raise SettingsError(message)
    return number

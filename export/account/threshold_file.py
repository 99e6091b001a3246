"""A file in which a user changes thresholds: every fault at once, with its place and its remedy."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "sufficient": (int, float), "good": (int, float), "source": (str,), "year": (int,),
}  # fmt: skip
"""What a user may change of a threshold. Source and year belong to it: a border without them is a wish."""


class ThresholdError(ValueError):
    """A file with thresholds is refused; `.faults` holds every fault with place and remedy."""

    def __init__(self, place: str, faults: list[str]) -> None:
        """Put the file's name before each fault."""
        self.faults = tuple(f"{place}: {fault}" for fault in faults)
        super().__init__("\n".join(self.faults))


def changed_tables(path: Path, tables: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return, per threshold named in the file, what replaces its borders and its source.

    Raises:
        ThresholdError: a file that cannot be read, a threshold that is not known, or one without borders,
            source or year.
    """
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        remedy = "give a TOML file with a table per threshold, as in [cfi]"
        raise ThresholdError(path.name, [f"cannot be read ({type(fault).__name__}); {remedy}"]) from fault
    faults = [fault for name, change in given.items() for fault in _faults(name, change, tables)]
    if faults:
        raise ThresholdError(path.name, faults)
    return {name: {"checked": "not", "read_in": "", **change} for name, change in given.items()}


def _faults(name: str, change: object, tables: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    if name not in tables:
        yield f"[{name}]: no such threshold; use one of: {', '.join(tables)}"
        return
    if not isinstance(change, dict):
        yield f"{name}: no table; write [{name}] and below it sufficient, good, source and year"
        return
    for key in change.keys() - _KINDS.keys():
        yield f"[{name}] {key}: cannot be changed; only {', '.join(_KINDS)} can"
    wrong = [key for key, kinds in _KINDS.items() if type(change.get(key)) not in kinds]
    for key in wrong:
        yield f"[{name}] {key}: missing or of another kind; write {key} = {_example(key)}"
    if not wrong and _is_upside_down(change, lower_is_better=tables[name].get("lower_is_better", False)):
        yield f"[{name}]: good asks less than sufficient; change one of the two"


def _example(key: str) -> str:
    return {"source": '"Auteur, titel"', "year": "2026"}.get(key, "0.5")


def _is_upside_down(change: dict[str, Any], *, lower_is_better: bool) -> bool:
    good, sufficient = change["good"], change["sufficient"]
    return bool(good > sufficient if lower_is_better else good < sufficient)

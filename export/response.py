"""How far an open afname has come: counts of used codes (D1), what is still needed, and a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from export import dutch
from instrument.school import today

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Counted:
    """Pupils and used codes of a stamgroep or a leerjaar; `share` in whole percents."""

    name: str
    leerjaar: int
    pupils: int
    used: int

    @property
    def share(self) -> int:
        """Used codes as a share of the pupils."""
        return round(100 * self.used / self.pupils) if self.pupils else 0


@dataclass(frozen=True, slots=True)
class Standing:
    """The response of one afname; `required` answers make a picture of the whole school (±5 points, 95 %)."""

    stamgroepen: tuple[Counted, ...]
    leerjaren: tuple[Counted, ...]
    total: Counted
    required: int
    verdict: str
    """A key of `oordeel` in the texts of the station."""

    def is_before(self, opens_on: str) -> bool:
        """Tell whether the first day is still to come."""
        return today().isoformat() < opens_on

    def is_after(self, closes_on: str) -> bool:
        """Tell whether the last day is over."""
        return today().isoformat() > closes_on

    @property
    def needed(self) -> int:
        """Answers still missing for a picture of the whole school."""
        return max(0, self.required - self.total.used)


def standing(state: Mapping[str, Any]) -> Standing:
    """Return the response of the afname in a state of the coordinator's page."""
    # scipy behind it costs seconds; only whoever asks for a verdict pays them
    from psychometrics import representativeness  # noqa: PLC0415

    groups = tuple(_counted(group, state["used"]) for group in state["afname"]["stamgroepen"])
    leerjaren = tuple(
        _per_leerjaar(groups, leerjaar) for leerjaar in sorted({one.leerjaar for one in groups})
    )
    total = Counted("", 0, sum(one.pupils for one in groups), sum(one.used for one in groups))
    found = representativeness.compare(
        {one.leerjaar: one.used for one in leerjaren}, {one.leerjaar: one.pupils for one in leerjaren}
    )
    return Standing(groups, leerjaren, total, found.required_sample, found.verdict)


def reminder(template: str, state: Mapping[str, Any], now: Standing) -> str:
    """Return the text to remind teachers; known words in braces are filled in, the rest stays as it is."""
    behind = [f"{one.name}: {one.used} van {one.pupils}" for one in now.stamgroepen if one.used < one.pupils]
    closes_on = state.get("closes_on")
    words = {
        "school": state["school"]["name"],
        "ingevuld": str(now.total.used),
        "leerlingen": str(now.total.pupils),
        "nodig": str(now.needed),
        "stamgroepen": "\n".join(f"- {line}" for line in behind),
        "laatste_dag": dutch.day(date.fromisoformat(closes_on)) if closes_on else "de afname sluit",
    }
    for name, value in words.items():
        template = template.replace("{" + name + "}", value)
    return template


def _counted(group: Mapping[str, Any], used: Mapping[str, int]) -> Counted:
    return Counted(group["name"], group["leerjaar"], group["pupils"], used.get(group["name"], 0))


def _per_leerjaar(groups: tuple[Counted, ...], leerjaar: int) -> Counted:
    own = [one for one in groups if one.leerjaar == leerjaar]
    return Counted("", leerjaar, sum(one.pupils for one in own), sum(one.used for one in own))

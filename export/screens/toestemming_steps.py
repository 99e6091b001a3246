"""The six steps of a toestemming as fields and buttons; `export.levering` checks what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import ipywidgets as widgets

from export.levering.toestemming_form import AFNAMEWIJZEN, DOORLEVERNIVEAUS, MEDIA, OMVANG
from export.screens.telling import display, rendered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

YES_OR_NO: Final = ("ja", "nee")
OF_THE_AKKOORD: Final = ("akkoord_naam", "akkoord_functie", "akkoord_datum")
STEPS: Final = {
    "akkoord": OF_THE_AKKOORD,
    "rapport": (),
    "niveau": ("doorleverniveau",),
    "datum": ("leverdatum", "herstel"),
    "afname": ("afnamewijze", "toezicht", "voorgelezen", "medium", "omvang", "toelichting_respons"),
    "bevestigen": ("naam", "functie"),
}
"""Each step and its fields, in the order in which they are asked."""
CHOICES: Final = {
    "doorleverniveau": DOORLEVERNIVEAUS,
    "afnamewijze": AFNAMEWIJZEN,
    "voorgelezen": YES_OR_NO,
    "medium": MEDIA,
    "omvang": OMVANG,
}


@dataclass(frozen=True, slots=True)
class Explained:
    """What the steps say of this school now."""

    akkoord: str
    datum: str
    is_given: bool
    is_late: bool


class Steps:
    """Six steps below each other; nothing in them is known to the store before the last."""

    def __init__(
        self,
        texts: Mapping[str, Any],
        *,
        days: Mapping[str, date],
        fetch: widgets.Widget,
        pressed: Mapping[str, Callable[[], None]],
    ) -> None:
        """Take the days to begin with, by field; the widgets that fetch the report; what buttons do."""
        self._texts = texts
        self._fields = _fields(texts, days)
        self._heads = {step: widgets.HTML() for step in STEPS}
        self.checked = _checkbox(texts["klopt"])
        self.checked.disabled = True
        self._give = button(texts["geven"], pressed["give"], primary=True)
        self.sure = _checkbox(texts["intrekken_zeker"])
        self._withdraw = button(texts["intrekken"], pressed["withdraw"])
        self._withdraw.disabled = True
        self.sure.observe(self._allow_withdrawing, "value")
        self._withdrawing = widgets.VBox([self.sure, self._withdraw])
        more = {"rapport": [fetch, self.checked], "bevestigen": [self._give, self._withdrawing]}
        boxes = [[self._heads[step], *self._of(step), *more.get(step, [])] for step in STEPS]
        self.box = widgets.VBox([widgets.VBox(box) for box in boxes])

    @property
    def filled_in(self) -> dict[str, Any]:
        """Return what stands in the fields, days as `2027-03-31`; empty ones as they are."""
        return {name: _plain(field.value) for name, field in self._fields.items()}

    def fill(self, payload: Mapping[str, Any]) -> None:
        """Put what was recorded back into the fields, to be changed."""
        for name, field in self._fields.items():
            if payload.get(name) is not None:
                field.value = _shown(name, payload[name])

    def explain(self, said: Explained) -> None:
        """Say what holds for this school: who agreed, until when, whether this gives or changes."""
        words = {"akkoord": said.akkoord, "datum": said.datum}
        for step, head in self._heads.items():
            explained = words.get(step) or self._texts.get(f"{step}_uitleg", "")
            head.value = rendered("step.html", title=self._texts["stappen"][step], explained=explained)
        for name in OF_THE_AKKOORD:
            self._fields[name].layout.display = display(shown=not said.akkoord)
        self._fields["herstel"].layout.display = display(shown=said.is_late)
        self._fields["herstel"].value = said.is_late
        self._give.description = self._texts["wijzigen" if said.is_given else "geven"]
        self._withdrawing.layout.display = display(shown=said.is_given)
        self.sure.value = False

    def named(self, fault: str) -> str:
        """Return a fault of the form with the words that stand before its field, instead of its code."""
        code, colon, rest = fault.partition(":")
        return f"{self._texts['velden'].get(code, code)}{colon}{rest}"

    def _of(self, step: str) -> list[widgets.Widget]:
        return [self._fields[name] for name in STEPS[step]]

    def _allow_withdrawing(self, change: dict[str, Any]) -> None:
        self._withdraw.disabled = not change["new"]


def _fields(texts: Mapping[str, Any], days: Mapping[str, date]) -> dict[str, widgets.ValueWidget]:
    choices = {name: _choice(texts["keuzes"], codes) for name, codes in CHOICES.items()}
    fields = {name: choices.get(name) or widgets.Text() for names in STEPS.values() for name in names}
    fields |= {
        **{name: widgets.DatePicker(value=day) for name, day in days.items()},
        "herstel": _checkbox(texts["velden"]["herstel"]),
        "toelichting_respons": widgets.Textarea(rows=3),
    }
    for name, field in fields.items():
        if name != "herstel":
            label(field, texts["velden"][name])
    return fields


def _choice(words: Mapping[str, str], codes: tuple[str, ...]) -> widgets.Dropdown:
    return widgets.Dropdown(options=[(words["kies"], ""), *((words[code], code) for code in codes)])


def label(field: widgets.ValueWidget, words: str) -> None:
    """Put words before a field, for the eye and for a screen reader."""
    field.description = words
    field.style.description_width = "22rem"
    field.layout.width = "42rem"
    field.layout.max_width = "100%"


def _checkbox(words: str) -> widgets.Checkbox:
    box = widgets.Checkbox(description=words, indent=False)
    box.layout.width = "auto"
    return box


def button(words: str, pressed: Callable[[], None], *, primary: bool = False) -> widgets.Button:
    """Return a button that does something when it is pressed."""
    made = widgets.Button(description=words, button_style="primary" if primary else "")
    made.on_click(lambda _button: pressed())
    return made


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _shown(name: str, value: Any) -> Any:  # noqa: ANN401 - any recorded value
    if name in ("akkoord_datum", "leverdatum"):
        return date.fromisoformat(value)
    if name == "voorgelezen":
        return YES_OR_NO[0] if value else YES_OR_NO[1]
    return value

"""The form in which a school gives its toestemming; `export.levering.toestemming` checks what it holds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from export.levering.toestemming_form import AFNAMEWIJZEN, DOORLEVERNIVEAUS, MEDIA

if TYPE_CHECKING:
    from collections.abc import Callable

YES_OR_NO = ("ja", "nee")


class ToestemmingPanel:
    """The fields of a toestemming and the button that gives it."""

    def __init__(self, texts: dict[str, Any], *, today: date, give: Callable[[], None]) -> None:
        self._texts = texts
        self._fields: dict[str, widgets.ValueWidget] = {
            "naam": widgets.Text(),
            "functie": widgets.Text(),
            "akkoord_naam": widgets.Text(),
            "akkoord_datum": widgets.DatePicker(value=today),
            "doorleverniveau": self._choice(DOORLEVERNIVEAUS),
            "leverdatum": widgets.DatePicker(value=today),
            "afnamewijze": self._choice(AFNAMEWIJZEN),
            "toezicht": widgets.Text(),
            "voorgelezen": self._choice(YES_OR_NO),
            "medium": self._choice(MEDIA),
        }
        self._button = widgets.Button(description=texts["toestemming_geven"], button_style="primary")
        self._button.on_click(lambda _button: give())
        self.message = widgets.HTML()
        self.box = widgets.VBox([*self._rows(), self._button, self.message])

    @property
    def filled_in(self) -> dict[str, Any]:
        """Return what stands in the form, days as `2027-03-31`."""
        return {name: _plain(field.value) for name, field in self._fields.items()}

    def named(self, fault: str) -> str:
        """Return a fault of the form with the words that stand before its field, instead of its code."""
        code, colon, rest = fault.partition(":")
        return f"{self._texts['velden'].get(code, code)}{colon}{rest}"

    def _rows(self) -> list[widgets.Widget]:
        for name, field in self._fields.items():
            field.description = self._texts["velden"][name]
            field.style.description_width = "22rem"
            field.layout.width = "42rem"
        return list(self._fields.values())

    def _choice(self, choices: tuple[str, ...]) -> widgets.Dropdown:
        words = self._texts["keuzes"]
        return widgets.Dropdown(options=[(words["kies"], ""), *((words[code], code) for code in choices)])


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value

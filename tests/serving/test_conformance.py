"""A session says what a real kernel says, message by message: the promise that notebooks run unchanged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.serving.transcript import (
    ASK_STATES,
    OPEN_CONTROL,
    Step,
    custom,
    notebook,
    of_kernel,
    of_session,
    update,
)

if TYPE_CHECKING:
    import asyncio

ROOT = Path(__file__).parents[2]
EVERY_CORE_WIDGET = """
import ipywidgets as w
names = [name for name in sorted(dir(w)) if isinstance(getattr(w, name), type)]
kinds = [getattr(w, name) for name in names if issubclass(getattr(w, name), w.DOMWidget)]
unlike = (w.Output, w.GridspecLayout)  # the one writes into a cell of a kernel, the other needs a size
made = [kind(**({"options": ["a", "b"]} if "options" in kind.class_trait_names() else {})) for kind in kinds
        if kind not in unlike and kind.__name__ != "interactive"]
made.append(w.GridspecLayout(2, 2))
assert len(made) > 50
"""
SURVEY = """
import ipywidgets as w
title, slot, go = w.HTML("first"), w.VBox(), w.Button(description="Next")
box = w.VBox([title, slot, go])
def show(_button=None):
    for old in slot.children:
        old.close()
    field = w.RadioButtons(options=["yes", "no"], value=None)
    field.observe(lambda change: setattr(title, "value", f"chose {change['new']}"), "value")
    slot.children = (field,)
go.on_click(show)
box
"""
OPEN = [Step("kernel_info_request"), OPEN_CONTROL, ASK_STATES, Step("comm_info_request")]
CONTROLS = """
import ipywidgets as w
slider, text, box, picture = w.IntSlider(), w.Text(), w.Checkbox(), w.Image(value=b"\\x00\\x01picture")
jump = w.jslink((slider, "value"), (w.IntProgress(), "value"))
twin = w.FloatText()
w.link((slider, "value"), (twin, "value"))
text.observe(lambda change: setattr(text, "description", change["new"].upper()), "value")
w.HBox([slider, text, box])
"""


def _comm(models: list[list[object]], name: str) -> int:
    """Return the place of a model among the comms that were opened."""
    opened = [row for row in models if row[0] == "comm_open"]
    found = [i for i, row in enumerate(opened) if row[1]["data"]["state"]["_model_name"] == name]
    return found[0]


def in_order(said: list[object]) -> list[str]:
    """Sort: what the widget answers later may come before or after the kernel says that it is idle."""
    return sorted(json.dumps(row, sort_keys=True) for row in said)


@pytest.fixture
def both(tmp_path: Path, loop: asyncio.AbstractEventLoop):
    """Give what kernel and session say of the same cells and steps; steps name a widget by its model."""

    def talk(cells: list[str], *steps: object) -> tuple[list[object], list[object]]:
        file = notebook(tmp_path / "survey.ipynb", *cells)
        models = of_session(file, [], loop)
        placed = [step(lambda name: _comm(models, name)) if callable(step) else step for step in steps]
        return of_kernel(file, placed), of_session(file, placed, loop)

    return talk


def test_every_core_widget_opens_and_tells_its_state_alike(both) -> None:
    """More than fifty kinds, with every trait of each."""
    kernel, session = both([EVERY_CORE_WIDGET], *OPEN)
    assert len(kernel) > 100
    assert session == kernel


def test_what_a_page_does_is_answered_alike(both) -> None:
    """Echoes, links, observers and refusals, in the same order with the same parent."""
    steps = [
        lambda of: update(of("IntSliderModel"), value=7),  # linked with another
        lambda of: update(of("TextModel"), value="hello"),  # observed
        lambda of: update(of("TextModel"), value=""),
        lambda of: update(of("CheckboxModel"), value=True, disabled=True),
        lambda of: custom(of("TextModel"), event="submit"),
        Step("comm_info_request", {"target_name": "jupyter.widget"}),
        Step("comm_msg", {"comm_id": "f" * 32, "data": {"method": "update", "state": {}}}),  # no such comm
        Step("comm_open", {"comm_id": "e" * 32, "target_name": "elsewhere", "data": {}}),  # foreign target
    ]
    kernel, session = both([CONTROLS], *OPEN, *steps)
    assert session == kernel


def test_widgets_that_come_and_go_are_told_alike(both) -> None:
    """A click closes one widget and opens another, as a survey of ipywidgets does."""
    click = lambda of: custom(of("ButtonModel"), event="click")  # noqa: E731 - a step
    kernel, session = both([SURVEY], *OPEN, click, click, ASK_STATES)
    assert {"comm_open", "comm_close", "comm_msg"} <= {row[0] for row in kernel}
    assert session == kernel


def test_our_own_widget_is_told_alike(both) -> None:
    """The pupil's page: hello, an answer, a submission, and something it does not know."""
    steps = [
        {"kind": "hello"},
        {"kind": "save", "seq": 1, "page": "p", "item": "WB01", "value": 2},
        {"kind": "submit", "seq": 2},
        {"kind": "nonsense"},
    ]
    says = [lambda of, say=say: custom(of("AnyModel"), **say) for say in steps]
    kernel, session = both(["from instrument.screens import leerling", "leerling.survey()"], *OPEN, *says)
    assert any(row[0] == "comm_msg" and "texts" in str(row[1]) for row in kernel)
    assert in_order(session) == in_order(kernel)

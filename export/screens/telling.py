"""How a panel speaks: templates and texts, tasks that tell their faults, and the place where it says so."""

from __future__ import annotations

import asyncio
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ipywidgets as widgets
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from export import dutch
from instrument.store import client

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Work = Callable[[], Awaitable[None]]

HERE: Final = Path(__file__).parent
TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
)
TEMPLATES.filters["day"] = lambda text: dutch.day(date.fromisoformat(text))


class Telling:
    """The tasks of one panel, and `place`, where it says how they went."""

    def __init__(
        self, *, faults: tuple[type[Exception], ...] = (), named: Callable[[str], str] | None = None
    ) -> None:
        """Know which exceptions hold `faults` for people, a sentence each, and how to name their places."""
        self.place = widgets.HTML()
        self._faults = faults
        self._named = named or str
        self._tasks: set[asyncio.Task[None]] = set()

    def soon(self, work: Work) -> None:
        """Do work in a task; what goes wrong is said on the page, never raised into the void."""
        task = asyncio.get_event_loop().create_task(self.told(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def told(self, work: Work) -> None:
        """Do work, and say what the broker refused, or that it could not be reached."""
        try:
            await work()
        except client.BrokerUnreachable:
            self.say(texts("telling")["onbereikbaar"], fault=True)
        except client.Refused as refusal:
            self.say(refused(refusal), fault=True)
        except self._faults as faults:
            self.say(*map(self._named, getattr(faults, "faults", (str(faults),))), fault=True)

    def say(self, *lines: str, fault: bool = False) -> None:
        """Say some sentences, as a fault or as news."""
        self.place.value = rendered("message.html", lines=lines, fault=fault)

    def silence(self) -> None:
        """Take back what was said."""
        self.place.value = ""


def refused(refusal: client.Refused) -> str:
    """Return the sentence of a refusal, with the remedy."""
    reasons = texts("telling")["geweigerd"]
    sentence: str = reasons.get(refusal.reason, reasons["anders"])
    try:
        return sentence.format_map(refusal.detail)
    except KeyError:  # a detail that this sentence names was not given
        return str(reasons["anders"])


@cache
def texts(name: str) -> dict[str, Any]:
    """Return the sentences of `texts/NAME.toml`."""
    return tomllib.loads((HERE / "texts" / f"{name}.toml").read_text("utf-8"))


def rendered(template: str, **values: Any) -> str:  # noqa: ANN401 - whatever a template shows
    """Return a template of `templates/` with these values, each escaped."""
    return TEMPLATES.get_template(template).render(values)


def hidden(*children: widgets.Widget) -> widgets.VBox:
    """Return a box that is not shown yet."""
    box = widgets.VBox(list(children))
    box.layout.display = display(shown=False)
    return box


def display(*, shown: bool) -> str | None:
    """Return what `layout.display` must be for something to be seen, or not."""
    return None if shown else "none"

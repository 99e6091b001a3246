"""Our own widgets hear from a browser, which can say anything: only what fits is taken."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import pytest

from export.screens.download import Download
from export.screens.roster_table import RosterTable
from export.screens.saying_again import SaidAgain
from export.screens.stations import Stations
from export.screens.upload import Upload
from instrument.afname import Stamgroep


class Heard(list[Any]):
    """What a widget sent, or called."""

    def __call__(self, *given: Any, **named: Any) -> None:
        self.append((given, named))


@pytest.fixture
def upload(monkeypatch: pytest.MonkeyPatch) -> tuple[Upload, Heard, Heard, Heard]:
    chosen, too_large, sent = Heard(), Heard(), Heard()
    made = Upload("Bestand", accept=".csv", largest=100, chosen=chosen, too_large=too_large)
    monkeypatch.setattr(made, "send", sent)
    return made, chosen, too_large, sent


def part(upload: Upload, begin: int, content: bytes) -> None:
    upload._hear(upload, {"kind": "part", "from": begin}, [memoryview(content)])


def test_a_file_comes_whole_and_in_order(upload: Any) -> None:
    """Each part is asked for; one that comes twice, or from nowhere, counts once or not at all."""
    made, chosen, _, sent = upload
    made._hear(made, {"kind": "begin", "name": "lijst.csv", "size": 5}, [])
    part(made, 0, b"abc")
    part(made, 0, b"abc")
    part(made, 99, b"x")
    part(made, 3, b"de")
    assert chosen == [(("lijst.csv", b"abcde"), {})]
    assert [message["kind"] for ((message,), _) in sent] == ["more", "more", "done"]


@pytest.mark.parametrize("size", [-1, 101, 10**18])
def test_a_file_that_says_to_be_too_large_is_not_asked_for(upload: Any, size: int) -> None:
    made, chosen, too_large, sent = upload
    made._hear(made, {"kind": "begin", "name": "groot.csv", "size": size}, [])
    assert (len(too_large), chosen, sent) == (1, [], [])


def test_a_file_that_is_larger_than_it_said_is_not_taken(upload: Any) -> None:
    made, chosen, _, _ = upload
    made._hear(made, {"kind": "begin", "name": "x", "size": 2}, [])
    part(made, 0, b"more than two")
    part(made, 0, b"")
    assert chosen == []


@pytest.mark.parametrize(
    "message",
    [None, 1, "begin", {}, {"kind": "begin"}, {"kind": "begin", "name": 1, "size": "2"}, {"kind": "part"}],
)
def test_what_is_no_message_is_not_heard(upload: Any, message: object) -> None:
    made, chosen, too_large, sent = upload
    made._hear(made, message, [])
    assert (chosen, too_large, sent) == ([], [], [])


def test_an_empty_file_is_a_file(upload: Any) -> None:
    made, chosen, _, _ = upload
    made._hear(made, {"kind": "begin", "name": "leeg.csv", "size": 0}, [])
    assert chosen == [(("leeg.csv", b""), {})]


@pytest.mark.parametrize(
    "message", [None, {"kind": "keep"}, {"kind": "keep", "rows": [1]}, {"kind": "keep", "rows": {}}]
)
def test_a_table_hears_rows_and_nothing_else(message: object) -> None:
    asked = Heard()
    table = RosterTable(asked=asked)
    table._hear(table, message, [])
    assert asked == []
    table._hear(table, {"kind": "keep", "rows": [{"name": "7a"}]}, [])
    assert asked == [(([{"name": "7a"}],), {})]


def test_a_table_shows_stamgroepen() -> None:
    table = RosterTable(asked=Heard())
    table.show([Stamgroep("7a", 7, 24)])
    assert table.rows == [{"naam": "7a", "leerjaar": 7, "leerlingen": 24}]


def test_a_station_that_is_not_there_is_not_opened() -> None:
    """A browser can write anything into a trait."""
    opened = Heard()
    stations = Stations("Onderdelen", {"school": "School"}, opened=opened)
    stations.chosen = "<script>"
    assert opened == []
    stations.chosen = "school"
    assert opened == [(("school",), {})]


def test_a_file_to_save_is_in_no_trait_and_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is in no state that another page could ask for."""
    sent, download = Heard(), Download()
    monkeypatch.setattr(download, "send", sent)
    download.offer("briefjes.pdf", "application/pdf", b"codes")
    assert sent[0][1] == {"buffers": [b"codes"]}
    assert "codes" not in str(download.get_state()) + repr(download)


def test_what_was_said_while_a_page_loads_is_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Voilà's front end loses a change between asking for states and listening to widgets."""
    said: list[tuple[str, tuple[str, ...]]] = []
    monkeypatch.setattr(
        widgets.Widget,
        "send_state",
        lambda self, key=None: said.append((type(self).__name__, tuple(sorted(key or ())))),
    )
    table, empty = widgets.HTML("<table>"), widgets.HTML("")
    again = SaidAgain(widgets.VBox([table, widgets.VBox([empty])]))
    said.clear()
    again._hear(again, {"kind": "shown"}, [])
    assert ("HTML", ("value",)) in said
    assert said.count(("HTML", ("value",))) == 1, "an empty one says nothing"
    assert said.count(("Layout", ("display",))) == 2

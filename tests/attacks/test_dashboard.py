"""A crawl over the page: whatever a coordinator's session asks, with whatever filter, nothing finer comes."""

from __future__ import annotations

import json
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from export.results.served import Served
from instrument import editions
from instrument.afname import Stamgroep
from instrument.school import School, Schooljaar
from instrument.store import broker, client
from instrument.store.data_folder import DataFolder
from instrument.store.dispatch import COORDINATOR_OPS
from instrument.store.refusals import Refused
from tests.attacks.random_schools import EDITION, Pupils, rows, school
from tests.unit.conftest import QUICK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VESTIGING = "99AA00"
FILTERS = (
    "unit",
    "units",
    "leerjaar",
    "stamgroep",
    "onderwijssoort",
    "kind",
    "item",
    "level",
    "audience",
    "after",
)
VALUES = (
    "stamgroep:7a",
    "7a",
    7,
    "leerjaar:7/stamgroep:7a",
    "AT12",
    "*",
    ["7a"],
    {"stamgroep": "7a"},
    "pupil",
)


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return what asks as the coordinator of a school with a closed afname."""
    folder = DataFolder.create(_folder(tmp_path_factory), simulated=True)
    account = {"name": "anna", "password": "zeven groene fietsen"}
    with (
        broker.running(folder, effort=QUICK, release=Served()),
        client.operator(folder) as operator,
        client.BlockingClient(folder.socket) as door,
    ):
        operator.add_school(School(VESTIGING, "Simulatieschool De Zeef", "po", "BO", simulated=True))
        operator.add_account(**account, vestigingsnummer=VESTIGING)
        _closed(operator, school(np.random.default_rng(5)))
        session = door.call("login", **account)["session"]
        yield lambda op, **fields: door.call(op, capability=session, **fields)


def _folder(made: pytest.TempPathFactory) -> Path:
    return made.mktemp("crawl") / "data"


def _closed(operator: client.Operator, pupils: Pupils) -> None:
    groups = [Stamgroep(f"{year}{letter}", year, 30) for year in range(5, 9) for letter in "ab"]
    opened = operator.open_afname(
        vestigingsnummer=VESTIGING,
        schooljaar=Schooljaar(2026),
        edition=EDITION.code,
        fingerprint=editions.fingerprint(EDITION),
        stamgroepen=groups,
        opened_on=date(2026, 11, 3),
    )
    operator.add_responses(opened.afname_id, rows(pupils))
    operator.close_afname(VESTIGING, on=date(2026, 11, 20))


def test_no_filter_changes_a_byte_of_the_results(asking: Any) -> None:
    """D1: there is one document of an afname; nothing in a request makes another."""
    plain = json.dumps(asking("results"))
    for name, value in product(FILTERS, VALUES):
        assert json.dumps(asking("results", **{name: value})) == plain, name


def test_no_other_request_of_a_coordinator_holds_an_answer(asking: Any) -> None:
    """A crawl over every operation, with the filters at once; what is refused says nothing either."""
    for op in sorted(set(COORDINATOR_OPS) - {"results", "leave"}):
        try:
            found = json.dumps(asking(op, **dict.fromkeys(FILTERS, "7a"), text="", fields={}))
        except Refused as refused:
            found = json.dumps(refused.detail)
        assert not [item.code for item in EDITION.items if item.code in found], op

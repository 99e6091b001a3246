"""Findings of different data are never put into one document."""

import pytest

from export.account import collected, notebooks
from export.account.collected import CollectedError


def test_notebooks_about_other_data_are_refused():
    found = {name: notebooks.findings(notebooks.read(name)) for name in notebooks.OF_THE_EVIDENCE}
    assert collected.of_findings(found).facts["n_respondents"] > 0
    found["33_validiteit"]["facts"]["data"] = "sha256:0"
    with pytest.raises(CollectedError, match="33_validiteit: is about other data than 30_itemanalyse"):
        collected.of_findings(found)


def test_a_notebook_that_was_not_run_is_named():
    found = {name: notebooks.findings(notebooks.read(name)) for name in notebooks.OF_THE_EVIDENCE}
    found["34_meetinvariantie"] = {}
    with pytest.raises(CollectedError, match="34_meetinvariantie: holds no findings"):
        collected.of_findings(found)

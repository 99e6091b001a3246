"""PSPP runs the syntax on simulated answers, and shows the labels it then knows."""

import csv
import subprocess
from pathlib import Path

import pytest

from instrument.interchange import spss
from instrument.questionnaire import Edition


@pytest.fixture(scope="module")
def shown(program, edition: Edition, answered: list[dict[str, int]], tmp_path_factory) -> list[list[str]]:
    """Return the lines that PSPP prints: the dictionary, the sets of responses, the data."""
    folder: Path = tmp_path_factory.mktemp("pspp")
    names = [item.code for item in edition.items]
    rows = [",".join(str(each.get(name, "")) for name in names) for each in answered]
    (folder / "answers.csv").write_text("\n".join(rows) + "\n", "utf-8")
    (folder / "labels.sps").write_bytes(spss.as_syntax(edition, language="nl"))
    run = [
        f'DATA LIST LIST(",") FILE="{folder}/answers.csv" /{" ".join(names)}.',
        f'INSERT FILE="{folder}/labels.sps" SYNTAX=BATCH.',
        "DISPLAY DICTIONARY.", "MRSETS /DISPLAY NAME=ALL.", "LIST.",
    ]  # fmt: skip
    (folder / "run.sps").write_text("\n".join(run) + "\n", "utf-8")
    done = subprocess.run(
        [program("pspp"), "-O", "format=csv", "-o", "out.csv", "run.sps"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    printed = (folder / "out.csv").read_text("utf-8")
    assert done.returncode == 0, printed[-2000:]
    return list(csv.reader(printed.splitlines()))


def table(shown: list[list[str]], title: str) -> list[list[str]]:
    """Return the lines below a title, without its heads."""
    start = shown.index([f"Table: {title}"])
    end = next((n for n, line in enumerate(shown[start:], start) if not line), len(shown))
    return shown[start + 2 : end]


def value_labels(shown: list[list[str]]) -> dict[str, dict[float, str]]:
    """Return value to label, by the label of the variable, which PSPP shows in place of its name."""
    found: dict[str, dict[float, str]] = {}
    variable = ""
    for line in table(shown, "Value Labels"):
        if len(line) == 3:
            variable = line[0] or variable
            found.setdefault(variable, {})[float(line[1].partition("[")[0])] = line[2]
    return found


def test_it_complains_of_nothing(shown: list[list[str]]):
    assert not [line for line in shown if any("error" in cell or "warning" in cell for cell in line)]


def test_every_variable_has_its_label_and_its_missing_values(shown: list[list[str]], edition: Edition):
    known = {line[0]: line for line in table(shown, "Variables")}
    for item in edition.items:
        name, _, label, level, *_, missing = known[item.code]
        assert (name, label, missing) == (item.code, item.text["nl"], "-2; -1")
        assert level == ("Nominal" if item.option_set.several else "Ordinal")


def test_every_value_has_its_label(shown: list[list[str]], edition: Edition):
    known = value_labels(shown)
    for item in edition.items:
        labels = known[item.text["nl"]]
        assert {-1.0, -2.0} <= set(labels)
        if not item.option_set.several:
            assert {value: label for value, label in labels.items() if value >= 0} == {
                option.value: option.label["nl"] for option in item.option_set.options
            }


def test_several_answers_become_variables_of_their_own(
    shown: list[list[str]], edition: Edition, answered: list[dict[str, int]]
):
    """What PSPP computes from the stored number are the options that were chosen."""
    heads, *rows = shown[shown.index(["Table: Data List"]) + 1 :][: len(answered) + 1]
    n_compared = 0
    for item in (item for item in edition.items if item.option_set.several):
        for row, answers in zip(rows, answered, strict=True):
            stored, computed = answers.get(item.code), dict(zip(heads, row, strict=True))
            for option in item.option_set.options:
                found = computed[spss.part(item, option)].strip()
                if stored is None:
                    assert found in {"", "."}
                elif stored < 0:
                    assert float(found) == stored
                else:
                    assert float(found) == (option.value in item.option_set.chosen(stored))
                n_compared += 1
    assert n_compared


def test_each_of_several_answers_is_chosen_or_not(shown: list[list[str]], edition: Edition):
    known = value_labels(shown)
    for item in (item for item in edition.items if item.option_set.several):
        for option in item.option_set.options:
            assert {known[option.label["nl"]][value] for value in (0.0, 1.0)} == {"niet gekozen", "gekozen"}


def test_several_answers_are_a_set_of_responses(shown: list[list[str]], edition: Edition):
    printed = "\n".join(" ".join(line) for line in shown)
    for item in edition.items:
        assert (f"${item.code}" in printed) == item.option_set.several


def test_a_long_label_is_cut_between_letters():
    """SPSS refuses a variable label over 255 bytes; a letter of two bytes is not cut in half."""
    quoted = spss._quoted("é" * 200, spss.LONGEST_LABEL)
    assert len(quoted[1:-1].encode()) <= spss.LONGEST_LABEL
    assert set(quoted[1:-1]) == {"é", "…"}

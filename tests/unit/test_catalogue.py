"""Every rule of an item bank, each broken once in the smallest bank that passes them all."""

# ruff: noqa: E501 - one broken rule, one line

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from instrument import catalogue
from instrument.bank import form, wording

SMALLEST = Path(__file__).with_name("test_bank_smallest.toml").read_text("utf-8")
ANOTHER_SET = '\n[[option_set]]\ncode = "cijfer"\noption = [\n  {{ value = {low}, label.nl = "a", label.en = "a" }},\n  {{ value = {high}, label.nl = "b", label.en = "b" }},\n]\n'


def faults_of(content: str | bytes, folder: Path) -> tuple[str, ...]:
    """Return the faults of a bank with this content."""
    path = folder / "bank.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(catalogue.BankFaults) as refusal:
        catalogue.load(path)
    return refusal.value.faults


def test_the_smallest_bank_is_read_as_written(tmp_path: Path) -> None:
    """Truth for everything below: without a fault nothing is refused, and all keys arrive."""
    path = tmp_path / "bank.toml"
    path.write_text(SMALLEST, "utf-8")
    edition = catalogue.load(path)
    assert (edition.code, edition.sector, edition.leerjaren) == ("klein_2026", "po", (6, 7))
    assert edition.languages == ("nl", "en")
    assert edition.minimum_answered == 2 / 3
    assert edition.model == {"sfeer": ["SF01", "SF02", "SF03"]}
    assert edition.explanations[0].text == {"nl": "Haha.", "en": "Ha ha."}
    item = edition.item("SF03")
    assert (item.reversed, item.sensitive, item.topic, item.explanation) == (True, True, "huilen", None)
    assert item.option_set.values == (1, 2)
    assert item.period == {"nl": "deze week", "en": "this week"}


BROKEN = {
    "unknown key": ("topic = ", "topik = ", "item[1].topik: is an unknown key; did you mean topic?"),
    "missing key": ('topic = "zingen"\n', "", "item[2].topic: is missing"),
    "text for a truth value": ("reversed = true", 'reversed = "yes"', 'item[3].reversed: "yes" is neither'),
    "truth value for a number": ("value = 1", "value = true", "option_set[1].option[1].value: true is no whole"),
    "number for a text": ('title.nl = "Sfeer"', "title.nl = 3", "scale[1].title.nl: 3 is no text"),
    "text for a table": ('title.nl = "Sfeer"\ntitle.en = "Mood"', 'title = "Sfeer"', 'write title.nl = "…"'),
    "number for a list": ("leerjaren = [6, 7]", "leerjaren = 6", "leerjaren: 6 is no list"),
    "a list in a list": ("leerjaren = [6, 7]", "leerjaren = [[6]]", "leerjaren[1]: a list is no whole number"),
    "a date for a code": ('code = "SF01"', "code = 2026-01-01", "item[1].code: a date or time is out of form"),
    "table for tables": ("[[scale]]", "[scale]", "scale: a table is no list"),
    "double item code": ('"SF02"', '"SF01"', 'item[2].code: "SF01" is the code of item[1] too'),
    "unknown scale": (
        'scale = "sfeer"', 'scale = "veiligheid"',
        'item[1].scale: "veiligheid" is not a scale here; use one of: sfeer',
    ),
    "unknown option set": ('option_set = "hoe_vaak"', 'option_set = "x"', '"x" is not an option set here'),
    "unknown explanation": ('explanation = "lachen"', 'explanation = "x"', '"x" is not an explanation here'),
    "unused explanation": ('explanation = "lachen"\n', "", 'explanation[1]: "lachen" is used by no item'),
    "missing language": ('text.en = "How often did you sing this week?"\n', "", "item[2].text.en: is missing"),
    "missing label": (', label.en = "Often"', "", "option_set[1].option[2].label.en: is missing"),
    "language too many": ('title.en = "Mood"', 'title.en = "Mood"\ntitle.fr = "Humeur"', "scale[1].title.fr: is not"),
    "language twice": ('["nl", "en"]', '["nl", "en", "nl"]', 'languages: "nl" stands here twice'),
    "language out of form": ('["nl", "en"]', '["nl", "English"]', 'languages[2]: "English" is out of form'),
    "empty text": ('"Vaak"', '"  "', "option_set[1].option[2].label.nl: is empty"),
    "control sign": ('"Haha."', '"Ha\\tha."', "explanation[1].text.nl: holds the hidden sign U+0009"),
    "bidi sign": ('"Haha."', '"Ha\u202eha."', "explanation[1].text.nl: holds the hidden sign U+202E"),
    "zero-width sign": ('"Haha."', '"Ha\u200bha."', "remove it at sign 3"),
    "values that fall": ("value = 2", "value = 0", "option_set[1].option: values do not rise"),
    "values that are equal": ("value = 2", "value = 1", "option_set[1].option: values do not rise"),
    "a label twice": ('"Vaak"', '"Nooit"', 'option_set[1].option: "Nooit" is a label twice'),
    "yes as YAML writes it": ("reversed = true", 'reversed = "no"', 'item[3].reversed: "no" is neither yes nor no'),
    "a number between quotes": ("value = 1", 'value = "1"', 'option_set[1].option[1].value: "1" is no whole number'),
    "a language as a list": ('["nl", "en"]', '"nl, en"', 'languages: "nl, en" is no list'),
    "a sentence as a truth value": ('"Haha."', "true", "explanation[1].text.nl: true is no text"),
    "a topic that is a number": ('topic = "zingen"', "topic = 3", "item[2].topic: 3 is out of form"),
    "value of weet ik niet": ("value = 1", "value = -1", "option_set[1].option: has a value outside 0 to 99"),
    "one option": ('  { value = 2, label.nl = "Vaak", label.en = "Often" },\n', "", "fewer than 2 options"),
    "item code out of form": ('"SF01"', '"SF1"', 'item[1].code: "SF1" is out of form'),
    "edition code out of form": ('"klein_2026"', '"Klein 2026"', 'code: "Klein 2026" is out of form'),
    "unknown sector": ('"po"', '"mbo"', 'sector: "mbo" is unknown; use one of: po, so, vso, vo'),
    "leerjaar too low": ("[6, 7]", "[4, 6]", "leerjaren: out of range for po; use 5 to 8"),
    "leerjaar too high": ("[6, 7]", "[8, 9]", "leerjaren: out of range for po; use 5 to 8"),
    "leerjaar twice": ("[6, 7]", "[6, 6]", "leerjaren: not rising"),
    "no leerjaar": ("[6, 7]", "[]", "leerjaren: is an empty list"),
    "minimum of nothing": ('"2/3"', "0", "minimum_answered: 0 is no share"),
    "minimum above all": ('"2/3"', "1.01", "minimum_answered: 1.01 is no share"),
    "minimum that is no number": ('"2/3"', "nan", "minimum_answered: nan is no share"),
    "minimum over nought": ('"2/3"', '"2/0"', 'minimum_answered: "2/0" is no share'),
    "period not named": ("lachte je deze week", "lachte je", "item[1].text.nl: its answers count over a period"),
    "question twice": ("zong", "lachte", "item[2].text.nl: is the text of item[1] too"),
    "a range for each item": (
        'Hoe vaak zong je deze week?"\ntext.en = "How often did you sing this week?"\noption_set = "hoe_vaak"',
        'Zing je graag?"\ntext.en = "Do you like to sing?"\noption_set = "cijfer"',
        "scale[1]: its items differ in lowest or highest value",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_named_with_file_and_place(name: str, tmp_path: Path) -> None:
    """One rule broken once is one fault: nothing is overlooked and nothing is reported twice."""
    old, new, expected = BROKEN[name]
    assert old in SMALLEST
    bank = SMALLEST.replace(old, new, 1)
    if "cijfer" in new:
        bank += ANOTHER_SET.format(low=1, high=5)
    # A code that leaves its form, or a key that loses its name, can break what refers to it as well.
    faults = faults_of(bank, tmp_path)
    assert all(fault.startswith("bank.toml: ") for fault in faults)
    assert any(expected in fault for fault in faults), faults
    assert len(faults) <= 2, faults


def test_items_with_option_sets_of_one_range_share_a_scale(tmp_path: Path) -> None:
    """Border of the range rule: other words are fine, another lowest or highest value is not."""
    asked = (SMALLEST + ANOTHER_SET.format(low=1, high=2)).replace("Hoe vaak huilde je", "Huilde je")
    bank = asked.replace("How often did you cry", "Did you cry").replace(
        'option_set = "hoe_vaak"\nreversed = true', 'option_set = "cijfer"\nreversed = true'
    )
    path = tmp_path / "bank.toml"
    path.write_text(bank, "utf-8")
    assert catalogue.load(path).item("SF03").option_set.code == "cijfer"


def test_a_scale_of_two_items_is_refused(tmp_path: Path) -> None:
    """Three items are the border: with two there is no item-rest correlation."""
    two = SMALLEST[: SMALLEST.rindex("[[item]]")]
    assert faults_of(two, tmp_path) == ('bank.toml: scale[1]: "sfeer" has 2 items; write at least 3',)


def test_a_bank_without_items_is_refused(tmp_path: Path) -> None:
    """A file cut off after its scales must not become an empty questionnaire."""
    assert "bank.toml: item: is missing; add this key" in faults_of(
        SMALLEST[: SMALLEST.index("[[item]]")], tmp_path
    )


def test_groep_5_is_possible_by_configuration(tmp_path: Path) -> None:
    """The law may move the start to groep 5 (draft of 2023); that may not need a programmer."""
    path = tmp_path / "bank.toml"
    path.write_text(SMALLEST.replace("[6, 7]", "[5, 6, 7, 8]"), "utf-8")
    assert catalogue.load(path).leerjaren == (5, 6, 7, 8)


@pytest.mark.parametrize("written", ["0.5", "1", '"1/2"'])
def test_a_share_is_a_number_or_a_fraction(written: str, tmp_path: Path) -> None:
    """Two thirds has no exact decimal: 0.6667 of six items would ask for a fifth."""
    path = tmp_path / "bank.toml"
    path.write_text(SMALLEST.replace('"2/3"', written), "utf-8")
    assert catalogue.load(path).minimum_answered == (1.0 if written == "1" else 0.5)


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    """A writer mends a file in one round."""
    bank = (
        SMALLEST.replace("[6, 7]", "[3]")
        .replace('topic = "zingen"\n', "")
        .replace("reversed = true", "reversed = 1")
        .replace('"Mood"', '""')
    )
    places = [fault.split(": ")[1] for fault in faults_of(bank, tmp_path)]
    assert places == ["scale[1].title.en", "item[2].topic", "item[3].reversed", "leerjaren"]


def test_an_unknown_edition_lists_those_that_are_known() -> None:
    """The remedy stands in the message."""
    with pytest.raises(
        catalogue.UnknownEditionError, match='"po_1999" is unknown; use one of: po_bovenbouw_2026'
    ):
        catalogue.edition("po_1999")


def test_the_list_of_releases_is_no_edition() -> None:
    """`released.toml` lies in the same folder."""
    assert "released" not in catalogue.bundled()
    assert "po_bovenbouw_2026" in catalogue.bundled()


README = (catalogue.QUESTIONS / "README.md").read_text("utf-8")
EXAMPLE = README.split("```toml\n")[1].split("```")[0]


def test_the_example_in_the_readme_is_a_bank(tmp_path: Path) -> None:
    """Who writes a bank starts from it."""
    path = tmp_path / "po_voorbeeld_2026.toml"
    path.write_text(EXAMPLE, "utf-8")
    assert catalogue.load(path).leerjaren == (5, 6, 7, 8)


def test_the_example_in_the_readme_shows_every_key() -> None:
    """A key that the format gains is explained there, or this is red."""
    example = tomllib.loads(EXAMPLE)
    shown = {
        "edition": set(example),
        "condition": {key for item in example["item"] for one in item.get("visible_if", []) for key in one},
        **{
            name: {key for table in example[name] for key in table}
            for name in ("module", "option_set", "item")
        },
    }
    assert shown == {
        "edition": set(form.EDITION), "condition": set(form.CONDITION), "module": set(form.MODULE),
        "option_set": set(form.OPTION_SET), "item": set(form.ITEM),
    }  # fmt: skip


@pytest.mark.parametrize("level", ["A1", "A2", "B1"])
def test_the_readme_names_the_lengths_that_are_checked(level: str) -> None:
    """Two places, one truth."""
    lists = tomllib.loads(Path(wording.__file__).with_name("wording.toml").read_text("utf-8"))
    most = lists["levels"][level]
    assert re.search(rf"short: .*{level} {most['words']}\b", README)
    assert re.search(rf"short words: .*{level} {most['letters']}\b", README)
    assert lists["en"]["more_words"] == 2
    assert (
        f"an explanation: {lists['explanation']['words']} words, {lists['explanation']['sentence']} in"
        in README
    )


def test_a_bundled_file_carries_its_code_as_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Otherwise an afname of one edition would be put with the questions of another."""
    (tmp_path / "anders_2026.toml").write_text(SMALLEST, "utf-8")
    monkeypatch.setattr(catalogue, "QUESTIONS", tmp_path)
    with pytest.raises(catalogue.BankFaults, match="is not the name of the file"):
        catalogue.edition("anders_2026")

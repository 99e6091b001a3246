"""Every rule of an item bank, each broken once in the smallest bank that passes them all."""

# ruff: noqa: E501 - one broken rule, one line

from __future__ import annotations

from pathlib import Path

import pytest

from instrument import catalogue

SMALLEST = """\
code = "klein_2026"
title.nl = "Klein"
title.en = "Small"
sector = "po"
leerjaren = [6, 7]
languages = ["nl", "en"]
minimum_answered = "2/3"

[[scale]]
code = "sfeer"
title.nl = "Sfeer"
title.en = "Mood"
legal_question = "Hoe is de sfeer?"

[[option_set]]
code = "hoe_vaak"
period.nl = "deze week"
period.en = "this week"
option = [
  { value = 1, label.nl = "Nooit", label.en = "Never" },
  { value = 2, label.nl = "Vaak", label.en = "Often" },
]

[[explanation]]
code = "lachen"
title.nl = "Wat is lachen?"
title.en = "What is laughing?"
text.nl = "Haha."
text.en = "Ha ha."

[[item]]
code = "SF01"
scale = "sfeer"
topic = "lachen"
text.nl = "Hoe vaak lachte je deze week?"
text.en = "How often did you laugh this week?"
option_set = "hoe_vaak"
reversed = false
sensitive = false
explanation = "lachen"

[[item]]
code = "SF02"
scale = "sfeer"
topic = "zingen"
text.nl = "Hoe vaak zong je deze week?"
text.en = "How often did you sing this week?"
option_set = "hoe_vaak"
reversed = false
sensitive = false

[[item]]
code = "SF03"
scale = "sfeer"
topic = "huilen"
text.nl = "Hoe vaak huilde je deze week?"
text.en = "How often did you cry this week?"
option_set = "hoe_vaak"
reversed = true
sensitive = true
"""
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
        'zong je deze week?"\ntext.en = "How often did you sing this week?"\noption_set = "hoe_vaak"',
        'zong je deze week?"\ntext.en = "How often did you sing this week?"\noption_set = "cijfer"',
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
    bank = (SMALLEST + ANOTHER_SET.format(low=1, high=2)).replace(
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


def test_a_syntax_error_names_its_line(tmp_path: Path) -> None:
    """TOML stops at its first error; at least the place is given."""
    faults = faults_of(SMALLEST.replace('sector = "po"', "sector = po"), tmp_path)
    assert len(faults) == 1
    assert "is no TOML" in faults[0]
    assert "line 4" in faults[0]


def test_a_file_in_another_encoding_names_its_line(tmp_path: Path) -> None:
    """Old Windows editors write cp1252."""
    content = SMALLEST.replace("Haha", "Hé").encode("cp1252")
    line = SMALLEST[: SMALLEST.index("Haha")].count("\n") + 1
    assert faults_of(content, tmp_path) == (f"bank.toml: line {line}: is not UTF-8; save the file as UTF-8",)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Windows' Notepad writes one, and its user cannot see it."""
    path = tmp_path / "bank.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALLEST.encode())
    assert catalogue.load(path).code == "klein_2026"


def test_a_megabyte_is_enough_and_one_byte_more_is_too_much(tmp_path: Path) -> None:
    """The border of the size rule; a comment fills the file."""
    room = catalogue.LARGEST_FILE - len(SMALLEST.encode())
    filled = SMALLEST + "#\n" * (room // 2) + "\n" * (room % 2)
    path = tmp_path / "bank.toml"
    path.write_text(filled, "utf-8")
    assert catalogue.load(path).code == "klein_2026"
    assert "larger than 1 MB" in faults_of(filled + "\n", tmp_path)[0]


def test_endless_keys_and_nesting_are_refused_at_once(tmp_path: Path) -> None:
    """A key with 500,000 dots in one line took all memory of the machine when tomllib was let at it."""
    assert "line 1: is longer than 1000 bytes" in faults_of("a." * 400_000 + "a = 1", tmp_path)[0]
    assert "nested too deep" in faults_of("a = [\n" + "[\n" * 400_000, tmp_path)[0]


@pytest.mark.parametrize("name", ["absent.toml", "a_folder", "null\0.toml"])
def test_a_path_that_cannot_be_read_is_a_fault(name: str, tmp_path: Path) -> None:
    """The command line prints it like any other fault."""
    (tmp_path / "a_folder").mkdir()
    with pytest.raises(catalogue.BankFaults, match="cannot be read"):
        catalogue.load(tmp_path / name)


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


def test_the_example_in_the_readme_is_a_bank(tmp_path: Path) -> None:
    """Who writes a bank starts from it."""
    readme = (catalogue.QUESTIONS / "README.md").read_text("utf-8")
    path = tmp_path / "po_voorbeeld_2026.toml"
    path.write_text(readme.split("```toml\n")[1].split("```")[0], "utf-8")
    assert catalogue.load(path).leerjaren == (5, 6, 7, 8)


def test_a_bundled_file_carries_its_code_as_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Otherwise an afname of one edition would be put with the questions of another."""
    (tmp_path / "anders_2026.toml").write_text(SMALLEST, "utf-8")
    monkeypatch.setattr(catalogue, "QUESTIONS", tmp_path)
    with pytest.raises(catalogue.BankFaults, match="is not the name of the file"):
        catalogue.edition("anders_2026")

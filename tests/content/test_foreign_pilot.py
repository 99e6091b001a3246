"""A pilot collected elsewhere is judged as our own; each of its faults comes with place and remedy."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from export.account import notebooks, research_file, studied_scale
from export.account.research_file import ResearchFileError
from instrument import catalogue, editions
from psychometrics.reliability import cronbach_alpha

ROOT = Path(__file__).parents[2]
OURS = ROOT / "tests" / "golden" / "data"
PUBLISHED = ROOT.parent / "shared" / "reference"
"""May not ship; stands beside the repository on the machines of its makers."""
PO16 = {
    "veiligheidsbeleving": [f"V{n}" for n in range(1, 5)],
    "aantasting": [f"A{n}" for n in range(1, 7)],
    "welbevinden": [f"W{n}" for n in range(1, 7)],
}
HIGHEST = {"veiligheidsbeleving": 5, "aantasting": 4, "welbevinden": 5}
"""The scales that the notebooks speak of, with other items and options than ours."""
BACKGROUND = 'school = "school"\nclass = "class"\nleerjaar = "grade"\ngroups = ["gender"]\nsimulated = true\n'


def own_instrument(
    items: dict[str, list[str]], *, highest: dict[str, int], lowest: int = 1, extra: str
) -> str:
    """Write the mapping of an instrument of its own: scale to the columns of its items."""
    scales = "".join(
        f'[[scale]]\ncode = "{scale}"\ntitle = "Schaal {scale}"\n'
        f"lowest = {lowest}\nhighest = {highest[scale]}\n"
        for scale in items
    )
    parts = "".join(
        f'[[item]]\ncode = "{column}"\ncolumn = "{column}"\nscale = "{scale}"\n'
        for scale, columns in items.items()
        for column in columns
    )
    head = f'file = "pilot.csv"\nsource = "proef elders"\ndated = 2026-05-29\n{extra}'
    return f'{head}[instrument]\ncode = "proef"\ntitle = "Proef"\n{scales}{parts}'


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    """Our simulated answers to an instrument that is not ours; returns the mapping."""
    (tmp_path / "pilot.csv").write_bytes((OURS / "syn_po16.csv").read_bytes())
    text = own_instrument(PO16, highest=HIGHEST, extra=BACKGROUND)
    (tmp_path / "pilot.toml").write_text(text, "utf-8")
    return tmp_path / "pilot.toml"


def change(path: Path, *pairs: tuple[str, str]) -> None:
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")


def faults(path: Path) -> str:
    with pytest.raises(ResearchFileError) as refused:
        research_file.read(path)
    return str(refused.value)


def test_a_pilot_gives_the_alpha_that_r_gives(pilot):
    """The file of R's own golden values, read by way of a mapping."""
    data = research_file.read(pilot)
    known = json.loads((OURS / "syn_po16.json").read_text("utf-8"))["V"]
    complete = replace(data, answers=data.answers.dropna())
    assert _alpha(complete, "veiligheidsbeleving") == pytest.approx(known["raw_alpha"], abs=1e-10)


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="published data may not ship; they stand in ../shared")
def test_published_data_give_the_alpha_that_r_gives(tmp_path):
    """Codes 0 to 4, empty cells, no school: 2,449 adults of openpsychometrics.org."""
    known = json.loads((PUBLISHED / "gcbs15.json").read_text("utf-8"))["ctt"]
    items = {"GCBS": [f"q{n}" for n in range(1, 16)]}
    extra = 'leerjaar = 8\ngroups = ["gender", "area"]\nsimulated = false\n'
    (tmp_path / "pilot.csv").write_bytes((PUBLISHED / "gcbs15.csv").read_bytes())
    text = own_instrument(items, highest={"GCBS": 4}, lowest=0, extra=extra)
    (tmp_path / "pilot.toml").write_text(text, "utf-8")
    data = research_file.read(tmp_path / "pilot.toml")
    assert (data.n_respondents, data.n_schools, data.simulated) == (2449, 1, False)
    assert _alpha(data, "GCBS") == pytest.approx(known["total"]["raw_alpha"], abs=1e-10)


def _alpha(data: research_file.ResearchData, scale: str) -> float:
    return cronbach_alpha(studied_scale.of(data, scale).scores.dropna()).alpha


def test_a_notebook_runs_on_a_pilot(pilot):
    """The variable that names a research file names a mapping just as well."""
    done = notebooks.execute("31_betrouwbaarheid", data=pilot)
    printed = json.dumps([cell.get("outputs", []) for cell in done.cells], ensure_ascii=False)
    assert "Schaal veiligheidsbeleving" in printed
    assert "proef elders" in printed


def test_schools_classes_and_groups_are_known_by_numbers(pilot):
    """EIS-F: the name of a school or class goes no further."""
    change(pilot.with_name("pilot.csv"), ("\n1,1,1,", "\nDe Vuurtoren,6b,1,"))
    data = research_file.read(pilot)
    rows = pd.read_csv(OURS / "syn_po16.csv")
    assert data.classes.nunique() >= rows.groupby(["school", "class"]).ngroups
    assert data.background["vestigingsnummer"].str.fullmatch("S[0-9]{4}").all()
    assert data.groups == ("gender",)
    assert "Vuurtoren" not in data.background.to_csv()


EDITION = catalogue.edition("po_bovenbouw_2026")


@pytest.fixture
def own_edition(tmp_path: Path) -> Path:
    """Sixty simulated pupils who answered our own edition, in a file of somebody else."""
    data = research_file.simulated_data(n_schools=3, pupils_per_school=20, seed=4)
    columns = {item.code: f"vraag {n}" for n, item in enumerate(EDITION.scored)}
    rows = pd.concat([data.background, data.answers.rename(columns=columns)], axis="columns")
    text = rows.rename(columns={"vestigingsnummer": "sch"}).to_csv(index=False, sep=";")
    (tmp_path / "pilot.csv").write_text(text, "utf-8")
    items = "".join(f'[[item]]\ncode = "{code}"\ncolumn = "{column}"\n' for code, column in columns.items())
    head = (
        'file = "pilot.csv"\nsource = "proef"\ndated = 2026-05-29\nsimulated = true\nleerjaar = "leerjaar"\n'
    )
    school = f'edition = "{EDITION.code}"\nschool = "sch"\n'
    (tmp_path / "pilot.toml").write_text(head + school + items, "utf-8")
    return tmp_path / "pilot.toml"


def test_a_whole_edition_asked_elsewhere_is_that_edition(own_edition):
    found = research_file.read(own_edition)
    same = research_file.simulated_data(n_schools=3, pupils_per_school=20, seed=4)
    pd.testing.assert_frame_equal(found.answers, same.answers)
    assert editions.fingerprint(found.edition) != ""
    assert [item.code for item in found.edition.items] == [item.code for item in EDITION.scored]


def test_a_column_that_runs_the_other_way_is_turned(own_edition):
    """VB01 is favourable when high; a file in which it was scored the other way says so."""
    change(own_edition, ('code = "VB01"\n', 'code = "VB01"\nreversed = true\n'))
    found, same = (
        research_file.read(own_edition),
        research_file.simulated_data(n_schools=3, pupils_per_school=20, seed=4),
    )
    turned, straight = found.answers["VB01"], same.answers["VB01"]
    given = straight.notna() & (straight > 0)
    assert (turned[given] == 5 - straight[given]).all()
    assert (turned[straight < 0] == straight[straight < 0]).all()


def test_what_was_not_asked_makes_it_another_instrument(own_edition):
    """Evidence for a part is no evidence for the whole."""
    before = editions.fingerprint(research_file.read(own_edition).edition)
    text = own_edition.read_text("utf-8")
    start = text.index('[[item]]\ncode = "AT10"')
    end = text.index("[[item]]", start + 1)
    own_edition.write_text(text[:start].replace("school =", 'not_asked = ["AT10"]\nschool =') + text[end:])
    found = research_file.read(own_edition)
    assert "AT10" not in found.answers
    assert editions.fingerprint(found.edition) != before


def test_words_are_recoded_and_missing_codes_left_out(pilot):
    file = pilot.with_name("pilot.csv")
    rows = pd.read_csv(file, dtype=str)
    known = rows["V1"].map({"1": "nooit", "99": "99"}).fillna(rows["V1"])
    known.iloc[0] = "99"
    rows.assign(V1=known).to_csv(file, index=False)
    change(pilot, ("[instrument]", 'missing = ["99"]\n[instrument]'))
    pilot.write_text(pilot.read_text("utf-8") + "[recode]\nnooit = 1\n", "utf-8")
    found = research_file.read(pilot).answers["V1"]
    expected = pd.to_numeric(rows["V1"]).astype("Int64").mask(rows.index == 0)
    pd.testing.assert_series_equal(found, expected, check_names=False)


@pytest.mark.parametrize(
    ("encoding", "delimiter", "line_end"),
    [("utf-8-sig", ";", "\r\n"), ("utf-16", "\t", "\r\n"), ("cp1252", ";", "\n"), ("utf-8", ",", "\n")],
)
def test_every_usual_csv_is_read(pilot, encoding, delimiter, line_end):
    """What Excel, LimeSurvey and Windows write; a decimal comma makes no other code."""
    rows = pd.read_csv(OURS / "syn_po16.csv", dtype=str, keep_default_na=False)
    rows["gender"] = rows["gender"].replace("meisje", "één meisje")
    rows["V1"] = rows["V1"].map(lambda text: text and f"{text},0")
    before = research_file.read(pilot).answers
    text = rows.to_csv(index=False, sep=delimiter, lineterminator=line_end)
    pilot.with_name("pilot.csv").write_bytes(text.encode(encoding))
    found = research_file.read(pilot)
    pd.testing.assert_frame_equal(found.answers, before)
    assert "één meisje" in set(found.background["gender"])


def test_a_file_of_spss_is_read(pilot):
    """What SPSS calls user-missing is missing."""
    import pyreadstat  # noqa: PLC0415 - only here

    rows = pd.read_csv(OURS / "syn_po16.csv")
    rows.loc[0, "V1"] = 9
    pyreadstat.write_sav(rows, pilot.with_name("pilot.sav"), missing_ranges={"V1": [9]})
    before = research_file.read(pilot).answers
    change(pilot, ("pilot.csv", "pilot.sav"))
    found = research_file.read(pilot).answers
    assert pd.isna(found.loc[0, "V1"])
    pd.testing.assert_frame_equal(found[1:], before[1:])


def test_all_faults_of_a_file_come_at_once_and_hold_no_answer(pilot):
    file = pilot.with_name("pilot.csv")
    rows = pd.read_csv(file, dtype=str)
    rows.loc[[4, 6], "V2"] = "7777"
    rows.loc[2, "grade"] = "brugklas"
    rows.loc[1, "school"] = None
    rows["gender"] = [f"groep {n % 12}" for n in range(len(rows))]
    rows.to_csv(file, index=False)
    found = faults(pilot)
    assert (
        'pilot.csv: column "V2": 2 cell(s), the first in row 5 below the names, with no code of V2' in found
    )
    assert "recode them to 1 to 5, -1 or -2, or list them under missing" in found
    assert 'column "grade": 1 cell(s), the first in row 3 below the names, with no leerjaar' in found
    assert 'column "school": 1 cell(s), the first in row 2 below the names, empty' in found
    assert 'column "gender": has more than 10 groups' in found
    assert not any(cell in found for cell in ("7777", "brugklas"))


def test_all_faults_of_a_mapping_come_at_once(pilot):
    change(
        pilot,
        ('file = "pilot.csv"', 'file = "../pilot.csv"'),
        ("dated = 2026-05-29", 'dated = "mei"'),
        ('code = "V2"', 'code = "V1"'),
        ('column = "A6"\nscale = "aantasting"', 'column = "A6"\nscale = "Z"'),
        ("highest = 4", "highest = 1"),
        ("leerjaar =", "leerjar = 1\nleerjaar ="),
    )
    found = faults(pilot)
    for words in (
        "file: write the name of a file beside the mapping",
        'dated: "mei" is no day; write 2026-05-29',
        'item: code "V1" stands here 2 times; keep one',
        "item[10].scale: is none of the scales here; use one of: veiligheidsbeleving, aantasting",
        "scale[2]: write lowest (0 or more) and highest",
        "leerjar: is an unknown key; did you mean leerjaar?",
    ):
        assert f"pilot.toml: {words}" in found


def test_a_mapping_of_an_edition_names_every_item_or_says_it_was_not_asked(own_edition):
    change(own_edition, ('code = "WB03"', 'code = "XX99"'))
    found = faults(own_edition)
    assert '.code: "XX99" is no item of a scale of po_bovenbouw_2026' in found
    assert "item: WB03 missing; give each its [[item]], or name it in not_asked" in found


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "is not beside the mapping"),
        (b"", "is empty"),
        (b"school,class\n1,2,3\n", "line 2: has more cells"),
        (b"PK\x03\x04\x00\x00", "line 1: holds the hidden sign U+0003"),
        (b"V1,V2\n1,2\n", 'column "A6": missing'),
        (b"\xff\xfeV", "is no text"),
    ],
)
def test_what_is_no_table_is_refused(pilot, content, fault):
    file = pilot.with_name("pilot.csv")
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    assert f"pilot.csv: {fault}" in faults(pilot)


def test_of_two_real_schools_nothing_is_judged(pilot):
    """EIS-F; three are enough, and a pilot that does not tell schools cannot tell one."""
    rows = pd.read_csv(OURS / "syn_po16.csv")
    two = rows[rows["school"].isin([1, 2])]
    two.to_csv(pilot.with_name("pilot.csv"), index=False)
    change(pilot, ("simulated = true", "simulated = false"))
    assert "2 school(s); put at least 3 together" in faults(pilot)
    change(pilot, ('school = "school"\nclass = "class"\n', ""))
    assert research_file.read(pilot).n_respondents == len(two)


def test_three_real_schools_are_enough(pilot):
    rows = pd.read_csv(OURS / "syn_po16.csv")
    rows[rows["school"].isin([1, 2, 3])].to_csv(pilot.with_name("pilot.csv"), index=False)
    change(pilot, ("simulated = true", "simulated = false"))
    assert research_file.read(pilot).n_schools == 3

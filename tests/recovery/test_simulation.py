"""What was put into a simulation comes back out of it."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from export.account import simulation
from instrument import catalogue, scoring
from instrument.questionnaire import NON_SUBSTANTIVE
from psychometrics.reliability import cronbach_alpha
from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers

ITEMS = ["A", "B", "C", "D", "E", "F"]
FACTORS = {"f": ITEMS[:3], "g": ITEMS[3:]}
LOADINGS = dict(zip(ITEMS, [0.8, 0.7, 0.6, 0.75, 0.65, 0.55], strict=True))
CORRELATION = 0.6
MODEL = OrdinalModel(
    factors=FACTORS,
    loadings=LOADINGS,
    thresholds={item: [-1.2, 0.0, 0.9] for item in ITEMS},
    factor_correlations=pd.DataFrame(
        [[1, CORRELATION], [CORRELATION, 1]], index=["f", "g"], columns=["f", "g"]
    ),
    school_variance=0.05,
    class_variance=0.04,
)
N_SCHOOLS, N_CLASSES, N_RESPONDENTS = 1000, 3, 20


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    """60,000 respondents in 3,000 classes of 1,000 schools."""
    groups = balanced_groups(n_schools=N_SCHOOLS, n_classes=N_CLASSES, n_respondents=N_RESPONDENTS)
    return simulate_answers(MODEL, groups, seed=11)


def correlation_behind(first: pd.Series, second: pd.Series) -> float:
    """Correlation of two normals cut at zero: P(same side) = 1/2 + arcsin(r) / pi (Sheppard, 1899)."""
    same = ((first > 2) == (second > 2)).mean()
    return float(np.sin(np.pi * (same - 0.5)))


def test_thresholds_are_recovered(scores):
    for item in ITEMS:
        cumulative = [(scores[item] <= option).mean() for option in (1, 2, 3)]
        assert stats.norm.ppf(cumulative) == pytest.approx(MODEL.thresholds[item], abs=0.03)


@pytest.mark.parametrize(("first", "second"), [("A", "B"), ("A", "C"), ("D", "F")])
def test_items_of_one_factor_correlate_as_their_loadings_say(scores, first, second):
    expected = LOADINGS[first] * LOADINGS[second]
    assert correlation_behind(scores[first], scores[second]) == pytest.approx(expected, abs=0.02)


def test_the_factor_correlation_is_recovered(scores):
    pairs = [(first, second) for first in FACTORS["f"] for second in FACTORS["g"]]
    found = [
        correlation_behind(scores[first], scores[second]) / (LOADINGS[first] * LOADINGS[second])
        for first, second in pairs
    ]
    assert np.mean(found) == pytest.approx(CORRELATION, abs=0.02)


def test_variance_between_schools_and_classes_is_recovered():
    """On an item that is almost the factor itself, cut fine, so that cutting costs no variance."""
    fine = [float(cut) for cut in np.linspace(-3, 3, 61)]
    one = pd.DataFrame([[1.0]], index=["f"], columns=["f"])
    model = OrdinalModel(
        {"f": ["A"]}, {"A": 0.999}, {"A": fine}, one, school_variance=0.05, class_variance=0.04
    )
    groups = balanced_groups(n_schools=N_SCHOOLS, n_classes=N_CLASSES, n_respondents=N_RESPONDENTS)
    score = simulate_answers(model, groups, seed=4)["A"]
    share_of_class, share_of_school = variance_shares(score, groups)
    assert share_of_school == pytest.approx(0.05, abs=0.01)
    assert share_of_class == pytest.approx(0.04, abs=0.01)


def variance_shares(score: pd.Series, groups: pd.DataFrame) -> tuple[float, float]:
    """Shares of class and school in a balanced nested design, from the means of squares."""
    class_means = score.groupby([groups["school"], groups["class"]]).mean()
    school_means = class_means.groupby("school").mean()
    within = score.groupby([groups["school"], groups["class"]]).var().mean()
    of_class = class_means.groupby("school").var().mean() - within / N_RESPONDENTS
    of_school = school_means.var() - (of_class + within / N_RESPONDENTS) / N_CLASSES
    total = within + of_class + of_school
    return float(of_class / total), float(of_school / total)


PHI = 2 * np.arcsin(0.7**2) / np.pi
ALPHA_OF_THEORY = 6 * PHI / (1 + 5 * PHI)


def parallel_binary(n_respondents: int) -> pd.DataFrame:
    """Six items of loading .7 with two options, cut at zero; respondents are independent."""
    one = pd.DataFrame([[1.0]], index=["f"], columns=["f"])
    thresholds = {item: [0.0] for item in ITEMS}
    model = OrdinalModel({"f": ITEMS}, dict.fromkeys(ITEMS, 0.7), thresholds, one)
    groups = balanced_groups(n_schools=1, n_classes=1, n_respondents=n_respondents)
    return simulate_answers(model, groups, seed=8)


def test_alpha_of_parallel_binary_items_is_the_one_of_theory():
    """Cut at zero, two items correlate 2 arcsin(r) / pi; alpha follows by Spearman and Brown."""
    found = cronbach_alpha(parallel_binary(40_000)).alpha
    assert found == pytest.approx(ALPHA_OF_THEORY, abs=0.005)


def test_the_interval_of_alpha_covers_the_truth_in_95_of_100_samples():
    """Independent respondents; the truth is the alpha of theory of the test above."""
    samples = parallel_binary(500 * 200).groupby(lambda row: row // 200)
    results = [cronbach_alpha(sample) for _, sample in samples]
    covered = np.mean([result.ci_low <= ALPHA_OF_THEORY <= result.ci_high for result in results])
    assert 0.93 <= covered <= 0.97


@pytest.fixture(scope="module")
def simulated() -> pd.DataFrame:
    """300 simulated schools of 60 pupils."""
    edition = catalogue.edition("po_bovenbouw_2026")
    return simulation.simulated_answers(edition, n_schools=300, pupils_per_school=60, seed=3)


@pytest.fixture(scope="module")
def scales(simulated: pd.DataFrame) -> pd.DataFrame:
    """Scale scores of the simulated pupils."""
    edition = catalogue.edition("po_bovenbouw_2026")
    answers = simulated[[item.code for item in edition.scored]]
    return scoring.scale_scores(scoring.item_scores(answers, edition), edition)


def test_most_simulated_pupils_never_meet_with_an_aantasting(simulated):
    """The stored code of "nooit" is the lowest, for the items are reversed."""
    edition = catalogue.edition("po_bovenbouw_2026")
    for item in edition.items_of("aantasting"):
        assert 0.7 < (simulated[item.code].dropna() == min(item.option_set.values)).mean() < 0.96


@pytest.mark.parametrize("scale", ["veiligheidsbeleving", "aantasting", "welbevinden"])
def test_simulated_schools_differ_little(simulated, scales, scale):
    """ICC(1) of a scale score is about .03, as in DOMAIN.md."""
    schools = scales[scale].groupby(simulated["vestigingsnummer"])
    within = schools.var().mean()
    between = schools.mean().var() - within / 60
    assert 0.01 < between / (between + within) < 0.06


def test_simulated_scores_point_one_way(scales):
    """High is favourable everywhere, so that scales go together after scoring."""
    assert (scales.corr().to_numpy() > 0.3).all()


def test_some_simulated_pupils_skip_or_do_not_say(simulated):
    edition = catalogue.edition("po_bovenbouw_2026")
    answers = simulated[[item.code for item in edition.scored]]
    assert 0.002 < answers.isna().mean().mean() < 0.02
    for code in NON_SUBSTANTIVE:
        assert 0.002 < (answers == code).to_numpy(dtype=bool, na_value=False).mean() < 0.03


def test_every_simulated_answer_is_one_a_pupil_could_give(simulated):
    edition = catalogue.edition("po_bovenbouw_2026")
    for item in edition.scored:
        assert all(item.accepts(value) for value in simulated[item.code].dropna().unique())


def test_simulated_schools_are_marked_and_not_in_the_register():
    """Each has a vestigingsnummer of its own, of a BRIN that starts with 99."""
    schools = simulation.simulated_schools(700)
    assert all(school.simulated and school.name.startswith("Simulatieschool ") for school in schools)
    assert len({school.vestigingsnummer for school in schools}) == 700
    assert len({school.name for school in schools}) == 700
    assert schools[0].vestigingsnummer == "99AA00"
    assert {school.brin[:2] for school in schools} == {"99"}


@pytest.mark.parametrize(
    ("n_pupils", "names"), [(60, "5a 6a 7a 8a"), (120, "5a 5b 6a 6b 7a 7b 8a 8b"), (1, "5a")]
)
def test_pupils_are_spread_over_stamgroepen(n_pupils, names):
    groups = simulation.simulated_stamgroepen(catalogue.edition("po_bovenbouw_2026"), n_pupils=n_pupils)
    assert " ".join(group.name for group in groups) == names
    assert sum(group.pupils for group in groups) == n_pupils


def test_simulated_pupils_are_those_of_the_stamgroepen(simulated):
    groups = simulation.simulated_stamgroepen(catalogue.edition("po_bovenbouw_2026"), n_pupils=60)
    counts = simulated[simulated["vestigingsnummer"] == "99AA00"]["stamgroep"].value_counts()
    assert {group.name: group.pupils for group in groups} == counts.to_dict()


def test_response_rows_hold_what_was_answered(simulated):
    rows = simulation.response_rows(simulated.head(200))
    for row, (_, pupil) in zip(rows, simulated.head(200).iterrows(), strict=True):
        assert row["stamgroep"] == pupil["stamgroep"]
        answered = pupil.drop(list(simulation.BACKGROUND)).dropna()
        assert row["answers"] == {code: int(value) for code, value in answered.items()}
        assert all(type(value) is int for value in row["answers"].values())


@pytest.mark.parametrize("n_schools", [0, -1, 67_601])
def test_a_number_that_cannot_be_simulated_is_refused(n_schools):
    with pytest.raises(simulation.SimulationError, match=r"n_schools: .* give a number from 1 to 67600"):
        simulation.simulated_schools(n_schools)

"""A verdict follows the data: where quality drops, the account says onvoldoende."""

from dataclasses import replace

import numpy as np
import pytest

from export.account.verdicts import GOOD, INSUFFICIENT, SUFFICIENT, TOO_LITTLE
from tests.account.populations import answered, counts, population_of, pupils

ENOUGH = {GOOD, SUFFICIENT}
OF_CLAIMS = ("30_itemanalyse", "31_betrouwbaarheid")
"""Without these no claim can be written; a test runs besides only what it is about."""


def test_a_good_population_is_enough_in_everything(good):
    """EIS-B, C2, C3, D: else no drop could be seen."""
    assert {one["verdict"] for one in good.facts["verdicts"]} <= ENOUGH
    assert good.claim("EIS-C2")[3].startswith(("goed", "voldoende"))
    assert "simulatie" not in good.claim("EIS-C3")[3]


def test_low_loadings_are_insufficient(account):
    """EIS-C2 and C3: questions that hardly go together."""
    background = pupils()
    data = answered(population_of(background, loading=0.3), background)
    found = account(data, counts(background), names=(*OF_CLAIMS, "32_dimensionaliteit", "33_validiteit"))
    assert INSUFFICIENT in found.verdicts("loading")
    assert INSUFFICIENT in found.verdicts("variance_extracted")
    assert found.claim("EIS-C2")[3].startswith(INSUFFICIENT)
    assert found.claim("EIS-C3")[3].startswith(INSUFFICIENT)


def test_scales_that_are_one_are_insufficient(account):
    """EIS-C2: veiligheid and welbevinden that cannot be told apart."""
    background = pupils()
    data = answered(population_of(background, correlation=0.98), background)
    found = account(data, names=("32_dimensionaliteit", "33_validiteit"))
    assert found.verdicts("htmt") == [INSUFFICIENT]
    assert found.verdicts("factor_correlation") == [INSUFFICIENT]
    assert found.verdicts("extra_factors") == [INSUFFICIENT]


def test_fit_is_judged_on_the_upper_limit_of_the_rmsea(good):
    """EIS-C2: what is judged is what the interval does not exclude."""
    printed = {row[0]: row for row in good.sections["dimensions"][3]["rows"]}
    judged = next(one["value"] for one in good.facts["verdicts"] if one["measure"] == "rmsea")
    assert printed["RMSEA"][2].endswith(f"{judged:.3f}".replace(".", ","))


def test_planted_dif_is_insufficient(account, good):
    """EIS-C2: one question that groep 8 reads otherwise; DIF and invariance both see it."""
    background = pupils()
    scores = population_of(background)
    most = (background["leerjaar"] == 8) & (background.index % 3 > 0)  # the rest keep all options in use
    scores.loc[most, "VB03"] = (scores.loc[most, "VB03"] - 2).clip(lower=1)
    found = account(answered(scores, background), names=(*OF_CLAIMS, "34_meetinvariantie"))
    assert INSUFFICIENT in found.verdicts("dif")
    assert found.verdicts("invariance") == [INSUFFICIENT]
    assert found.claim("EIS-C2")[3].startswith(INSUFFICIENT)
    assert set(good.verdicts("dif")) == {GOOD}


def test_schools_that_do_not_differ_are_insufficient(account):
    """EIS-D: a mean that says nothing of its school; the scales are as reliable as before."""
    background = pupils()
    data = answered(population_of(background, schools=0.0), background)
    found = account(data, names=(*OF_CLAIMS, "36_scholen_en_normen"))
    assert set(found.verdicts("school_mean")) == {INSUFFICIENT}
    assert found.claim("EIS-D")[3].startswith(INSUFFICIENT)
    assert found.claim("EIS-C3")[3] in ENOUGH


def test_a_biased_sample_is_insufficient(account):
    """EIS-B: half of groep 5 and 6 did not answer."""
    background = pupils()
    young = background["leerjaar"] < 7
    asked = counts(background)
    kept = background[~young | (np.arange(len(background)) % 2 == 0)].reset_index(drop=True)
    found = account(answered(population_of(kept), kept), asked, names=(*OF_CLAIMS, "35_representativiteit"))
    assert found.verdicts("skew") == [INSUFFICIENT]
    assert found.claim("EIS-B")[3].startswith(INSUFFICIENT)


def test_no_difference_where_one_was_predicted_is_insufficient(account):
    """EIS-C2: who meets with aantasting feels no less safe."""
    background = pupils()
    scores = population_of(background)
    events = [column for column in scores if column.startswith("AT")]
    scores[events] = population_of(background, seed=8)[events].to_numpy()
    found = account(answered(scores, background), names=("33_validiteit",))
    assert set(found.verdicts("known_groups")) == {INSUFFICIENT}


def test_one_changed_answer_changes_the_account(account, good):
    """Its fingerprint, and a number in it."""
    background = pupils()
    data = answered(population_of(background), background)
    answers = data.answers.copy()
    answers.loc[0, "VB01"] = 5 - answers.loc[0, "VB01"]
    found = account(replace(data, answers=answers), names=("31_betrouwbaarheid",))
    assert found.facts["data"] != good.facts["data"]
    assert found.facts["reliability"] != good.facts["reliability"]


def test_without_counts_nothing_is_said_of_representativeness(account):
    background = pupils(n_schools=4, n_in_class=10)
    found = account(answered(population_of(background), background), names=("35_representativiteit",))
    assert found.verdicts("skew") == [TOO_LITTLE]


@pytest.mark.parametrize("missing", ["AT01", "VB01"])
def test_a_question_nobody_answered_stops_nothing(account, missing):
    background = pupils(n_schools=6, n_in_class=10)
    data = answered(population_of(background), background)
    found = account(replace(data, answers=data.answers.assign(**{missing: None}).astype("Int64")))
    assert len(found.facts["verdicts"]) > 15


def test_everyone_the_same_answer_stops_nothing(account):
    background = pupils(n_schools=4, n_in_class=10)
    scores = population_of(background) * 0 + 3
    found = account(answered(scores, background))
    assert TOO_LITTLE in found.verdicts("cfi")
    assert found.claim("EIS-C2")[3].startswith(TOO_LITTLE)


@pytest.mark.parametrize(
    ("n_schools", "n_in_class", "leerjaren"), [(3, 1, (5, 6, 7, 8)), (60, 10, (8,)), (3, 40, (5, 6))]
)
def test_few_pupils_or_groups_are_said_and_stop_nothing(account, n_schools, n_in_class, leerjaren):
    """Twelve pupils; one leerjaar; three schools: no section crashes, and none is called enough."""
    background = pupils(n_schools, n_in_class, leerjaren)
    found = account(answered(population_of(background), background))
    lacking = {one["measure"] for one in found.facts["verdicts"] if one["verdict"] == TOO_LITTLE}
    assert "skew" in lacking
    if len(background) < 100:
        assert {"cfi", "loading", "htmt", "invariance", "dif", "extra_factors"} <= lacking
    if len(leerjaren) == 1:
        assert {"invariance", "dif"} <= lacking


def test_one_simulated_school_stops_nothing(account):
    """A real file with one school is refused before; a simulated one is told what cannot be said."""
    background = pupils(1, 40)
    data = replace(answered(population_of(background), background), simulated=True)
    found = account(data)
    assert set(found.verdicts("school_mean")) == {TOO_LITTLE}
    assert found.verdicts("cfi") == [TOO_LITTLE]

"""Linear algebra on small matrices takes one thread, and gives the others back."""

from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from psychometrics import confirmatory, invariance, irt, multilevel, reliability, threads

RANDOM = np.random.default_rng(1)
PUPILS = pd.DataFrame(
    np.digitize(RANDOM.normal(size=(300, 1)) + RANDOM.normal(size=(300, 6)), [-0.5, 0.5]),
    columns=list("ABCDEF"),
)
ONE, SCHOOLS, GROUPS = {"F": list(PUPILS)}, pd.Series(np.arange(300) % 40), pd.Series(np.arange(300) % 2)


def n_threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_one_thread_within_and_as_many_as_before_after_it():
    with threadpool_limits(2, user_api="blas"):
        with threads.one_thread():
            assert n_threads() == {1}
        assert n_threads() == {2}


def test_an_error_gives_the_threads_back_too():
    with threadpool_limits(2, user_api="blas"):
        with pytest.raises(ZeroDivisionError), threads.one_thread():
            raise ZeroDivisionError
        assert n_threads() == {2}


@pytest.mark.filterwarnings("ignore::psychometrics.cautions.PsychometricWarning")
@pytest.mark.parametrize(
    "compute",
    [
        lambda: confirmatory.fit_ordinal_cfa(PUPILS, ONE),
        lambda: invariance.measurement_invariance(PUPILS, ONE, GROUPS),
        lambda: irt.fit_graded_response(PUPILS),
        lambda: irt.fit_partial_credit(PUPILS),
        lambda: reliability.omega_hierarchical(PUPILS, n_factors=2),
        lambda: multilevel.school_reliability(PUPILS["A"], SCHOOLS),
        lambda: multilevel.school_means(PUPILS["A"], SCHOOLS),
    ],
    ids=["cfa", "invariance", "graded", "partial credit", "omega", "schools", "means"],
)
def test_what_multiplies_many_small_matrices_takes_one_thread(
    compute: Callable[[], object], monkeypatch: pytest.MonkeyPatch
):
    """Two threads waiting for each other took up to four times longer on a busy machine."""
    asked = []

    class _Controller:
        def limit(self, *, limits: int, user_api: str) -> nullcontext[None]:
            asked.append((limits, user_api))
            return nullcontext()

    monkeypatch.setattr(threads, "_controller", _Controller)
    compute()
    assert set(asked) == {(1, "blas")}

"""How many factors stand out from chance: Horn's parallel analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from psychometrics.cautions import issued
from psychometrics.ordinal.item_correlations import item_correlations
from psychometrics.scores import refuse
from psychometrics.tables import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from psychometrics.ordinal.item_correlations import Kind


@dataclass(frozen=True, slots=True)
class ParallelAnalysis:
    """Number of factors, with the eigenvalues that were `observed` and the `reference` they had to pass.

    Both are by component, from 1, the largest first; `correlations` says of which matrix.
    """

    n_factors: int
    observed: pd.Series
    reference: pd.Series
    correlations: Kind
    replications: int
    quantile: float
    n_items: int
    n_respondents: int
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        table = markdown(pd.DataFrame({"observed": self.observed, "reference": self.reference}))
        return (
            f"{table}\n\n{self.n_factors} factor(s) beyond chance, in eigenvalues of {self.correlations} "
            f"correlations; reference: quantile {self.quantile} of {self.replications} draws; "
            f"{self.n_items} items, {self.n_respondents:,} respondents without a missing answer"
        )


def parallel_analysis(
    scores: pd.DataFrame,
    *,
    correlations: Kind = "polychoric",
    replications: int = 100,
    quantile: float = 0.95,
    seed: int = 1,
) -> ParallelAnalysis:
    """Return how many factors are stronger than those of unrelated items with the same answers.

    Horn (1965), with a high quantile rather than the mean (Glorfeld, 1995). In every draw each item's own
    answers are dealt anew over the respondents, as `psych::fa.parallel(sim=FALSE)` does: unrelated items
    that keep the skew of their answers, on which eigenvalues of ordered answers depend. Eigenvalues are of
    the correlations with ones on the diagonal; counted are those above the reference before the first that
    is not. The same seed gives the same reference. Complete cases.

    Raises:
        ScoresError: what `contingency.codes_of` refuses, an unknown kind of correlations, no replications,
            or a quantile outside 0..1.

    Example:
        >>> from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers
        >>> one, loadings = pd.DataFrame([[1.0]], ["F"], ["F"]), dict.fromkeys("ABCDE", 0.7)
        >>> true = OrdinalModel({"F": list("ABCDE")}, loadings, dict.fromkeys("ABCDE", [-0.5, 0.5]), one)
        >>> groups = balanced_groups(n_schools=10, n_classes=1, n_respondents=25)
        >>> scores = simulate_answers(true, groups, seed=1)
        >>> parallel_analysis(scores, replications=20, quantile=0.95, seed=1).n_factors
        1
    """
    refuse(_faults(replications, quantile))
    found = item_correlations(scores, correlations)
    random = np.random.default_rng(seed)
    chance = [_eigenvalues(found.of_shuffled_answers(random)) for _ in range(replications)]
    observed, reference = _eigenvalues(found.matrix), np.quantile(chance, quantile, axis=0)
    component = pd.RangeIndex(1, found.n_items + 1, name="component")
    return ParallelAnalysis(
        n_factors=int(np.cumprod(observed > reference).sum()),
        observed=pd.Series(observed, component, name="observed"),
        reference=pd.Series(reference, component, name="reference"),
        correlations=correlations,
        replications=replications,
        quantile=quantile,
        n_items=found.n_items,
        n_respondents=found.n_respondents,
        warnings=issued(found.cautions),
    )


def _eigenvalues(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.eigvalsh(matrix)[::-1], dtype=np.float64)


def _faults(replications: int, quantile: float) -> Iterator[str]:
    if replications < 1:
        yield f"replications: {replications} are too few; 100 is common"
    if not 0 < quantile < 1:
        yield f"quantile: {quantile} is not between 0 and 1; write 0.95 for 95 %"

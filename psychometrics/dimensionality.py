"""How many things do these items measure, and which items go together? A table of contents.

- `kmo`, `bartlett_sphericity`: is there anything common at all?
- `parallel_analysis`, `minimum_average_partial`: how many factors?
- `exploratory_factors`: which items go with which?

Whether an intended structure holds is for `confirmatory`.
"""

from __future__ import annotations

from psychometrics.dimensions.average_partials import AveragePartials, minimum_average_partial
from psychometrics.dimensions.exploratory import ExploratoryFactors, exploratory_factors
from psychometrics.dimensions.factorability import SamplingAdequacy, Sphericity, bartlett_sphericity, kmo
from psychometrics.dimensions.parallel import ParallelAnalysis, parallel_analysis

__all__ = [
    "AveragePartials",
    "ExploratoryFactors",
    "ParallelAnalysis",
    "SamplingAdequacy",
    "Sphericity",
    "bartlett_sphericity",
    "exploratory_factors",
    "kmo",
    "minimum_average_partial",
    "parallel_analysis",
]

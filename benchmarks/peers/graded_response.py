"""The graded response model by PyPI's mirt, timed inside: python graded_response.py TASK FILE ROWS COLUMNS.

FILE holds the answers as bytes, column after column. As many nodes as ours; the rest as mirt sets it itself.
"""

import sys
import time
from pathlib import Path

import mirt  # type: ignore[import-not-found]  # of the peer's environment, never of ours
import numpy as np

NODES = 61


def main() -> None:
    """Print the seconds it took, with standard errors as ours has them."""
    _, _, file, rows, columns = sys.argv
    answers = (
        np.frombuffer(Path(file).read_bytes(), np.int8).reshape(int(columns), int(rows)).T.astype(np.int64)
    )
    start = time.perf_counter()
    mirt.fit_mirt(answers - answers.min(), "GRM", n_quadpts=NODES)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main()

"""Voilà at the scale of a school: doors, sessions, kernels, and the processes that serve them."""

import sys

# jsonschema would compile a grammar of addresses in every script when Jupyter's events import it: 1.2 of the
# 2.8 s that a process of ours takes to start, for a format that no event has. Marked absent, it is left out.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # how Python itself marks it as absent

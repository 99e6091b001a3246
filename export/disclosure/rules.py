"""The numbers behind the rules D1 to D11, and where each rule is kept; knows no afname and no answer.

D1   nothing of an open afname, and one frozen snapshot   `gate.Disclosure`;
                                                          `instrument.store.results.releases`
D2   at least ten answers per unit and question           `MINIMUM_ANSWERS`, `span.allowed`
D3   nothing under ten derivable from all that was ever   `span.is_derivable`; the ledger in
     released of an afname, to anybody                    `instrument.store.results.releases`
D4   0, 1 and 2 read the same, and so do n-2 to n         `MARGIN`, `classes.grouped`, `counts.readable`,
                                                          `means.flattened`
D5   shares in steps; means to one decimal, clipped       `shares.rounded`, `means.clipped`
D6   sensitive items in two classes, never per stamgroep  `classes.told`; `units.Unit` knows no stamgroep
D7   no crossed background variables                      `units.Unit` has one kind and one key
D8   one level per delivery; a changed level is audited   `gate.Disclosure.released`
D9   no panels of pupils over years                       `export.results` compares released means only
D10  no free text                                         `tally.of_rows` takes whole numbers of known items
D11  never more deelnamecodes than pupils + 10 %          `instrument.store.codes.reserve`
"""

from __future__ import annotations

from typing import Final

MINIMUM_ANSWERS: Final = 10
"""D2: nine valid answers are too few, ten are enough."""
FLOOR: Final = 5
"""D2: whoever configures the minimum can never go below this."""
MARGIN: Final = 3
"""K: what fewer than three pupils did reads the same as what nobody or everybody did (D4, D5)."""
TOO_FEW: Final = "te weinig leerlingen"
"""D2: all that is said of a figure that is not shown."""
MANY: Final = 100
"""D5: from so many answers on, shares are told to the point."""
COARSE_STEP: Final = 5
"""D5: points between two shares that can be told of fewer answers."""


class DisclosureError(ValueError):
    """Something was asked of an afname that may not be shown; the message never holds an answer."""

"""Rules that allow everything, for tests of the store, which knows no law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from instrument.store.ledger.ledger_rules import Decision
from instrument.store.refusals import RuleFaults

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from instrument.store.ledger.ledger_rules import Matter


class AnyRules:
    """Records whatever is asked; refuses a field called `fault`, so that a refusal can be seen."""

    def decide(self, wanted: str, matter: Matter, fields: Mapping[str, Any]) -> Decision:
        if "fault" in fields:
            raise RuleFaults((str(fields["fault"]), "two; remedy"))
        given = any(event["type"] == "gegeven" for event in matter.events)
        kind = "gewijzigd" if wanted == "gegeven" and given else wanted
        return Decision(kind, dict(fields), fields.get("doorleverniveau"), fields.get("leverdatum"))

    def summary(self, matter: Matter, rows: Sequence[Any], fields: Mapping[str, Any]) -> dict[str, Any]:
        return {"summary": {"school": matter.school.name, "n": len(rows), **fields}}


ANY: Final = AnyRules()

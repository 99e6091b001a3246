"""The roles of accounts: who may come in by name; what each may ask stands in dispatch.py."""

from __future__ import annotations

from typing import Final

COORDINATOR: Final = "coordinator"
BESTUUR: Final = "bestuur"
AANBIEDER: Final = "aanbieder"
ONDERZOEKER: Final = "onderzoeker"
ROLES: Final = (COORDINATOR, BESTUUR, AANBIEDER, ONDERZOEKER)

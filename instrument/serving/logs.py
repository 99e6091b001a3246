"""Log lines for people, or as JSON for a machine; what stands in them is decided where they are written."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Final

PLAIN: Final = "%(asctime)s %(name)s %(message)s"
TEXT, JSON = "text", "json"


class JsonLines(logging.Formatter):
    """One object a line; of an exception only its kind, for its words may hold an answer."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def begin(form: str, *, level: int) -> None:
    """Log from now on in one of the forms."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == JSON else logging.Formatter(PLAIN))
    logging.basicConfig(level=level, handlers=[handler])

"""The floor: the same questions as a plain form in tornado; keeps answers in memory, signs nobody in."""

from __future__ import annotations

import asyncio
import sys
from html import escape

from tornado.web import Application, RequestHandler

from instrument import catalogue
from instrument.questionnaire import Item

EDITION = catalogue.edition("po_bovenbouw_2026")


def _field(item: Item) -> str:
    options = "".join(
        f'<label><input type="radio" name="{item.code}" value="{one.value}">{escape(one.label["nl"])}</label>'
        for one in item.option_set.options
    )
    return f"<fieldset><legend>{escape(item.text['nl'])}</legend>{options}</fieldset>"


class Form(RequestHandler):
    """`/`: every question; `POST` one answer."""

    answers: list[bytes] = []  # noqa: RUF012 - as simple as a form can be

    def get(self) -> None:
        """Write the page."""
        self.finish(f"<!doctype html><form>{''.join(map(_field, EDITION.items))}</form>")

    def post(self) -> None:
        """Keep one answer."""
        self.answers.append(self.request.body)
        self.finish({"kind": "saved"})


async def _main(port: int) -> None:
    Application([("/", Form)]).listen(port, "127.0.0.1", backlog=1024)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))

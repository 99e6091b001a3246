"""The pupil's page on a stage: its real module and style in a real browser; the test plays the server."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from instrument.screens import browser_side, conversation, shown, texts
from instrument.serving import assets

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

ADDRESS = "http://127.0.0.1:1/"
HTML = """<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Vragenlijst</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="style.css"></head>
<body class="pupil" data-weerglas="leerling" data-entry="/" data-line='{line}'>
<main id="survey"><div id="loading"></div></main>
<script type="module" src="module.js"></script></body></html>"""
PLAYED = """
const heard = new Set();
window.stage = { sent: [], silent: false };
window.stage.say = (reply) => heard.forEach((listener) => listener(reply));
const model = {
  on: (_, listener) => heard.add(listener),
  off: (_, listener) => heard.delete(listener),
  send(message) {
    if (stage.gone) throw new Error("the kernel is gone");
    stage.sent.push(message);
    if (stage.silent) return;
    const { kind, seq } = message;
    const answers = { hello: START, save: { kind: "saved", seq }, submit: { kind: "submitted", seq } };
    queueMicrotask(() => stage.say(answers[kind]));
  },
};
document.addEventListener("weerglas-ready", () => document.getElementById("loading").remove());
render({ model, el: document.getElementById("survey") });
"""


@dataclass
class Stage:
    """One page, with what it sent."""

    page: Page
    posted: list[dict[str, Any]] = field(default_factory=list)

    @property
    def sent(self) -> list[dict[str, Any]]:
        """What went over the kernel's socket, without the hello."""
        return [message for message in self.page.evaluate("stage.sent") if message["kind"] != "hello"]

    @property
    def heading(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    @property
    def progress(self) -> str:
        return self.page.locator(".progress").inner_text()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def choose(self, number: int) -> None:
        self.page.locator(".answer input").nth(number).check()

    def go_to(self, heading: str) -> None:
        """Press on until a screen of this heading."""
        while self.heading != heading:
            assert self.page.locator(".screen").get_attribute("data-kind") != "end", (
                f"never came to {heading}"
            )
            self.press("Beginnen" if self.page.get_by_role("button", name="Beginnen").count() else "Volgende")


def start(edition: str, modules: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    """Return what the server answers to the page's hello."""
    usual = {"kind": "start", "texts": texts.load(), "stopped": None, "trial": False}
    progress = {name: conversation.TRIAL[name] for name in conversation.PROGRESS}
    return {**usual, **progress, "edition": shown.edition(edition, modules), **changes}


def open_stage(
    page: Page,
    begin: dict[str, Any],
    *,
    line: dict[str, str] | None = None,
    reply: Callable[[dict[str, Any]], tuple[int, dict[str, Any]]] | None = None,
) -> Stage:
    """Open the page; with a `line` it may also ask over HTTP, which `reply` answers with status and body."""
    stage = Stage(page)
    played = browser_side.module() + PLAYED.replace("START", json.dumps(begin))
    pages = {
        "": ("text/html", HTML.replace("{line}", json.dumps(line or {}))),
        "module.js": ("text/javascript", played),
        "style.css": ("text/css", assets.style().content.decode()),
        assets.font().name: ("font/woff2", assets.font().content),
    }

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        if route.request.method == "POST" and reply:
            message = json.loads(route.request.post_data or "null")
            stage.posted.append(message)
            status, body = reply(message)
            route.fulfill(status=status, content_type="application/json", body=json.dumps(body))
        elif name in pages:
            kind, body = pages[name]
            route.fulfill(content_type=f"{kind}; charset=utf-8", body=body)
        else:
            route.fulfill(status=404, body="")

    page.route(f"{ADDRESS}**", serve)
    page.goto(ADDRESS)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return stage

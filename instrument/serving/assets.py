"""Files that a page loads, each under a name of its content: a browser keeps them for good."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from tornado.web import HTTPError, RequestHandler

from instrument.screens import browser_side, recordings

PREFIX: Final = "blad/"
HERE: Final = Path(__file__).parent
FOR_GOOD: Final = "public, max-age=31536000, immutable"
TYPES: Final = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "woff2": "font/woff2",
    "mp3": "audio/mpeg",
}
PACKED: Final = ("js", "css")
FONT_FACE: Final = """\
@font-face {{
  font-family: "Atkinson Hyperlegible Next";
  src: url("{font}") format("woff2");
  font-weight: 200 800;
  font-display: swap;
}}
"""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, packed once for all who ask."""

    name: str
    content: bytes = field(repr=False)
    packed: bytes | None = field(repr=False)

    @classmethod
    def of(cls, stem: str, kind: str, content: bytes) -> Asset:
        """Return the asset of some content, named after it."""
        name = f"{stem}.{hashlib.sha256(content).hexdigest()[:16]}.{kind}"
        packed = gzip.compress(content, mtime=0) if kind in PACKED else None
        return cls(name, content, packed)


@cache
def font() -> Asset:
    """Return the letter of the pupil's page: made for readers who see little or confuse letters."""
    return Asset.of("letter", "woff2", browser_side.FONT.read_bytes())


@cache
def style() -> Asset:
    """Return the style of the pupil's page, with its letter."""
    around = (HERE / "front.css").read_text("utf-8")
    face = FONT_FACE.format(font=font().name)
    return Asset.of("leerling", "css", (face + around + browser_side.style()).encode())


@cache
def module() -> Asset:
    """Return the module of the pupil's page, which begins by itself."""
    front = (HERE / "front.js").read_text("utf-8")
    return Asset.of("leerling", "js", f"{browser_side.module()}\n{front}".encode())


@cache
def door_style() -> Asset:
    """Return the style of the pages without JavaScript."""
    face = FONT_FACE.format(font=font().name)
    return Asset.of("deur", "css", (face + (HERE / "pages" / "deur.css").read_text("utf-8")).encode())


@cache
def door_script() -> Asset:
    """Return the few lines that fill in a form from what stands behind the # of an address."""
    return Asset.of("deur", "js", (HERE / "pages" / "deur.js").read_bytes())


@cache
def _by_name() -> dict[str, Asset]:
    return {asset.name: asset for asset in (font(), style(), module(), door_style(), door_script())}


class AssetHandler(RequestHandler):
    """`/blad/NAME`: open to everybody, for there is nothing of a pupil or a school in it."""

    def get(self, name: str) -> None:
        """Write one file."""
        asset = _by_name().get(name)
        recording = recordings.all_recordings().get(name)
        if asset is None and recording is None:
            raise HTTPError(404)
        self.set_header("Content-Type", TYPES[name.rpartition(".")[2]])
        self.set_header("Cache-Control", FOR_GOOD)
        self.set_header("X-Content-Type-Options", "nosniff")
        if asset is not None and asset.packed and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.set_header("Vary", "Accept-Encoding")
            self.finish(asset.packed)
        else:
            self.finish(asset.content if asset is not None else recording.read_bytes())  # type: ignore[union-attr]

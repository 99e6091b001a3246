"""The words on each page of a PDF that Typst wrote: enough of the format for our own files, and no more."""

from __future__ import annotations

import re
import zlib

_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, runs of text parted by a space."""
    objects = {
        int(found[1]): found[2] for found in re.finditer(rb"(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL)
    }
    leaves = [found for found in objects.values() if re.search(rb"/Type/Page\b", found)]
    return [_page(leaf, objects) for leaf in leaves]


def _page(leaf: bytes, objects: dict[int, bytes]) -> str:
    resources = objects[_reference(rb"/Resources", leaf)]
    fonts = re.search(rb"/Font<<(.*?)>>", resources)
    named = re.findall(rb"/(\w+) (\d+) 0 R", fonts[1]) if fonts else []
    signs = {name: _signs(objects[_reference(rb"/ToUnicode", objects[int(font)])]) for name, font in named}
    found, of_font = [], {}
    for name, run in re.findall(
        rb"/(\w+) [\d.]+ Tf|(\[(?:\((?:\\.|[^\\)])*\)|[^\]])*\]\s*TJ|\((?:\\.|[^\\)])*\)\s*Tj)",
        _stream(objects[_reference(rb"/Contents", leaf)]),
        re.DOTALL,
    ):
        if name:
            of_font = signs[name]
        else:
            found.append(
                "".join(
                    _words(part, of_font) for part in re.findall(rb"\(((?:\\.|[^\\)])*)\)", run, re.DOTALL)
                )
            )
    return re.sub(r"\s+", " ", " ".join(found))


def _reference(name: bytes, of: bytes) -> int:
    found = re.search(name + rb" (\d+) 0 R", of)
    assert found is not None, name
    return int(found[1])


def _stream(stored: bytes) -> bytes:
    raw = stored.split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0]
    return zlib.decompress(raw) if b"FlateDecode" in stored else raw


def _signs(stored: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<(\w{4})> <(\w+)>", _stream(stored))
    return {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}


def _words(literal: bytes, signs: dict[int, str]) -> str:
    plain = re.sub(rb"\\([0-7]{3}|.)", _unescaped, literal, flags=re.DOTALL)
    glyphs = (int.from_bytes(plain[place : place + 2]) for place in range(0, len(plain), 2))
    return "".join(signs.get(glyph, "") for glyph in glyphs)


def _unescaped(found: re.Match[bytes]) -> bytes:
    escaped = found[1]
    return bytes([int(escaped, 8)]) if len(escaped) == 3 else _ESCAPES.get(escaped, escaped)

"""A parcel: the files of one levering under a name that follows from their content, packed and unpacked."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_THEN: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment a zip can say: packing has no clock."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A folder of files to be delivered as one: all of them, or none."""

    name: str
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each file, by name."""
        return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(self.files.items())}

    def pack(self) -> bytes:
        """Return the files as one zip; the same files give the same bytes."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in sorted(self.files):
                entry = zipfile.ZipInfo(name, _THEN)
                entry.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(entry, self.files[name])
        return out.getvalue()

    @classmethod
    def unpack(cls, name: str, packed: bytes) -> Parcel:
        """Return the parcel that was packed."""
        with zipfile.ZipFile(io.BytesIO(packed)) as opened:
            return cls(name, {entry: opened.read(entry) for entry in opened.namelist()})

"""What every answer says to a browser about safety; refuses framing and sources elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tornado.web import OutputTransform

if TYPE_CHECKING:
    from tornado.httputil import HTTPHeaders, HTTPServerRequest

POLICY: Final = (
    "default-src 'self'",
    # JupyterLab's front end compiles schemas (eval); anywidget imports its module from a blob.
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
STRICT_POLICY: Final = (
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
CONTENT_POLICY: Final = "Content-Security-Policy"
HEADERS: Final = {
    CONTENT_POLICY: "; ".join(POLICY),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # no-referrer would send a form with "Origin: null"
}
TLS_ONLY: Final = "max-age=31536000"
"""A year in which a browser that came over TLS comes over TLS."""


class SafeHeaders(OutputTransform):
    """Adds to every answer what its handler did not say itself."""

    def __init__(self, request: HTTPServerRequest) -> None:
        self._over_tls = request.protocol == "https"

    def transform_first_chunk(
        self,
        status_code: int,
        headers: HTTPHeaders,
        chunk: bytes,
        finishing: bool,  # noqa: FBT001 - tornado's
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Add the headers; the strict policy where none was named."""
        for name, value in (HEADERS | {CONTENT_POLICY: "; ".join(STRICT_POLICY)}).items():
            if name not in headers:
                headers[name] = value
        if self._over_tls:
            headers["Strict-Transport-Security"] = TLS_ONLY
        return super().transform_first_chunk(status_code, headers, chunk, finishing)

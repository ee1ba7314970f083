"""The least that a Python server can do: send bytes that are ready. Files of the folder that BYTES
names are answered by their names, under the same server as the registry's.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_BODIES = {f"/{file.name}": file.read_bytes() for file in Path(os.environ["BYTES"]).iterdir()}


def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    """Answer with the bytes of a case."""
    body = _BODIES[environ["PATH_INFO"]]
    headers = [("Content-Type", "application/geo+json"), ("Content-Length", str(len(body)))]
    start("200 OK", headers)
    return [body]

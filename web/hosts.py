"""Which names the server answers to: a page elsewhere that points a name of its own at this
machine shall get nothing.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from web.security import HEADERS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOST = re.compile(r"([a-z0-9.-]+|\[[a-f0-9:.]+\])(?::[1-9][0-9]{0,4})?")
_REFUSED = b"This server does not answer to that name.\n"
_HEADERS = [
    ("Content-Type", "text/plain"),
    ("Content-Length", str(len(_REFUSED))),
    *HEADERS.items(),
]


class Hosts:
    """A WSGI application before another; `names` are those that it answers to (none: all)."""

    def __init__(self, app: "WSGIApplication", names: Iterable[str]) -> None:
        self._app, self._names = app, frozenset(names)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Hand on, or refuse: no page of ours, no address of ours (RFC 9112, 3.2)."""
        if "HTTP_HOST" in environ:  # no browser leaves it out
            host = environ["HTTP_HOST"] = environ["HTTP_HOST"].lower()
            found = _HOST.fullmatch(host)
            if found is None or (self._names and found[1] not in self._names):
                start("400 Bad Request", _HEADERS)
                return [_REFUSED]
        return self._app(environ, start)

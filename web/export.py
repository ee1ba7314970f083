"""Everything the current filter shows, as a file."""

from flask import Blueprint, Response
from werkzeug.routing import BaseConverter

from registry import exports
from registry.clock import now
from registry.collections import find_collection
from web.db import outlived, session
from web.params import read_format, read_question
from web.visitors import public_only

bp = Blueprint("export", __name__)


class UpToDot(BaseConverter):
    """A part of an address before its first dot: endings as shp.zip have dots of their own."""

    regex = r"[^/.]+"


bp.record_once(lambda state: state.app.url_map.converters.update(uptodot=UpToDot))


@bp.get("/export/<uptodot:collection>.<path:ending>")
def export(collection: str, ending: str) -> Response:
    """A download that holds exactly what the page with the same parameters shows."""
    chosen, written = find_collection(collection), read_format(ending)
    asked, page = read_question(chosen)
    body = exports.export(session(), chosen, asked, page, written, public_only=public_only())
    name = exports.file_name(chosen, asked, written, now())
    response = Response(
        body,
        content_type=written.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
    response.call_on_close(outlived().close)
    return response

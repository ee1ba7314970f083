"""OGC API – Features at `/api`: the registry as GIS programs and scripts read it."""

from web.api import tiles, write
from web.api.views import bp

bp.register_blueprint(write.bp)
bp.register_blueprint(tiles.bp)

__all__ = ["bp"]

"""OGC API – Features at `/api`: the registry as GIS programs and scripts read it."""

from web.api import write
from web.api.views import bp

bp.register_blueprint(write.bp)

__all__ = ["bp"]

"""OGC API – Features at `/api`: the registry as GIS programs and scripts read it."""

from web.api.views import bp

__all__ = ["bp"]

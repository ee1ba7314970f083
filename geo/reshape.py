"""Feature texts in another reference system, or with fewer properties."""

from collections.abc import Collection, Sequence

import orjson
import shapely

from geo.crs import CRS84, Crs, from_lonlat
from geo.geometry import printed


def reshaped(texts: Sequence[str], crs: Crs, names: Collection[str] | None) -> list[str]:
    """Return each feature's text with positions in `crs` and of the properties only `names`.

    `names` None keeps all. What stands beside geometry and properties stays as it is.
    """
    documents = [orjson.loads(text) for text in texts]
    if crs is not CRS84:
        given = [document["geometry"] for document in documents]
        shapes = shapely.from_geojson([orjson.dumps(one) if one else None for one in given])
        for document, text in zip(documents, printed(from_lonlat(shapes, crs)), strict=True):
            document["geometry"] = orjson.Fragment(text)
    if names is not None:
        for document in documents:
            said = document["properties"]
            document["properties"] = {name: said[name] for name in said if name in names}
    return [orjson.dumps(document).decode() for document in documents]

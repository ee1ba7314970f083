"""Run by Debian's Python: what QGIS reads of the layers of an API, as JSON.

Usage: qgis_reads.py ADDRESS BOX LAYER...; the box as west,south,east,north.
"""

import json
import sys

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsFeatureRequest,
    QgsRectangle,
    QgsVectorLayer,
)


def read(address: str, name: str, box: QgsRectangle) -> dict[str, object]:
    """Return how many features QGIS counts and reads, in all and in the box, and their ids."""
    # Paging is QGIS's own box in the dialogue of a connection; the page size is its default.
    layer = QgsVectorLayer(f"url='{address}' typename='{name}' pagingEnabled='true'", name, "OAPIF")
    if not layer.isValid():
        raise SystemExit(f"QGIS cannot open {name}")
    ids = [feature["id"] for feature in layer.getFeatures()]
    boxed = layer.getFeatures(QgsFeatureRequest().setFilterRect(box)) if layer.isSpatial() else []
    return {
        "count": layer.featureCount(),
        "read": len(ids),
        "distinct": len(set(ids)),
        "boxed": len(list(boxed)),
        "fields": [field.name() for field in layer.fields()],
        "system": layer.crs().authid(),
    }


def main() -> None:
    """Write one object with a member for each layer, and what QGIS complained of."""
    address, box, *names = sys.argv[1:]
    # The connection to the log must outlive the reading; QGIS ends with the process.
    application = QgsApplication([], False)
    application.initQgis()
    complaints: list[str] = []
    QgsApplication.messageLog().messageReceived.connect(
        lambda text, tag, level: complaints.append(text) if level >= Qgis.Warning else None
    )
    layers = {
        name: read(address, name, QgsRectangle(*map(float, box.split(",")))) for name in names
    }
    sys.stdout.write(json.dumps({"layers": layers, "complaints": complaints}))
    application.exitQgis()


if __name__ == "__main__":
    main()

"""The empty map of the registry: Leaflet alone, no tiles, no server but ours."""

from collections.abc import Sequence
from typing import Any

import folium
from folium.template import Template

# West, south, east, north, in degrees.
Bounds = Sequence[float]
FIVE_COUNTRIES: Bounds = (46.4, 35.1, 87.4, 55.5)


class RegistryMap(folium.Map):
    """A Folium map whose page part is one named element, sized by the stylesheet.

    Folium's own template forbids zooming the page and sizes `html` and `body`; ours does neither.
    """

    default_js = [link for link in folium.Map.default_js if link[0] == "leaflet"]
    default_css = [link for link in folium.Map.default_css if link[0] == "leaflet_css"]

    _template = Template("""
        {% macro html(this, kwargs) %}
            <div class="folium-map" id="{{ this.get_name()|e }}" role="region"
                 aria-label="{{ this.label|e }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }},
                crs: L.CRS.{{ this.crs }},
                ...{{ this.options|tojavascript }}
            });
            {{ this.get_name() }}.fitBounds({{ this.corners|tojson }},
                {padding: [24, 24], maxZoom: 12, animate: false});
        {% endmacro %}
    """)

    def __init__(self, bounds: Bounds, label: str, **options: Any) -> None:
        west, south, east, north = bounds
        super().__init__(
            location=((south + north) / 2, (west + east) / 2),
            zoom_start=5,
            tiles=None,
            zoom_control=False,
            # Markers cluster only on a map that knows its limits; there are no tiles to tell them.
            minZoom=3,
            maxZoom=18,
            zoomSnap=0.25,
            wheelPxPerZoomLevel=100,
            **options,
        )
        self.label = label
        # Not by `fit_bounds`: folium's moves there slowly, and would undo what the page does next.
        self.corners = [[south, west], [north, east]]

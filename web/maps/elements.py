"""Folium elements of our own: each hands plain data to a module of ours, never text as code."""

from typing import Any

from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.plugins import GeoMan, MarkerCluster
from folium.template import Template


class _Module(JSCSSMixin, MacroElement):
    """One call of a JavaScript module with the map and its settings."""

    # `tojson` writes <, >, & and ' as escapes: no text can end the script that it stands in.
    _template = Template("""
        {% macro script(this, kwargs) %}
            import({{ this.module|tojson }}).then(module => module.default(
                {{ this._parent.get_name() }}, {{ this.settings|tojson }}));
        {% endmacro %}
    """)

    def __init__(self, module: str, settings: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca is partly untyped
        self._name = type(self).__name__
        self.module = module
        self.settings = settings


class ReferenceLayers(_Module):
    """Land, water, borders and names below the records."""


class FeatureLayer(_Module):
    """The records of one collection, fetched from an address of ours or given in the page."""

    default_js = MarkerCluster.default_js
    default_css = [link for link in MarkerCluster.default_css if link[0] == "markerclustercss"]


class Controls(_Module):
    """Zoom, layers, legend, scale and attribution."""


class GeometryField(_Module):
    """Draw one geometry with Geoman; keep the form's text box equal to it."""

    default_js = GeoMan.default_js
    default_css = GeoMan.default_css

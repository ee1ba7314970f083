"""A Folium map as parts of our own page: local files only, scripts and styles with the nonce."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import folium
from branca.element import CssLink, Figure, JavascriptLink
from markupsafe import Markup

_TAG = re.compile(r"<(script|style)(?=[\s>])")


@dataclass(frozen=True, slots=True)
class MapParts:
    """What a page puts into its head, where the map stands, and at its end."""

    header: Markup
    html: Markup
    script: Markup


def map_parts(drawn: folium.Map, nonce: str, local: Mapping[str, str]) -> MapParts:
    """Render a map; `local` maps folium's addresses to ours, KeyError for one we do not ship."""
    figure = drawn.get_root()
    assert isinstance(figure, Figure)
    drawn.render()
    for link in figure.header._children.values():
        if isinstance(link, JavascriptLink | CssLink):
            link.url = local[link.url]
    # The header holds no user text, so its tags are ours.
    header = _TAG.sub(rf'<\1 nonce="{nonce}"', figure.header.render())
    return MapParts(
        Markup(header),
        Markup(figure.html.render()),
        Markup('<script nonce="{}">').format(nonce) + Markup(figure.script.render() + "</script>"),
    )

"""Mapbox Vector Tiles 2.1, written by hand: layers of features on the grid of a tile.

https://github.com/mapbox/vector-tile-spec/tree/master/2.1 (the protocol buffer of clause 4).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.elements import Geometries, Objects, as_array, simple_parts
from geo.webmercator import EXTENT

Properties = Mapping[str, Any]
Path = list[list[int]]
MARGIN = 64
"""Steps of the grid that a tile shows beyond its edge, so that marks there are not cut."""

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
_VERSION = 2
# Fields of the messages, and how their values are written (protocol buffers, "wire types").
_VARINT, _DOUBLE, _BYTES = 0, 1, 2
_TILE_LAYER = 3
_NAME, _FEATURE, _KEY, _VALUE, _EXTENT, _LAYER_VERSION = 1, 2, 3, 4, 5, 15
_TAGS, _TYPE, _GEOMETRY = 2, 3, 4
_STRING_VALUE, _DOUBLE_VALUE, _INT_VALUE, _BOOL_VALUE = 1, 3, 4, 7
_MOVE_TO, _LINE_TO, _CLOSE_PATH = 1, 2, 7
_POINT, _LINE, _POLYGON = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Layer:
    """A named layer: geometries in whole steps of the grid, each with its properties."""

    name: str
    geometries: Sequence[BaseGeometry]
    properties: Sequence[Properties]


def encode(layers: Iterable[Layer]) -> bytes:
    """Return a tile; a layer without features is left out, an empty tile has no bytes."""
    return b"".join(_bytes(_TILE_LAYER, _layer(layer)) for layer in layers if layer.geometries)


def on_whole_steps(geometries: Geometries) -> Objects:
    """Return geometries of a grid cut to the tile and its margin, in whole steps, still valid.

    What lies outside becomes None; what is smaller than a step becomes a point.
    """
    edge = float(EXTENT + MARGIN)
    given = as_array(geometries)
    cut = shapely.clip_by_rect(given, -MARGIN, -MARGIN, edge, edge)
    is_area = shapely.get_dimensions(cut) == 2
    whole = shapely.transform(cut, np.round)
    # Rounded corners may make an area cross itself: there each is found a place that is valid.
    whole[is_area] = shapely.orient_polygons(shapely.set_precision(cut[is_area], 1.0))
    is_tiny = ~shapely.is_empty(cut) & (shapely.is_empty(whole) | _is_dot(whole))
    whole[is_tiny] = shapely.transform(shapely.point_on_surface(cut[is_tiny]), np.round)
    whole[shapely.is_empty(cut)] = None
    return np.asarray(whole)


def _is_dot(geometries: Objects) -> NDArray[np.bool_]:
    """Lines and areas all of whose positions are one."""
    west, south, east, north = shapely.bounds(geometries).T
    is_extended = shapely.get_dimensions(geometries) > 0
    return np.asarray(is_extended & (west == east) & (south == north))


def _layer(layer: Layer) -> bytes:
    keys: dict[str, int] = {}
    values: dict[tuple[type, Any], int] = {}
    tags = [_tags(properties, keys, values) for properties in layer.properties]
    features = bytearray()
    for owner, kind, commands in _drawn(as_array(layer.geometries)):
        feature = _bytes(_TAGS, tags[owner]) + _number(_TYPE, kind) + _bytes(_GEOMETRY, commands)
        features += _bytes(_FEATURE, feature)
    return b"".join(
        (
            _bytes(_NAME, layer.name.encode()),
            features,
            *(_bytes(_KEY, key.encode()) for key in keys),
            *(_bytes(_VALUE, _value(value)) for _, value in values),
            _number(_EXTENT, EXTENT),
            _number(_LAYER_VERSION, _VERSION),
        )
    )


def _tags(
    properties: Properties, keys: dict[str, int], values: dict[tuple[type, Any], int]
) -> bytes:
    """Pairs of places in the layer's lists of keys and values; what is not known is left out."""
    tags = bytearray()
    for key, value in properties.items():
        if value is not None:
            tags += _varint(keys.setdefault(key, len(keys)))
            # True and 1 are equal to Python, and not to a reader.
            tags += _varint(values.setdefault((type(value), value), len(values)))
    return bytes(tags)


def _value(value: Any) -> bytes:
    if isinstance(value, bool):
        return _number(_BOOL_VALUE, int(value))
    if isinstance(value, int):
        return _number(_INT_VALUE, value % (1 << 64))
    if isinstance(value, float):
        return _varint(_DOUBLE_VALUE << 3 | _DOUBLE) + np.float64(value).tobytes()
    return _bytes(_STRING_VALUE, str(value).encode())


def _drawn(geometries: Objects) -> Iterator[tuple[int, int, bytes]]:
    """Whose feature, its type and its commands: of a mixed collection each type is a feature."""
    parts, owner = simple_parts(geometries)
    kinds = shapely.get_dimensions(parts) + 1
    order = np.lexsort((kinds, owner))
    parts, owner, kinds = parts[order], owner[order], kinds[order]
    positions = _positions(parts)
    group = owner * _POLYGON + kinds
    ends = [*np.flatnonzero(np.diff(group)) + 1, len(parts)] if len(parts) else []
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        kind = int(kinds[start])
        paths = [path for part in positions[start:end] for path in part]
        commands = _points(paths) if kind == _POINT else _paths(paths, kind)
        if commands:
            yield int(owner[start]), kind, commands


def _positions(parts: Objects) -> list[list[Path]]:
    """The paths of each part: its point, its line or its rings, without repeated positions."""
    is_area = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, ring_of = shapely.get_rings(parts[is_area], return_index=True)
    paths = np.concatenate([parts[~is_area], rings])
    part_of = np.concatenate([np.flatnonzero(~is_area), np.flatnonzero(is_area)[ring_of]])
    places, path_of = shapely.get_coordinates(paths, return_index=True)
    is_new = np.ones(len(places), dtype=bool)
    is_new[1:] = (np.diff(places, axis=0) != 0).any(axis=1) | (np.diff(path_of) != 0)
    steps, path_of = places[is_new].astype(np.int64).tolist(), path_of[is_new]
    ends = np.cumsum(np.bincount(path_of, minlength=len(paths))).tolist()
    found: list[list[Path]] = [[] for _ in range(len(parts))]
    for part, start, end in zip(part_of.tolist(), [0, *ends], ends, strict=False):
        found[part].append(steps[start:end])
    return found


def _points(paths: Sequence[Path]) -> bytes:
    written, x, y = bytearray(_varint(_MOVE_TO | len(paths) << 3)), 0, 0
    for [[to_x, to_y]] in paths:
        written += _varint(_zigzag(to_x - x)) + _varint(_zigzag(to_y - y))
        x, y = to_x, to_y
    return bytes(written)


def _paths(paths: Sequence[Path], kind: int) -> bytes:
    """Lines, or rings that are closed by a command of their own (clause 4.3.3)."""
    written, x, y = bytearray(), 0, 0
    for path in paths:
        corners = path[:-1] if kind == _POLYGON else path
        if len(corners) < kind:
            continue
        for place, (to_x, to_y) in enumerate(corners):
            if place < 2:
                command = _LINE_TO | len(corners) - 1 << 3 if place else _MOVE_TO | 1 << 3
                written += _varint(command)
            written += _varint(_zigzag(to_x - x)) + _varint(_zigzag(to_y - y))
            x, y = to_x, to_y
        if kind == _POLYGON:
            written += _varint(_CLOSE_PATH | 1 << 3)
    return bytes(written)


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _varint(number: int) -> bytes:
    if number < 0x80:
        return _SHORT[number]
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


_SHORT = [bytes([number]) for number in range(0x80)]


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3 | _VARINT) + _varint(number)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | _BYTES) + _varint(len(content)) + content

"""What can be wrong with a shape or a file, named after what happened."""


class GeoError(Exception):
    """Anything geo refuses, with a sentence a planner can act on."""


class BadGeometry(GeoError):
    """A geometry that cannot be read, or that cannot be stored as it is."""


class BadBBox(GeoError):
    """A bounding box that is not four (or six) numbers in range."""


class BadCrs(GeoError):
    """A coordinate reference system that is not known, or does not reach a position."""


class UnknownFormat(GeoError):
    """A file ending or format name that no format has."""


class BadFile(GeoError):
    """A file that cannot be read at all."""


class EmptyFile(BadFile):
    """A file that holds nothing."""


class UnwritableFile(GeoError):
    """Records that a format cannot hold, or a format whose parts are not installed here."""


class BadTile(GeoError):
    """A tile that the matrix does not have."""

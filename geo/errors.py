"""What can be wrong with a shape or a file, named after what happened."""


class GeoError(Exception):
    """Anything geo refuses, with a sentence a planner can act on."""

    @property
    def sentence(self) -> str:
        """The sentence to show."""
        return str(self)


class BadGeometry(GeoError):
    """A geometry that cannot be read, or that cannot be stored as it is."""


class BadBBox(GeoError):
    """A bounding box that is not four (or six) numbers in range."""


class BadCrs(GeoError):
    """A coordinate reference system that is not known, or does not reach a position."""


class UnknownFormat(GeoError):
    """A file ending or format name that no format has."""


class BadFile(GeoError):
    """A file that cannot be read at all; `row` is the feature (from 1) where it broke, if known."""

    def __init__(self, sentence: str, row: int | None = None) -> None:
        """Keep the row beside the sentence."""
        self.row = row
        super().__init__(sentence)


class EmptyFile(BadFile):
    """A file that holds nothing."""


class UnwritableFile(GeoError):
    """Records that a format cannot hold, or a format whose parts are not installed here."""


class BadTile(GeoError):
    """A tile that the matrix does not have."""

"""What can be wrong with a file of areas; the message is one sentence for the person."""


class BadGeometry(ValueError):
    """A file of areas, or a coordinate system, that cannot be used."""

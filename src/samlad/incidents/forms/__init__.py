"""The shape of what people send about incidents, by page."""

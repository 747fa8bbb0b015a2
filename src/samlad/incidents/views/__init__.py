"""HTTP only, by page."""

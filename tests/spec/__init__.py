"""Methods and rules as tables: run as tests, and written into docs/methods."""

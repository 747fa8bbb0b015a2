"""The personal-data guard: text in, hits out. One rule set for the server and the phone."""

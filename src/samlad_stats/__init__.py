"""The arithmetic of a situational picture: arrays in, frozen results out.

No Django, no files, no clock, no global randomness. Each module's docstrings say question,
shapes, units, assumption and source.
"""

"""How each clock is trained. A module here is found by its name: `kdm` trains the clock `kdm`.

It has a `RECIPE` when the clock is linear and published, else a VERSION and a `train` of its own.
"""

"""The engine: facts in, duties out. ``derive`` is its door; the other files are what it is made of.

Leans on ``register`` and ``time``, and neither of them knows of it.
"""

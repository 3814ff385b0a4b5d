"""What people and the clock do to duties, one room for each kind of act.

``asking`` lies at the bottom, then ``notices`` and ``reconciling``. ``recording`` and ``choosing`` stand on
them, ``holidays`` and ``variations`` above. ``as_at`` looks back over all of it and writes nothing.
"""

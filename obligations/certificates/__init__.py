"""Certificates: number, level, scope and file beside the fact that each was issued, and when it is in force.

The fact is what counts for every date; one of which somebody recorded no more is shown all the same.
"""

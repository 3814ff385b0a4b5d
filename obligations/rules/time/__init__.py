"""Time: working days, counting, suspensions, recurrences, and the deadline that comes of them with its steps.

Knows of periods and days, never of a rulebook or of who owes what.
"""

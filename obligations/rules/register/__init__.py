"""The register: rules, facts and duties, and what one contract changes in the book.

The vocabulary that everything else speaks. Leans on ``time`` alone.
"""

"""What makes the record prove itself: signatures of the application, and SQL that numbers, hashes and proves.

docs/ledger.md says what is proved and what is not.
"""

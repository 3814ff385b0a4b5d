"""Seals: what was on the record at a moment, signed, chained, filed, mailed, stamped (docs/ledger.md)."""

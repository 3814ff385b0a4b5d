"""Whether the record is whole: chains of the ledger, signatures, each protected row and its last proof."""

"""How far a contract is read, paragraph by paragraph."""

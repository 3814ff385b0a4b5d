"""How far a contract is read: in numbers for many contracts, and paragraph by paragraph for one schedule."""

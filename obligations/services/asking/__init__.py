"""Asking the engine: what it is given of a contract, and what its answer is explained with."""

"""The demo: invented contracts with a history, told as data and played through the real services."""

"""Signing in: the second factor and who owes one, sessions, another address, a lost device, their mails."""

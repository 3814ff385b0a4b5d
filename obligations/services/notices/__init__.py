"""Notices: rows first, planned in the transaction of their cause; mails afterwards."""

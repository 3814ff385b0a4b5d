"""Backup and restore: the database and the uploaded files as one set, in one stream.

`archive.py` writes and reads the stream, `sealing.py` encrypts it, `dumping.py` asks PostgreSQL for its
rows and lays them into a database, `taking.py` makes a backup and `restoring.py` puts one back.
docs/backup.md says how to use them.
"""

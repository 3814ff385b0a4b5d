"""PostgreSQL and Valkey from their wheels, for running and testing Duly without installing a server.

Used where DATABASE_URL or REDIS_URL is not set. Only the wheels' programs are used; starting and stopping
is ours. Both listen on a Unix socket in a folder that only their own user can enter, and on no port.
"""

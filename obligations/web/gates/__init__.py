"""The gates of a contract: may it be operated on a day, and why not?"""

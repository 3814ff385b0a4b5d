"""Plans that the Authority approves: their versions, reviews and changes (Order Schedule 9, A 4; DMP 23, 5)."""

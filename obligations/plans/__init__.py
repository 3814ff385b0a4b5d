"""Plans that the Authority approves: versions, reviews, changes (Order Schedule 9, A 4; DMP 23, 5)."""

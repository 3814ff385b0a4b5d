"""What the paragraphs of a contract's own schedules ask: proposed, decided by people, put in force."""

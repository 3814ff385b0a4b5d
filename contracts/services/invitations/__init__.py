"""People come by invitation: made, sent, sent again, revoked, accepted once."""

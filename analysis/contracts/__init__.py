"""What each table must be: one pandera model for the text form and one for the typed form."""

"""What a number rests on: from a printed cell back to the cells, entries and absences behind it."""

"""What a number rests on: from the printed value back to the cell, its evidence and the evidence's acceptance."""

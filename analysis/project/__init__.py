"""What commands, documents and notebooks stand on: explanations, the internal report, the notebooks' start."""

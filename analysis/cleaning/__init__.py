"""Text tables become typed tables; what cannot be read becomes a finding."""

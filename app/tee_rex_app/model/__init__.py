"""What the application knows: its state, the history, breakdowns and comparisons. No widgets."""

"""The application's state and what is computed from it: breakdowns, comparisons, expected times. No texts."""

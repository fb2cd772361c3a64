"""A finished result as a file for editors, players, annotators, spreadsheets or training. Knows nothing about HTTP."""

"""A finished result as a file: for editors, players, annotators, spreadsheets, training. Knows no HTTP and no job."""

"""The routes for jobs: reading, correcting, exporting, watching and deleting them."""

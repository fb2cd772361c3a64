"""`python -m shotlens` runs the command `shotlens`."""

import sys

from shotlens.cli.main import main

if __name__ == "__main__":
    sys.exit(main())

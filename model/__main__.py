"""`python -m model`: the model worker."""

import sys

from jobs.settings import ModelSettings
from jobs.worker import start


def _run() -> None:
    from model.worker import ModelWorker

    ModelWorker(ModelSettings()).run()


if __name__ == "__main__":
    sys.exit(start("model", _run))

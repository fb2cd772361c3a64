"""`python -m model`: the model worker."""

import sys

from jobs.worker import start
from model.settings import ModelSettings
from shotlens.predicting.options import PredictOptions
from shotlens.settings import from_environment


def _run() -> None:
    from model.worker import ModelWorker

    ModelWorker(ModelSettings(), from_environment(PredictOptions)).run()


if __name__ == "__main__":
    sys.exit(start("model", _run))

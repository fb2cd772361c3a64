"""`python -m process_video`: the cutting worker."""

import sys

from jobs.settings import WorkerSettings
from jobs.worker import start
from process_video.worker import CutWorker
from shotlens.cutting.options import CutOptions
from shotlens.settings import from_environment

if __name__ == "__main__":
    sys.exit(start("process_video", lambda: CutWorker(WorkerSettings(), from_environment(CutOptions)).run()))

"""`python -m process_video`: the cutting worker."""

import sys

from jobs.settings import CutSettings
from jobs.worker import start
from process_video.worker import CutWorker

if __name__ == "__main__":
    sys.exit(start("process_video", lambda: CutWorker(CutSettings()).run()))

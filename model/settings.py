"""The settings of the model worker; what predicts, and how, is in `shotlens/predicting/options.py`."""

from pydantic import Field

from jobs.settings import WorkerSettings


class ModelSettings(WorkerSettings):
    """The model worker."""

    deadline: float = Field(600, gt=0, description="Seconds that one batch may take.")

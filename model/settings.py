"""The settings of the model worker; those of the predictor are in `shotlens/predicting/options.py`."""

from pydantic import Field

from jobs.settings import WorkerSettings


class ModelSettings(WorkerSettings):
    """The settings that only the model worker needs."""

    deadline: float = Field(600, gt=0, description="Seconds that one batch may take.")

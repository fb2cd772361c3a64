"""The contract of the result: what GET /jobs/<id> returns and `shotlens predict --json` prints."""

from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, Field

from jobs.edits import CorrectedShot, Edit, Head, corrected
from jobs.job import RUNNING, Job, State
from jobs.listing import Listed
from jobs.options import JobOptions
from jobs.shot import Prediction, Shot, Transition


class VideoFacts(BaseModel):
    """The whole video."""

    duration: float = Field(description="Seconds.")
    fps: float = Field(description="Average frames per second.")
    width: int = Field(description="Pixels as displayed: rotated, and with square pixels.")
    height: int
    frames: int


class ModelFacts(BaseModel):
    """The weights that predicted."""

    name: str
    sha256: str


class Label(BaseModel):
    """What one head of the model says of a shot."""

    label: str = Field(description="The most probable label.")
    confidence: float = Field(description="Its probability, 0 to 1.")
    uncertain: bool = Field(description="Whether that is too low to rely on.")
    probabilities: dict[str, float] = Field(description="The probability of each label; they sum to 1.")


class ShotResult(BaseModel):
    """One shot; movement and scale are null until it is predicted."""

    index: int
    start_frame: int = Field(description="First frame, counted from 0 in presentation order.")
    end_frame: int = Field(description="Frame after the last: the next shot's start_frame.")
    start: float = Field(description="Seconds.")
    end: float
    start_timecode: str = Field(description="HH:MM:SS:FF, non-drop.")
    end_timecode: str
    transition: Transition = Field(description="How the shot opens. It begins with the first frame after the middle.")
    movement: Label | None
    scale: Label | None
    corrected: dict[Head, str] | None = Field(None, description="Labels set by hand; null when there are none.")
    edited: bool = Field(False, description="Whether it was split or merged by hand: its bounds are not those found.")
    frames: list[str] = Field(description="Eight equidistant frames as JPEG, or the nearest that were stored: paths.")

    def label_of(self, head: Head) -> str | None:
        """The label by hand, else the predicted one; None where there is neither yet."""
        predicted = self.scale if head == "scale" else self.movement
        return (self.corrected or {}).get(head) or (predicted.label if predicted else None)


class Summary(BaseModel):
    """The shots counted, with their labels by hand where they have some."""

    shots: int
    average_shot_length: float = Field(description="Seconds.")
    scale: dict[str, int]
    movement: dict[str, int]


class JobResult(BaseModel):
    """A job and all that is known of its video."""

    id: str
    state: State
    progress: float = Field(description="0 to 1; 1 only when done.")
    error: str | None = Field(description="A sentence that says why the job failed.")
    warning: str | None = Field(None, description="What is wrong with the video, although it has a result.")
    filename: str
    options: JobOptions = Field(default_factory=JobOptions, description="How its sender wanted it cut.")
    video: VideoFacts | None = Field(description="Null until the video has been opened.")
    model: ModelFacts | None = Field(description="Null until the first shot is predicted.")
    shots: list[ShotResult]
    summary: Summary


class JobSummary(BaseModel):
    """A job in a list."""

    id: str
    state: State
    progress: float = Field(description="0 to 1; 1 only when done.")
    error: str | None
    warning: str | None
    filename: str
    size: int = Field(description="Bytes.")
    created: float = Field(description="Seconds since 1970.")
    finished: float | None
    video: VideoFacts | None
    shots: int = Field(description="How many were found so far.")
    poster: str | None = Field(description="A frame of the first shot: a path on this server.")


class JobPage(BaseModel):
    """Some of all jobs, newest first."""

    jobs: list[JobSummary]
    next: str | None = Field(description="The address of the next page; null behind the last one.")


def summary(listed: Listed) -> JobSummary:
    """Tell of a job what a list shows."""
    job = listed.job
    return JobSummary(
        id=job.id,
        state=job.state,
        progress=round(_progress(job, listed.shots, listed.predicted), 4),
        error=job.error,
        warning=job.warning,
        filename=job.filename,
        size=job.size,
        created=job.created,
        finished=job.finished,
        video=VideoFacts.model_validate(job.video, from_attributes=True) if job.video else None,
        shots=listed.shots,
        poster=f"/jobs/{job.id}/shots/0/frames/0.jpg" if listed.shots else None,
    )


def result(
    job: Job,
    shots: Sequence[Shot],
    predictions: Mapping[int, Prediction],
    frames: str | None = None,
    edits: Sequence[Edit] = (),
) -> JobResult:
    """Put a result together. `frames`: template of a frame's address with {shot} and {k}; else the files' paths.

    Raises EditError for edits that the shots do not allow.
    """
    fps = job.video.fps if job.video else 0.0
    return result_of(job, [_shot(one, fps, frames) for one in corrected(shots, predictions, edits)])


def result_of(job: Job, rows: Sequence[ShotResult]) -> JobResult:
    """Put a result together of shots that are put together already, in order."""
    return JobResult(
        id=job.id,
        state=job.state,
        progress=round(_progress(job, len(rows), sum(row.movement is not None for row in rows)), 4),
        error=job.error,
        warning=job.warning,
        filename=job.filename,
        options=job.options,
        video=VideoFacts.model_validate(job.video, from_attributes=True) if job.video else None,
        model=ModelFacts(**job.model) if job.model else None,
        shots=list(rows),
        summary=summarize(rows),
    )


def predicted(row: ShotResult, prediction: Prediction) -> ShotResult:
    """Add to a shot what the model says of it."""
    return row.model_copy(update=_labels(prediction))


def summarize(rows: Sequence[ShotResult]) -> Summary:
    """Count shots by their labels."""
    seconds = sum(row.end - row.start for row in rows)
    return Summary(
        shots=len(rows),
        average_shot_length=round(seconds / len(rows), 3) if rows else 0.0,
        scale=dict(Counter(label for row in rows if (label := row.label_of("scale")))),
        movement=dict(Counter(label for row in rows if (label := row.label_of("movement")))),
    )


def timecode(frame: int, fps: float) -> str:
    """Write a frame number as HH:MM:SS:FF, counted at the nearest whole rate without dropped numbers."""
    rate = max(1, round(fps))
    seconds, frames = divmod(frame, rate)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:02d}"


def _progress(job: Job, shots: int, predicted: int) -> float:
    """Weigh cutting and predicting alike; a running job never shows a full 1."""
    if job.state == "done":
        return 1.0
    if job.state not in RUNNING or not shots:
        return job.progress / 2
    return min(0.99, job.progress * (0.5 + 0.5 * predicted / shots))


def _shot(row: CorrectedShot, fps: float, frames: str | None) -> ShotResult:
    shot, labels = row.shot, _labels(row.prediction) if row.prediction else {}
    return ShotResult(
        index=shot.index,
        start_frame=shot.start_frame,
        end_frame=shot.end_frame,
        start=round(shot.start, 3),
        end=round(shot.end, 3),
        start_timecode=timecode(shot.start_frame, fps),
        end_timecode=timecode(shot.end_frame, fps),
        transition=shot.transition,
        movement=labels.get("movement"),
        scale=labels.get("scale"),
        corrected=dict(row.labels) or None,
        edited=row.edited,
        # A frame is named by the shot that was found, `<shot>/<k>.jpg`, whatever number that has by now.
        frames=[frames.format(shot=path.parent.name, k=path.stem) if frames else str(path) for path in shot.frames],
    )


def _labels(prediction: Prediction) -> dict[str, Label]:
    return {
        "movement": _label(prediction.movement, "movement" in prediction.uncertain),
        "scale": _label(prediction.scale, "scale" in prediction.uncertain),
    }


def _label(probabilities: Mapping[str, float], uncertain: bool) -> Label:
    best = max(probabilities, key=lambda name: probabilities[name])
    rounded = {name: round(value, 4) for name, value in probabilities.items()}
    return Label(label=best, confidence=rounded[best], uncertain=uncertain, probabilities=rounded)

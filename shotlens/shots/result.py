"""The contract of the result: what GET /jobs/<id> returns and `shotlens predict --json` prints."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field, create_model

from shotlens.shots.edits import CorrectedShot, Edit, corrected
from shotlens.shots.heads import HEADS, spoken
from shotlens.shots.job import RUNNING, Job, Listed, State
from shotlens.shots.options import JobOptions
from shotlens.shots.shot import Prediction, Predictions, Shot, Transition

Address = Callable[[int, int], str]  # where a frame is found: of the number of a shot that was found, and 0 to 7


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


class LabelResult(BaseModel):
    """What one head says of a shot."""

    label: str = Field(description="The most probable label.")
    confidence: float = Field(description="Its probability, 0 to 1.")
    uncertain: bool = Field(description="Whether that is too low to rely on.")
    probabilities: dict[str, float] = Field(description="The probability of each label; they sum to 1.")


class _Bounds(BaseModel):
    index: int
    start_frame: int = Field(description="First frame, counted from 0 in presentation order.")
    end_frame: int = Field(description="Frame after the last: the next shot's start_frame.")
    start: float = Field(description="Seconds.")
    end: float
    start_timecode: str = Field(description="HH:MM:SS:FF, non-drop.")
    end_timecode: str
    transition: Transition = Field(description="How the shot opens. It begins with the first frame after the middle.")


class _Counts(BaseModel):
    shots: int
    average_shot_length: float = Field(description="Seconds.")


if TYPE_CHECKING:
    HeadName = str

    class _PredictedBounds(_Bounds): ...

    class _LabelCounts(_Counts): ...

else:  # a member for each head
    HeadName = Literal[tuple(HEADS)]
    _PredictedBounds = create_model(
        "_PredictedBounds", __base__=_Bounds, **{head: (LabelResult | None, ...) for head in HEADS}
    )
    _LabelCounts = create_model(
        "_LabelCounts", __base__=_Counts, **{head.name: (dict[str, int], ...) for head in spoken()}
    )


class ShotResult(_PredictedBounds):
    """One shot; what a head says of it is null until it is predicted."""

    corrected: dict[HeadName, str] | None = Field(None, description="Labels set by hand; null when there are none.")
    edited: bool = Field(False, description="Whether it was split or merged by hand: its bounds are not those found.")
    frames: list[str] = Field(description="Eight equidistant frames as JPEG, or the nearest that were stored: paths.")

    def predicted(self, head: str) -> LabelResult | None:
        """What this head says; None where it has said nothing yet."""
        label: LabelResult | None = getattr(self, head)
        return label

    def label_of(self, head: str) -> str | None:
        """The label by hand, else the predicted one; None where there is neither yet."""
        predicted = self.predicted(head)
        return (self.corrected or {}).get(head) or (predicted.label if predicted else None)


class Summary(_LabelCounts):
    """The shots counted, with their labels by hand where they have some."""


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


def summary(listed: Listed, address: Address) -> JobSummary:
    """Tell of a job what a list shows; its poster is a frame of the first shot."""
    job = listed.job
    return JobSummary(
        id=job.id,
        state=job.state,
        progress=round(_progress(job, listed.shots, listed.predictions), 4),
        error=job.error,
        warning=job.warning,
        filename=job.filename,
        size=job.size,
        created=job.created,
        finished=job.finished,
        video=VideoFacts.model_validate(job.video, from_attributes=True) if job.video else None,
        shots=listed.shots,
        poster=address(0, 0) if listed.shots else None,
    )


def result(
    job: Job,
    shots: Sequence[Shot],
    predictions: Mapping[int, Predictions],
    address: Address,
    edits: Sequence[Edit] = (),
) -> JobResult:
    """Put a result together of all shots that were found, and what is predicted of each, by its first frame.

    Raises EditError for edits that the shots do not allow.
    """
    numbers = {shot.frames[0].shot: number for number, shot in enumerate(shots)}
    return result_of(job, rows(job, corrected(shots, predictions, edits), numbers, address))


def rows(job: Job, shots: Iterable[CorrectedShot], numbers: Mapping[int, int], address: Address) -> list[ShotResult]:
    """Write shots as the result tells them; `numbers` are those of the found shots, by how their frames name them."""
    fps = job.video.fps if job.video else 0.0
    return [_row(one, fps, [address(numbers[frame.shot], frame.k) for frame in one.shot.frames]) for one in shots]


def result_of(job: Job, rows: Sequence[ShotResult]) -> JobResult:
    """Put a result together of rows that are written already, in order."""
    predictions = sum(row.predicted(head) is not None for row in rows for head in HEADS)
    return JobResult(
        id=job.id,
        state=job.state,
        progress=round(_progress(job, len(rows), predictions), 4),
        error=job.error,
        warning=job.warning,
        filename=job.filename,
        options=job.options,
        video=VideoFacts.model_validate(job.video, from_attributes=True) if job.video else None,
        model=ModelFacts(**job.model) if job.model else None,
        shots=list(rows),
        summary=summarize(rows),
    )


def with_predictions(row: ShotResult, predictions: Predictions) -> ShotResult:
    """Add to a row what has been predicted of it since."""
    return row.model_copy(update=_labels(predictions))


def summarize(rows: Sequence[ShotResult]) -> Summary:
    """Count shots by their labels."""
    seconds = sum(row.end - row.start for row in rows)
    counts = {
        head.name: dict(Counter(label for row in rows if (label := row.label_of(head.name)))) for head in spoken()
    }
    length = round(seconds / len(rows), 3) if rows else 0.0
    return Summary.model_validate({"shots": len(rows), "average_shot_length": length, **counts})


def timecode(frame: int, fps: float) -> str:
    """Write a frame number as HH:MM:SS:FF, counted at the nearest whole rate without dropped numbers."""
    rate = max(1, round(fps))
    seconds, frames = divmod(frame, rate)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:02d}"


def _progress(job: Job, shots: int, predictions: int) -> float:
    """Weigh cutting and predicting alike; a running job never shows a full 1."""
    if job.state == "done":
        return 1.0
    if job.state not in RUNNING or not shots:
        return job.progress / 2
    return min(0.99, job.progress * (0.5 + 0.5 * predictions / (shots * max(1, len(job.heads)))))


def _row(one: CorrectedShot, fps: float, frames: list[str]) -> ShotResult:
    shot = one.shot
    values = {
        "index": one.index,
        "start_frame": shot.start_frame,
        "end_frame": shot.end_frame,
        "start": round(shot.start, 3),
        "end": round(shot.end, 3),
        "start_timecode": timecode(shot.start_frame, fps),
        "end_timecode": timecode(shot.end_frame, fps),
        "transition": shot.transition,
        "corrected": dict(one.labels) or None,
        "edited": one.edited,
        "frames": frames,
    }
    return ShotResult.model_validate(values | dict.fromkeys(HEADS) | _labels(one.predictions))


def _labels(predictions: Predictions) -> dict[str, LabelResult]:
    return {head: _label(prediction) for head, prediction in predictions.items()}


def _label(prediction: Prediction) -> LabelResult:
    rounded = {name: round(value, 4) for name, value in prediction.probabilities.items()}
    label = prediction.label
    return LabelResult(label=label, confidence=rounded[label], uncertain=prediction.uncertain, probabilities=rounded)

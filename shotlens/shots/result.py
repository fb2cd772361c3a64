"""The contract of the result: what GET /jobs/<id> returns and `shotlens predict --json` prints."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field, create_model

from shotlens.shots.edits import CorrectedShot, Edit, corrected
from shotlens.shots.heads import HEADS, heads_by_rank
from shotlens.shots.job import RUNNING, Job, State
from shotlens.shots.options import JobOptions
from shotlens.shots.rates import Timebase, timebase_of
from shotlens.shots.shot import Prediction, Predictions, Shot, Transition

FrameAddress = Callable[[int, int], str]  # (number of a detected shot, 0 to 7) -> where its frame is


class AudioTrackFacts(BaseModel):
    """One audio track."""

    model_config = ConfigDict(from_attributes=True)

    codec: str = Field(description="FFmpeg's name of the codec.")
    channels: int
    rate: int = Field(description="Samples per second.")
    language: str | None = Field(None, description="As the file marks it: `eng`.")


class VideoFacts(BaseModel):
    """The whole video."""

    duration: float = Field(description="Seconds from where players start to the end of the last frame.")
    fps: float = Field(description="Frames per second: the rate of most frames, by their own times.")
    width: int = Field(description="Pixels as displayed: rotated, and with square pixels.")
    height: int
    frames: int
    variable: bool = Field(False, description="Whether frames are shown for different times.")
    timecode: str | None = Field(
        None, description="Of the start, as the file gives it: `01:00:00:00`, with `;` if it is drop-frame."
    )
    codec: str = Field("", description="FFmpeg's name of the codec.")
    track: int = Field(1, description="Which of the video tracks this is, counted from 1 without cover pictures.")
    tracks: int = Field(1, description="How many video tracks the file has.")
    audio: tuple[AudioTrackFacts, ...] = Field((), description="Its audio tracks, in the order of the file.")

    @property
    def timebase(self) -> Timebase:
        """How its frames are counted in timecodes."""
        return timebase_of(self.fps, self.timecode)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def timecode_rate(self) -> str:
        """Frames per second of its timecodes, exact: `25`, `30000/1001`."""
        return str(self.timebase.rate.fps)


class ModelFacts(BaseModel):
    """The weights that made the predictions."""

    name: str
    sha256: str


class LabelResult(BaseModel):
    """The prediction of one head for a shot."""

    label: str = Field(description="The most probable label.")
    confidence: float = Field(description="Its probability, 0 to 1.")
    uncertain: bool = Field(description="Whether the confidence is too low to rely on.")
    probabilities: dict[str, float] = Field(description="The probability of each label; they sum to 1.")


class _Bounds(BaseModel):
    index: int
    start_frame: int = Field(description="First frame, counted from 0 in presentation order.")
    end_frame: int = Field(description="The frame after the last: the next shot's start_frame.")
    start: float = Field(description="Seconds.")
    end: float
    start_timecode: str = Field(description="HH:MM:SS:FF, from the video's own; HH:MM:SS;FF if that is drop-frame.")
    end_timecode: str
    transition: Transition = Field(
        description="How the shot opens. After a gradual transition, it begins with the first frame after the middle."
    )
    transition_seconds: float = Field(
        0.0, description="How long a gradual transition takes, as measured; 0 for a cut, or if it is not known."
    )
    times: tuple[tuple[int, float], ...] = Field(
        (),
        description="Frames and their seconds where the pace changes: between these, and from `start` and to `end`, "
        "frames are evenly spaced. Empty at a constant rate.",
    )


class _Counts(BaseModel):
    shots: int
    average_shot_length: float = Field(description="Seconds.")


if TYPE_CHECKING:
    HeadName = str

    class _PredictedBounds(_Bounds): ...

    class _LabelCounts(_Counts): ...

else:  # a field for each head
    HeadName = Literal[tuple(HEADS)]
    _PredictedBounds = create_model(
        "_PredictedBounds", __base__=_Bounds, **{head: (LabelResult | None, ...) for head in HEADS}
    )
    _LabelCounts = create_model(
        "_LabelCounts", __base__=_Counts, **{head.name: (dict[str, int], ...) for head in heads_by_rank()}
    )


class ShotResult(_PredictedBounds):
    """One shot; the prediction of a head is null until it is made."""

    corrected: dict[HeadName, str] | None = Field(None, description="Labels set by hand; null when there are none.")
    edited: bool = Field(False, description="Whether its bounds, or how it opens, were changed by hand.")
    frames: list[str] = Field(description="Paths of eight equidistant frames as JPEG, or of the nearest stored ones.")

    def predicted(self, head: str) -> LabelResult | None:
        """Return the prediction of this head; None until it is made."""
        label: LabelResult | None = getattr(self, head)
        return label

    def label_of(self, head: str) -> str | None:
        """Return the label set by hand, else the predicted one; None if there is neither yet."""
        predicted = self.predicted(head)
        return (self.corrected or {}).get(head) or (predicted.label if predicted else None)


class Summary(_LabelCounts):
    """Counts of the shots by label; labels set by hand take precedence."""


class JobResult(BaseModel):
    """A job and everything known about its video."""

    id: str
    state: State
    progress: float = Field(description="0 to 1; 1 only when done.")
    error: str | None = Field(description="A sentence that says why the job failed.")
    warning: str | None = Field(None, description="What is wrong with the video, although it has a result.")
    filename: str
    options: JobOptions = Field(default_factory=JobOptions, description="How the sender wanted the video cut.")
    video: VideoFacts | None = Field(description="Null until the video has been opened.")
    model: ModelFacts | None = Field(description="Null until the first shot is predicted.")
    shots: list[ShotResult]
    summary: Summary


def result(
    job: Job,
    shots: Sequence[Shot],
    predictions: Mapping[int, Predictions],
    address: FrameAddress,
    edits: Sequence[Edit] = (),
) -> JobResult:
    """Build a result from all detected shots and their predictions, by first frame.

    Raises EditError for edits that the shots do not allow.
    """
    numbers = {shot.frames[0].shot: number for number, shot in enumerate(shots)}
    return result_from_rows(job, shot_rows(job, corrected(shots, predictions, edits), numbers, address))


def shot_rows(
    job: Job, shots: Iterable[CorrectedShot], numbers: Mapping[int, int], address: FrameAddress
) -> list[ShotResult]:
    """Write shots as rows of the result; `numbers` maps the `shot` in a frame's name to the detected shot's number."""
    timebase = timebase_of(job.video.fps, job.video.timecode) if job.video else timebase_of(0.0, None)
    return [
        _row(shot, timebase, [address(numbers[frame.shot], frame.k) for frame in shot.shot.frames]) for shot in shots
    ]


def result_from_rows(job: Job, rows: Sequence[ShotResult]) -> JobResult:
    """Build a result from finished rows, in order."""
    predictions = sum(row.predicted(head) is not None for row in rows for head in HEADS)
    return JobResult(
        id=job.id,
        state=job.state,
        progress=round(overall_progress(job, len(rows), predictions), 4),
        error=job.error,
        warning=job.warning,
        filename=job.filename,
        options=job.options,
        video=VideoFacts.model_validate(job.video, from_attributes=True) if job.video else None,
        model=ModelFacts(**job.model) if job.model else None,
        shots=list(rows),
        summary=summarize(rows),
    )


def overall_progress(job: Job, shots: int, predictions: int) -> float:
    """Weight cutting and predicting equally; a running job never shows a full 1."""
    if job.state == "done":
        return 1.0
    if job.state not in RUNNING or not shots:
        return job.progress / 2
    return min(0.99, job.progress * (0.5 + 0.5 * predictions / (shots * max(1, len(job.heads)))))


def with_predictions(row: ShotResult, predictions: Predictions) -> ShotResult:
    """Return the row with the predictions made since it was written."""
    return row.model_copy(update=_labels(predictions))


def summarize(rows: Sequence[ShotResult]) -> Summary:
    """Count the shots by label."""
    seconds = sum(row.end - row.start for row in rows)
    counts = {
        head.name: dict(Counter(label for row in rows if (label := row.label_of(head.name))))
        for head in heads_by_rank()
    }
    length = round(seconds / len(rows), 3) if rows else 0.0
    return Summary.model_validate({"shots": len(rows), "average_shot_length": length, **counts})


def _row(corrected_shot: CorrectedShot, timebase: Timebase, frames: list[str]) -> ShotResult:
    shot = corrected_shot.shot
    start, end = round(shot.start, 3), round(shot.end, 3)
    values = {
        "index": corrected_shot.index,
        "start_frame": shot.start_frame,
        "end_frame": shot.end_frame,
        "start": start,
        "end": end,
        "start_timecode": timebase.timecode(start),
        "end_timecode": timebase.timecode(end),
        "transition": shot.transition,
        "transition_seconds": round(shot.transition_seconds, 3),
        "times": [(frame, round(seconds, 3)) for frame, seconds in shot.times],
        "corrected": dict(corrected_shot.labels) or None,
        "edited": corrected_shot.edited,
        "frames": frames,
    }
    return ShotResult.model_validate(values | dict.fromkeys(HEADS) | _labels(corrected_shot.predictions))


def _labels(predictions: Predictions) -> dict[str, LabelResult]:
    return {head: _label(prediction) for head, prediction in predictions.items()}


def _label(prediction: Prediction) -> LabelResult:
    rounded = {name: round(value, 4) for name, value in prediction.probabilities.items()}
    label = prediction.label
    return LabelResult(label=label, confidence=rounded[label], uncertain=prediction.uncertain, probabilities=rounded)

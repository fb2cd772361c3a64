"""What the formats share: the final labels of a shot, the selection of shots, and their places on a timeline."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from shotlens.exports.rates import Rate, rate_of
from shotlens.shots.heads import heads_by_rank
from shotlens.shots.result import JobResult, ShotResult, summarize


@dataclass(frozen=True, slots=True)
class FinalLabel:
    """The label of one head: the one set by hand, else the predicted one."""

    label: str
    confidence: float | None  # 0 to 1; None if it was set by hand
    uncertain: bool


@dataclass(frozen=True, slots=True)
class TimelineClip:
    """A shot on a timeline, in frames at the timeline's rate."""

    shot: ShotResult
    source_start: int
    source_end: int  # exclusive
    start: int  # on the timeline, where the shots follow one another

    @property
    def length(self) -> int:
        return self.source_end - self.source_start


def final_label(shot: ShotResult, head: str) -> FinalLabel | None:
    """Return the label of a head for a shot; None until it is predicted or set by hand."""
    by_hand = (shot.corrected or {}).get(head)
    if by_hand:
        return FinalLabel(by_hand, None, False)
    predicted = shot.predicted(head)
    return FinalLabel(predicted.label, predicted.confidence, predicted.uncertain) if predicted else None


def caption(shot: ShotResult) -> str:
    """Write the labels as an editor's marker shows them: `MS static`."""
    return " ".join(label for head in heads_by_rank() if (label := shot.label_of(head.name)))


def note(shot: ShotResult) -> str:
    """Write the labels with their confidence: `scale MS 0.80, movement push by hand, opens with a dissolve`."""
    parts = [
        f"{head.name} {_with_confidence(label)}" for head in heads_by_rank() if (label := final_label(shot, head.name))
    ]
    if shot.transition != "cut":
        parts.append(f"opens with a {shot.transition}")
    return ", ".join(parts)


def uncertain(shot: ShotResult) -> bool:
    """Return whether any label of the shot is too uncertain to rely on."""
    return any(label.uncertain for head in heads_by_rank() if (label := final_label(shot, head.name)))


def select(result: JobResult, chosen: Mapping[str, Collection[str]]) -> JobResult:
    """Return the result with only the shots that have a chosen label of every head; an empty choice accepts any."""
    shots = [
        shot
        for shot in result.shots
        if all(not labels or shot.label_of(head) in labels for head, labels in chosen.items())
    ]
    return result.model_copy(update={"shots": shots, "summary": summarize(shots)})


def result_rate(result: JobResult) -> Rate:
    """Return the frame rate of a finished result, whose video is known."""
    assert result.video
    return rate_of(result.video.fps)


def cut_list(result: JobResult, rate: Rate) -> list[TimelineClip]:
    """Place the shots end to end. Frames are computed from times, as editing programs do for a variable rate."""
    clips: list[TimelineClip] = []
    position = 0
    for shot in result.shots:
        start = rate.frame(shot.start)
        clips.append(TimelineClip(shot, start, max(start + 1, rate.frame(shot.end)), position))
        position += clips[-1].length
    return clips


def source_length(result: JobResult, clips: list[TimelineClip], rate: Rate) -> int:
    """Return how many frames the video has at the timeline's rate."""
    assert result.video
    return max([rate.frame(result.video.duration), *(clip.source_end for clip in clips)])


def _with_confidence(final: FinalLabel) -> str:
    if final.confidence is None:
        return f"{final.label} by hand"
    return f"{final.label} {final.confidence:.2f}{' uncertain' if final.uncertain else ''}"

"""What the formats share: the final labels of a shot, the selection of shots, and their places on a timeline."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from shotlens.shots.heads import Head, heads_by_rank
from shotlens.shots.rates import Rate, Timebase
from shotlens.shots.result import JobResult, ShotResult, summarize


@dataclass(frozen=True, slots=True)
class FinalLabel:
    """The label of one head: the one set by hand, else the predicted one."""

    label: str
    confidence: float | None  # 0 to 1; None if it was set by hand
    uncertain: bool


@dataclass(frozen=True, slots=True)
class TimelineClip:
    """A shot on a timeline, in frames at its rate, counted from the start of the video and of the timeline."""

    shot: ShotResult
    source_start: int
    source_end: int  # exclusive
    start: int  # on the timeline, where the shots follow one another
    before: int = 0  # frames of the dissolve with which it opens that lie before its start; 0 if it opens with a cut
    after: int = 0  # and those that lie after it

    @property
    def length(self) -> int:
        return self.source_end - self.source_start

    @property
    def end(self) -> int:
        return self.start + self.length


def final_label(shot: ShotResult, head: str) -> FinalLabel | None:
    """Return the label of a head for a shot; None until it is predicted or set by hand."""
    by_hand = (shot.corrected or {}).get(head)
    if by_hand:
        return FinalLabel(by_hand, None, False)
    predicted = shot.predicted(head)
    return FinalLabel(predicted.label, predicted.confidence, predicted.uncertain) if predicted else None


def title(shot: ShotResult) -> str:
    """Name the shot as people count: the first is `Shot 1`."""
    return f"Shot {shot.index + 1}"


def caption(shot: ShotResult) -> str:
    """Write the labels as an editor's marker shows them: `MS static`."""
    return " ".join(label for head in heads_by_rank() if (label := shot.label_of(head.name)))


def word(head: Head, label: str) -> str:
    """Write one label in full: `medium shot`."""
    return next(known.word for known in head.labels if known.name == label).lower()


def note(shot: ShotResult) -> str:
    """Write the labels with their confidence: `scale MS 0.80, movement push by hand, opens with a fade of 0.96 s`."""
    parts = [
        f"{head.name} {_with_confidence(label)}" for head in heads_by_rank() if (label := final_label(shot, head.name))
    ]
    return ", ".join([*parts, *opening(shot)])


def opening(shot: ShotResult) -> list[str]:
    """Say how the shot opens, `opens with a dissolve of 0.96 s`; nothing for a cut."""
    if shot.transition == "cut":
        return []
    length = f" of {shot.transition_seconds:.2f} s" if shot.transition_seconds else ""
    return [f"opens with a {shot.transition}{length}"]


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


def timebase(result: JobResult) -> Timebase:
    """Return how a finished result, whose video is known, counts frames."""
    assert result.video
    return result.video.timebase


def cut_list(result: JobResult, rate: Rate) -> list[TimelineClip]:
    """Place the shots end to end. Frames are computed from times, as editing programs do for a variable rate."""
    clips: list[TimelineClip] = []
    position = 0
    for shot in result.shots:
        start = rate.frame(shot.start)
        clip = TimelineClip(shot, start, max(start + 1, rate.frame(shot.end)), position)
        clips.append(_dissolved(clips[-1], clip, rate) if clips else clip)
        position = clip.end
    return clips


def _dissolved(previous: TimelineClip, clip: TimelineClip, rate: Rate) -> TimelineClip:
    """Return the clip with its dissolve, if it opens with one from the clip before it.

    It takes at most half of each of them: both must be in the video, and a clip may have one at each end. A fade stays
    a cut: editing programs would darken the picture, which is dark there already, a second time.
    """
    follows = previous.shot.index + 1 == clip.shot.index and previous.source_end == clip.source_start
    length = rate.frame(clip.shot.transition_seconds) if clip.shot.transition == "dissolve" and follows else 0
    before = min(length // 2, previous.length // 2, clip.length // 2)
    after = min(before + length % 2, clip.length // 2)
    return replace(clip, before=before, after=after) if before else clip


def source_length(result: JobResult, clips: list[TimelineClip], rate: Rate) -> int:
    """Return how many frames the video has at the timeline's rate."""
    assert result.video
    return max([rate.frame(result.video.duration), *(clip.source_end for clip in clips)])


def audio_channels(result: JobResult) -> int:
    """Return how many audio channels all audio tracks of the video have."""
    assert result.video
    return sum(track.channels for track in result.video.audio)


def _with_confidence(final: FinalLabel) -> str:
    if final.confidence is None:
        return f"{final.label} by hand"
    return f"{final.label} {final.confidence:.2f}{' uncertain' if final.uncertain else ''}"

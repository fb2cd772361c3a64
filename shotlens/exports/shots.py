"""What the formats share: what is known of a shot, which shots are chosen, and where they lie on a timeline."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from shotlens.exports.rates import Rate, rate_of
from shotlens.shots.heads import spoken
from shotlens.shots.result import JobResult, ShotResult, summarize


@dataclass(frozen=True, slots=True)
class KnownLabel:
    """The label of one head: a person's, else the model's."""

    label: str
    confidence: float | None  # 0 to 1; none where a person said it
    uncertain: bool


@dataclass(frozen=True, slots=True)
class Take:
    """A shot on a timeline, in frames of the timeline's rate."""

    shot: ShotResult
    start: int  # in the source
    end: int  # exclusive
    at: int  # on the timeline, where the shots follow each other

    @property
    def length(self) -> int:
        return self.end - self.start


def known_label(shot: ShotResult, head: str) -> KnownLabel | None:
    """Return what is known of a shot; none before it is predicted."""
    by_hand = (shot.corrected or {}).get(head)
    if by_hand:
        return KnownLabel(by_hand, None, False)
    predicted = shot.predicted(head)
    return KnownLabel(predicted.label, predicted.confidence, predicted.uncertain) if predicted else None


def caption(shot: ShotResult) -> str:
    """Write the labels as an editor's marker shows them: `MS static`."""
    return " ".join(label for head in spoken() if (label := shot.label_of(head.name)))


def note(shot: ShotResult) -> str:
    """Write the labels with how sure they are: `scale MS 0.80, movement push by hand, opens with a dissolve`."""
    parts = [f"{head.name} {_how_sure(known)}" for head in spoken() if (known := known_label(shot, head.name))]
    if shot.transition != "cut":
        parts.append(f"opens with a {shot.transition}")
    return ", ".join(parts)


def uncertain(shot: ShotResult) -> bool:
    """Say whether a label of the shot is too unsure to rely on."""
    return any(known.uncertain for head in spoken() if (known := known_label(shot, head.name)))


def select(result: JobResult, chosen: Mapping[str, Collection[str]]) -> JobResult:
    """Keep the shots that have one of the chosen labels of every head; an empty choice takes all."""
    shots = [
        shot
        for shot in result.shots
        if all(not labels or shot.label_of(head) in labels for head, labels in chosen.items())
    ]
    return result.model_copy(update={"shots": shots, "summary": summarize(shots)})


def result_rate(result: JobResult) -> Rate:
    """Return the rate of a finished result, whose video is known."""
    assert result.video
    return rate_of(result.video.fps)


def cut_list(result: JobResult, rate: Rate) -> list[Take]:
    """Lay the shots one after the other. Frames come of the seconds, as editors place those of a variable rate."""
    takes: list[Take] = []
    at = 0
    for shot in result.shots:
        start = rate.frame(shot.start)
        takes.append(Take(shot, start, max(start + 1, rate.frame(shot.end)), at))
        at += takes[-1].length
    return takes


def source_length(result: JobResult, takes: list[Take], rate: Rate) -> int:
    """Return how many frames the video has on the timeline's rate."""
    assert result.video
    return max([rate.frame(result.video.duration), *(take.end for take in takes)])


def _how_sure(known: KnownLabel) -> str:
    if known.confidence is None:
        return f"{known.label} by hand"
    return f"{known.label} {known.confidence:.2f}{' uncertain' if known.uncertain else ''}"

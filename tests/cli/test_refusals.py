"""Whatever `shotlens` refuses, it says so in one sentence on stderr, and nothing of it on stdout."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shotlens.cli.main import main
from testkit.standin import MP4
from testkit.videos import shots, write_video

COMMAND = [sys.executable, "-m", "shotlens"]
# A process that a shell starts in the background ignores Ctrl-C, and so do its children.
HEED = "signal.signal(signal.SIGINT, signal.default_int_handler)"
HEEDING_SIGINT = [
    sys.executable,
    "-c",
    f"import signal, sys; {HEED}; import shotlens.cli.main as m; sys.exit(m.main())",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with names of every kind."""
    for name in ("a.mp4", "b.mp4", "x/a.mp4", "a.mov"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(MP4)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ([], 2, "the following arguments are required: COMMAND (see `shotlens --help`)."),
        (["predict"], 2, "the following arguments are required: VIDEO (see `shotlens predict --help`)."),
        (["predict", "a.mp4", "--bogus"], 2, "unrecognized arguments: --bogus"),
        (["predict", "a.mp4", "--detector", "x"], 2, "argument --detector: invalid choice: 'x'"),
        (["predict", "a.mp4", "--json", "--csv"], 2, "not allowed with argument"),
        (["predict", "a.mp4", "--min-shot", "soon"], 2, "'soon' is not a number of seconds from 0 to 60"),
        (["predict", "a.mp4", "--min-shot", "61"], 2, "'61' is not a number of seconds from 0 to 60"),
        (["predict", "a.mp4", "--scale", "XL"], 2, "there is no scale 'xl', only ECS, CS, MS, FS, LS"),
        (["predict", "@none"], 2, "No such file or directory: 'none'"),
        (["predict", "@a.mp4"], 2, "the file after @ holds no text"),
        (["predict", "none.mp4"], 1, "none.mp4: there is no such file."),
        (["predict", "empty"], 1, "empty: there is no video in this folder."),
        (["predict", "a.mp4", "b.mp4", "--format", "edl"], 1, "edl holds one video per file"),
        (["predict", ".", "--format", "edl"], 1, "edl holds one video per file"),
        (["predict", "a.mp4", "--out", "made"], 1, "choose a format with --format"),
        (["predict", "x/a.mp4", "a.mov", "--csv", "--out", "made"], 1, "be written to made/a.csv: rename one"),
        (["predict", "x/a.mp4", "a.mov", "--frames", "made"], 1, "Two of the videos would be written to made/a: "),
        (["predict", "x/a.mp4", "a.mov", "--clips", "made"], 1, "Two of the videos would be written to made/a: "),
        (["predict", "a.mp4", "--csv", "--out", "a.mov/made"], 1, "The folder a.mov/made cannot be written: Not a dir"),
        (["predict", "a.mp4", "--frames", "a.mov"], 1, "The folder a.mov cannot be written: File exists."),
        (["predict", "a.mp4", "--clips", "a.mov"], 1, "The folder a.mov cannot be written: File exists."),
        (["predict", "a.mp4", "--url", "x", "--frames", "made"], 1, "--frames cannot be combined with --url"),
        (["predict", "a.mp4", "b.mp4", "--url", "http://"], 1, "No service answers at http:"),
        (["predict", "a.mp4", "b.mp4", "--url", "ftp://127.0.0.1"], 1, "No service answers at ftp://127.0.0.1"),
        (["prepare", "none.csv"], 1, "none.csv cannot be read: No such file or directory."),
    ],
)  # fmt: skip
def test_a_refusal_is_one_sentence_before_any_work(
    arguments: list[str], code: int, sentence: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.rglob("*"))
    try:
        assert main(arguments) == code
    except SystemExit as ended:
        assert ended.code == code
    captured = capsys.readouterr()
    assert captured.err.startswith("shotlens: ")
    assert sentence in captured.err
    assert captured.err.count("\n") == 1
    assert captured.err.endswith(".\n")
    assert captured.out == ""
    assert sorted(folder.rglob("*")) == before


@pytest.mark.slow
def test_settings_that_are_wrong_end_a_run_at_its_first_video(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_video(folder / "a.mp4", shots([5]))
    monkeypatch.setenv("SHOTLENS_WEIGHTS", "none.json")
    assert main(["predict", "a.mp4", "a.mp4"]) == 1
    assert capsys.readouterr().err == "shotlens: The weights none.json cannot be read: No such file or directory.\n"


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("videos") / "ad.mp4", shots([20, 31]))


@pytest.mark.slow
def test_a_full_disk_is_said_in_one_sentence(video: Path) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    with open("/dev/full", "w") as full:
        command = [*COMMAND, "predict", str(video), "--json"]
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (run.returncode, run.stderr) == (1, "shotlens: The output cannot be written: No space left on device.\n")


@pytest.mark.slow
def test_a_reader_that_has_seen_enough_ends_the_run_silently(video: Path) -> None:
    arguments = ["predict", *[str(video)] * 3, "--json"]
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout
        assert run.stderr
        assert run.stdout.read(1) == b"{"
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == 141


@pytest.mark.slow
def test_without_an_output_a_run_does_its_work(video: Path, tmp_path: Path) -> None:
    command = f'exec "{sys.executable}" -m shotlens predict "{video}" --json --frames "{tmp_path}" >&-'
    run = subprocess.run(command, shell=True, stderr=subprocess.PIPE, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert (tmp_path / "ad").is_dir()


@pytest.mark.slow
def test_an_interrupted_run_has_printed_what_was_done(video: Path, tmp_path: Path) -> None:
    long = write_video(tmp_path / "long.mp4", shots([200] * 5))
    command = [*HEEDING_SIGINT, "predict", str(video), *[str(long)] * 20, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout
        assert json.loads(run.stdout.readline())["filename"] == "ad.mp4"
        run.send_signal(signal.SIGINT)
        printed, said = run.communicate()
    done = 1 + len(printed.splitlines())
    assert done < 21
    assert run.returncode == 130
    # The last one may have been printed, but not counted.
    assert said in [f"shotlens: interrupted after {counted} of 21 videos.\n" for counted in (done - 1, done)]


@pytest.mark.slow
def test_a_name_that_is_not_utf8_is_no_trouble(
    video: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.mp4")
    path.write_bytes(video.read_bytes())
    for form in ("table", "json", "csv", "edl"):
        assert main(["predict", str(path), "--format", form]) == 0
    assert main(["predict", str(path), "--json", "--out", str(tmp_path / "out")]) == 0
    assert len(list((tmp_path / "out").iterdir())) == 1
    captured = capsysbinary.readouterr()
    assert captured.out.decode().count("caf\ufffd.mp4") >= 4
    assert captured.err == b""

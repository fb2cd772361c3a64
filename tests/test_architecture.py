"""The rooms of the house: who may import whom, what each may know, and how a module looks."""

import ast
import statistics
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Each room, and the rooms that it may import. A room of the library is named by its path.
MAY_IMPORT = {
    "shotlens": {"shotlens/shots", "shotlens/storage", "shotlens/cutting", "shotlens/predicting"},  # the modules above
    "shotlens/shots": set(),
    "shotlens/storage": {"shotlens/shots"},
    "shotlens/exports": {"shotlens/shots", "shotlens/storage"},
    "shotlens/cutting": {"shotlens/shots", "shotlens/storage"},
    "shotlens/predicting": {"shotlens/shots", "shotlens/storage"},
    "shotlens/training": {
        "shotlens/shots",
        "shotlens/storage",
        "shotlens/exports",
        "shotlens/cutting",
        "shotlens/predicting",
    },
    "shotlens/cli": {
        "shotlens",
        "shotlens/shots",
        "shotlens/storage",
        "shotlens/exports",
        "shotlens/cutting",
        "shotlens/predicting",
        "shotlens/training",
    },
    "jobs": {"shotlens", "shotlens/shots", "shotlens/storage"},
    "api": {"shotlens", "shotlens/shots", "shotlens/storage", "shotlens/exports", "jobs"},
    "process_video": {"shotlens", "shotlens/shots", "shotlens/storage", "shotlens/cutting", "jobs"},
    "model": {"shotlens", "shotlens/shots", "shotlens/storage", "shotlens/predicting", "jobs"},
    "recipes": {
        "shotlens",
        "shotlens/shots",
        "shotlens/storage",
        "shotlens/cutting",
        "shotlens/predicting",
        "shotlens/training",
    },
}
LIBRARY = [room for room in MAY_IMPORT if room.startswith("shotlens")]
SERVICES = ("api", "process_video", "model")  # each has an image of its own
# Libraries that one room alone may know, and with it those that stand on it.
ONLY = {
    "redis": {"jobs", "api"},  # the API hands a connection to its limiter, and catches its errors
    "flask": {"api"},
    "werkzeug": {"api"},
    "gunicorn": {"api"},
    "av": {"shotlens/cutting", "recipes"},  # the recipes write films
    "scenedetect": {"shotlens/cutting", "shotlens/cli"},  # the command adds our detector to that library's own
    "keras": {"shotlens/predicting", "shotlens/training", "recipes"},
    "requests": {"shotlens", "api"},  # the client, and callbacks
}
LIGHT = ("shotlens/shots", "shotlens/storage", "shotlens/exports", "jobs", "api")  # without numbers and pictures
LONGEST_MODULE = 300
# Modules that run once and top to bottom when they are imported.
PROGRAMS = ("__main__", "gunicorn")
# Pytest where some modules are not to be found.
WITHOUT = """
import sys, pytest
class Lacking:
    def find_spec(name, *_):
        if name in {lacking} or name.replace(".", "/") in {lacking}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Lacking)
sys.exit(pytest.main(sys.argv[1:]))
"""
# Imports each module in a process of its own, which has all that others wrote already, and nothing of ours.
FRESH = """
import contextlib, importlib, multiprocessing, sys
for name in {foreign}:
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
for name in sys.argv[1:]:
    child = multiprocessing.get_context("fork").Process(target=importlib.import_module, args=(name,))
    child.start()
    child.join()
    assert not child.exitcode, name
"""


def modules(room: str) -> list[Path]:
    """The modules of a room; those of the rooms within it are theirs."""
    inner = {ROOT / other for other in MAY_IMPORT if other.startswith(f"{room}/")}
    own = {path for path in (ROOT / room).rglob("*.py") if not inner & set(path.parents)}
    start = {ROOT / "shotlens/__main__.py"}  # which is the command
    return sorted(own - start if room == "shotlens" else own | start if room == "shotlens/cli" else own)


def imports(path: Path) -> set[str]:
    """All that a module imports, late imports among them, as dotted names: `from a import b` is `a.b`."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def room_of(name: str) -> str | None:
    """The room that a dotted name is in; None for what is not ours."""
    first, *rest = name.split(".")
    if rest and f"{first}/{rest[0]}" in MAY_IMPORT:
        return f"{first}/{rest[0]}"
    return first if first in MAY_IMPORT else None


def libraries(room: str) -> set[str]:
    return {name.split(".")[0] for path in modules(room) for name in imports(path)}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_run_one_way(room: str) -> None:
    for path in modules(room):
        rooms = {found for name in imports(path) if (found := room_of(name))} - {room}
        assert rooms <= MAY_IMPORT[room], f"{path.relative_to(ROOT)} imports {rooms - MAY_IMPORT[room]}"


def test_no_room_imports_one_that_imports_it() -> None:
    done: set[str] = set()
    while ready := [room for room in MAY_IMPORT if room not in done and MAY_IMPORT[room] <= done]:
        done.update(ready)
    assert done == set(MAY_IMPORT), f"a circle among {set(MAY_IMPORT) - done}"


@pytest.mark.parametrize("library", ONLY)
def test_a_library_is_known_to_its_room_alone(library: str) -> None:
    assert {room for room in MAY_IMPORT if library in libraries(room)} <= ONLY[library]


@pytest.mark.parametrize("room", LIGHT)
def test_a_light_room_knows_no_numbers_and_no_pictures(room: str) -> None:
    assert not libraries(room) & {"numpy", "cv2", "tensorflow"}


def test_only_the_server_knows_gunicorn() -> None:
    known = {path.parent.name for path in modules("api") if any(n.startswith("gunicorn") for n in imports(path))}
    assert known == {"server"}


def test_the_network_is_free_of_tensorflow() -> None:
    for path in modules("shotlens/predicting"):
        assert "tensorflow" not in {name.split(".")[0] for name in imports(path)}
        assert "tf." not in path.read_text()


def test_the_client_is_a_file_that_needs_requests_alone() -> None:
    known = {name.split(".")[0] for name in imports(ROOT / "shotlens/client.py")}
    assert known - sys.stdlib_module_names == {"requests"}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_no_circle_between_the_modules_of_a_room(room: str) -> None:
    known = {_dotted(path): path for path in modules(room)}
    graph = {name: {one for other in imports(path) if (one := _module(other, known))} for name, path in known.items()}
    done: set[str] = set()
    while ready := [name for name in graph if name not in done and graph[name] - {name} <= done]:
        done.update(ready)
    assert done == set(graph), f"a circle among {set(graph) - done}"


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _module(name: str, known: dict[str, Path]) -> str | None:
    """The module of a room that a dotted name is, or is in."""
    return name if name in known else name.rpartition(".")[0] if name.rpartition(".")[0] in known else None


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_each_module_imports_alone(room: str) -> None:
    """Each first in a fresh process, where a circle that the reading of sources does not see would break it."""
    names = [_dotted(path) for path in modules(room) if path.stem not in PROGRAMS]
    foreign = sorted(libraries(room) - sys.stdlib_module_names - {name.split("/")[0] for name in MAY_IMPORT})
    start = FRESH.format(foreign=[name for name in foreign if name not in ("benchmarks", "testkit")])
    run = subprocess.run([sys.executable, "-c", start, *names], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_the_command_starts_without_the_heavy_rooms() -> None:
    heavy = "('keras', 'tensorflow', 'av', 'cv2', 'flask', 'pydantic', 'numpy')"
    code = f"import sys, shotlens.cli.main; sys.exit(any(m in sys.modules for m in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("room", [*MAY_IMPORT, "benchmarks", "testkit"])
def test_every_module_says_what_it_is_for_and_is_no_longer_than_a_person_reads(room: str) -> None:
    for path in modules(room):
        text = path.read_text()
        assert ast.get_docstring(ast.parse(text)), path.relative_to(ROOT)
        assert text.count("\n") <= LONGEST_MODULE, path.relative_to(ROOT)


def test_functions_are_short() -> None:
    lengths = [
        node.end_lineno - node.lineno + 1
        for room in MAY_IMPORT
        for path in modules(room)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno
    ]
    assert statistics.quantiles(lengths, n=10)[-1] <= 20


def test_scripts_in_lua_name_their_keys() -> None:
    for path in (ROOT / "jobs/lua").glob("*.lua"):
        assert path.read_text().startswith("-- "), path


def test_no_committed_file_names_a_registry_or_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no checkout of git")
    hosts = ("python" + "hosted", "py" + "pi.org", "npm" + "js", "deb." + "debian", "/wo" + "rk/")
    for path in (ROOT / name for name in listed.stdout.splitlines()):
        if path.is_file() and path.suffix not in (".h5", ".png", ".jpg", ".keras"):
            text = path.read_text(errors="ignore")
            assert not [host for host in hosts if host in text], path.relative_to(ROOT)


def copied(image: str) -> list[str]:
    """What the image of a service copies out of the build context."""
    lines = (ROOT / image / "Dockerfile").read_text().splitlines()
    return [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]


@pytest.mark.parametrize("image", SERVICES)
def test_the_build_context_holds_what_an_image_copies(image: str) -> None:
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for path in copied(image):
        place = path.replace("$TENSORFLOW", "cpu")
        assert any(fnmatch(place, pattern) or place.startswith(f"{pattern}/") for pattern in let_in), path


@pytest.mark.parametrize("image", SERVICES)
def test_the_tests_that_an_image_runs_need_no_more_than_it_has(image: str) -> None:
    there = set(copied(image))
    rooms = {room for room in MAY_IMPORT if room not in there and room != "shotlens"}
    foreign = {library for library in ONLY if not ONLY[library] & (there | {"shotlens"})}
    start = WITHOUT.format(lacking=rooms | foreign)
    line = next(line for line in (ROOT / image / "Dockerfile").read_text().splitlines() if "pytest" in line)
    folders = [word for word in line.split() if word.startswith("tests/")]
    collect = ["--collect-only", "-q", "-p", "no:cacheprovider", *folders]
    run = subprocess.run([sys.executable, "-c", start, *collect], check=False, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout

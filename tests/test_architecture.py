"""The rooms of the house: who may import whom, what each may know, and how a module looks."""

import ast
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "jobs": set(),
    "api": {"jobs"},
    "process_video": {"jobs"},
    "model": {"jobs"},
    "training": {"jobs", "model", "process_video"},
    "cli": {"jobs", "api", "process_video", "model", "training"},
}
MAY_NOT_KNOW = {
    "jobs": {"flask", "apiflask", "tensorflow", "keras", "av", "cv2", "scenedetect", "numpy"},
    "api": {"tensorflow", "keras", "av", "cv2", "scenedetect", "numpy"},
    "process_video": {"flask", "apiflask", "tensorflow", "keras"},
    "model": {"flask", "apiflask", "av", "scenedetect", "tensorflow"},
}
LONGEST_MODULE = 350
IMAGES = ("api", "process_video", "model")
# Pytest where some modules are not to be found.
WITHOUT = """
import sys, pytest
class Lacking:
    def find_spec(name, *_):
        if name in {lacking}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Lacking)
sys.exit(pytest.main(sys.argv[1:]))
"""


def imports(path: Path) -> set[str]:
    """The first words of all that a module imports, late imports among them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_run_one_way(room: str) -> None:
    for path in modules(room):
        rooms = imports(path) & set(MAY_IMPORT) - {room}
        assert rooms <= MAY_IMPORT[room], f"{path.relative_to(ROOT)} imports {rooms - MAY_IMPORT[room]}"


@pytest.mark.parametrize("room", MAY_NOT_KNOW)
def test_a_room_does_not_know_what_is_not_its_business(room: str) -> None:
    for path in modules(room):
        assert not imports(path) & MAY_NOT_KNOW[room], path.relative_to(ROOT)


def test_the_client_is_a_file_that_needs_requests_alone() -> None:
    assert imports(ROOT / "shotlens.py") - sys.stdlib_module_names == {"requests"}


@pytest.mark.parametrize("room", ["jobs", "process_video", "model"])
def test_no_circle_between_the_modules_of_a_room(room: str) -> None:
    """Each module imports alone, first, in a fresh interpreter; a circle would break one of them."""
    names = [f"{room}.{path.stem}" for path in modules(room) if path.stem not in ("__init__", "__main__", "gunicorn")]
    graph = {f"{room}.{path.stem}": _inner(path, room) for path in modules(room) if f"{room}.{path.stem}" in names}
    done: set[str] = set()
    while ready := [name for name in graph if name not in done and graph[name] <= done]:
        done.update(ready)
    assert done == set(graph), f"a circle among {set(graph) - done}"


def _inner(path: Path, room: str) -> set[str]:
    tree = ast.parse(path.read_text())
    found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return {name for name in found if name.startswith(f"{room}.")}


def test_the_network_is_free_of_tensorflow() -> None:
    assert "tensorflow" not in imports(ROOT / "model" / "network.py")
    assert "tf." not in (ROOT / "model" / "network.py").read_text()


def test_the_command_starts_without_the_heavy_rooms() -> None:
    heavy = "('keras', 'tensorflow', 'av', 'cv2', 'flask', 'pydantic', 'numpy')"
    code = f"import sys, shotlens.cli.main; sys.exit(any(m in sys.modules for m in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_every_module_says_what_it_is_for_and_is_no_longer_than_a_person_reads(room: str) -> None:
    for path in modules(room):
        text = path.read_text()
        assert ast.get_docstring(ast.parse(text)), path.relative_to(ROOT)
        assert text.count("\n") <= LONGEST_MODULE, path.relative_to(ROOT)


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
    return [line.split()[1] for line in lines if line.startswith("COPY ")]


@pytest.mark.parametrize("image", IMAGES)
def test_the_build_context_holds_what_an_image_copies(image: str) -> None:
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for path in copied(image):
        assert any(fnmatch(path.replace("$TENSORFLOW", "cpu"), pattern) for pattern in let_in), path


@pytest.mark.parametrize("image", IMAGES)
def test_the_tests_that_an_image_runs_need_no_more_than_it_has(image: str) -> None:
    lacking = MAY_NOT_KNOW[image] - {"tensorflow"} | set(MAY_IMPORT) - set(copied(image))  # the model's Keras needs it
    start = WITHOUT.format(lacking=lacking)
    collect = ["--collect-only", "-q", "-p", "no:cacheprovider", "tests/jobs", f"tests/{image}"]
    run = subprocess.run([sys.executable, "-c", start, *collect], check=False, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout

"""The architecture: which package may import which, which libraries each may use, and how a module looks."""

import ast
import statistics
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Each package and the packages that it may import. The packages of the library are named by their paths.
MAY_IMPORT = {
    "shotlens": {"shotlens/shots", "shotlens/storage", "shotlens/cutting", "shotlens/predicting"},  # its own modules
    "shotlens/machine": set(),
    "shotlens/shots": set(),
    "shotlens/storage": {"shotlens/shots"},
    "shotlens/exports": {"shotlens/shots", "shotlens/storage"},
    "shotlens/cutting": {"shotlens/machine", "shotlens/shots", "shotlens/storage"},
    "shotlens/predicting": {"shotlens/machine", "shotlens/shots", "shotlens/storage"},
    "shotlens/training": {
        "shotlens/machine",
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
LIBRARY = [package for package in MAY_IMPORT if package.startswith("shotlens")]
SERVICES = ("api", "process_video", "model")  # each has an image of its own
# Libraries, and the only packages that may import each.
ONLY = {
    "redis": {"jobs", "api"},  # the API hands a connection to its limiter, and catches its errors
    "flask": {"api"},
    "werkzeug": {"api"},
    "gunicorn": {"api"},
    "av": {"shotlens/cutting", "recipes"},  # the recipes write films
    "scenedetect": {"shotlens/cutting", "shotlens/cli"},  # the command adds our detector to that library's own
    "keras": {"shotlens/predicting", "shotlens/training", "recipes"},
    "tensorflow": {"shotlens/training"},  # which converts the network; all else goes by Keras
    "ai_edge_litert": {"shotlens/predicting", "recipes"},  # the recipes run teachers
    "requests": {"shotlens", "api"},  # the client, and callbacks
}
LIGHT = ("shotlens/shots", "shotlens/storage", "shotlens/exports", "jobs", "api")  # without numeric libraries
LONGEST_MODULE = 300
# Modules that run once and top to bottom when they are imported.
PROGRAMS = ("__main__", "gunicorn")
# Run pytest as if some modules were not installed.
WITHOUT = """
import importlib.util, sys, pytest
class Lacking:
    def find_spec(name, *_):
        if name in {lacking} or name.replace(".", "/") in {lacking}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Lacking)
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name in {lacking} else found(name, *rest)
sys.exit(pytest.main(sys.argv[1:]))
"""
# Import each module in a process of its own, in which all foreign libraries are loaded, but none of our modules.
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


def modules(package: str) -> list[Path]:
    """The modules of a package, without those of packages within it that have an entry of their own."""
    inner = {ROOT / other for other in MAY_IMPORT if other.startswith(f"{package}/")}
    own = {path for path in (ROOT / package).rglob("*.py") if not inner & set(path.parents)}
    start = {ROOT / "shotlens/__main__.py"}  # it is the command
    return sorted(own - start if package == "shotlens" else own | start if package == "shotlens/cli" else own)


def imports(path: Path) -> set[str]:
    """All that a module imports, also late, as dotted names: `from a import b` is `a.b`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def package_of(name: str) -> str | None:
    """The package that a dotted name is in; None if it is not one of ours."""
    first, *rest = name.split(".")
    if rest and f"{first}/{rest[0]}" in MAY_IMPORT:
        return f"{first}/{rest[0]}"
    return first if first in MAY_IMPORT else None


def libraries(package: str) -> set[str]:
    return {name.split(".")[0] for path in modules(package) for name in imports(path)}


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_run_one_way(package: str) -> None:
    for path in modules(package):
        imported = {other for name in imports(path) if (other := package_of(name))} - {package}
        assert imported <= MAY_IMPORT[package], f"{path.relative_to(ROOT)} imports {imported - MAY_IMPORT[package]}"


def test_no_packages_import_each_other() -> None:
    done: set[str] = set()
    while ready := [package for package in MAY_IMPORT if package not in done and MAY_IMPORT[package] <= done]:
        done.update(ready)
    assert done == set(MAY_IMPORT), f"a circle among {set(MAY_IMPORT) - done}"


@pytest.mark.parametrize("library", ONLY)
def test_a_library_is_imported_by_its_packages_only(library: str) -> None:
    assert {package for package in MAY_IMPORT if library in libraries(package)} <= ONLY[library]


@pytest.mark.parametrize("package", LIGHT)
def test_a_light_package_imports_no_numeric_library(package: str) -> None:
    assert not libraries(package) & {"numpy", "cv2", "tensorflow"}


def test_only_the_server_imports_gunicorn() -> None:
    known = {path.parent.name for path in modules("api") if any(n.startswith("gunicorn") for n in imports(path))}
    assert known == {"server"}


def test_the_network_does_not_use_tensorflow() -> None:
    for path in modules("shotlens/predicting"):
        assert "tensorflow" not in {name.split(".")[0] for name in imports(path)}
        assert "tf." not in path.read_text()


def test_the_client_is_one_file_that_needs_only_requests() -> None:
    known = {name.split(".")[0] for name in imports(ROOT / "shotlens/client.py")}
    assert known - sys.stdlib_module_names == {"requests"}


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_modules_of_a_package_do_not_import_each_other_in_a_circle(package: str) -> None:
    known = {_dotted(path): path for path in modules(package)}
    graph = {name: {one for other in imports(path) if (one := _module(other, known))} for name, path in known.items()}
    done: set[str] = set()
    while ready := [name for name in graph if name not in done and graph[name] - {name} <= done]:
        done.update(ready)
    assert done == set(graph), f"a circle among {set(graph) - done}"


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _module(name: str, known: dict[str, Path]) -> str | None:
    """The module of a package that a dotted name is, or is in."""
    return name if name in known else name.rpartition(".")[0] if name.rpartition(".")[0] in known else None


@pytest.mark.slow
def test_each_module_imports_alone() -> None:
    """Each module is the first of ours that a process imports, so that a circular import fails."""
    names = [_dotted(path) for package in MAY_IMPORT for path in modules(package) if path.stem not in PROGRAMS]
    own = {name.split("/")[0] for name in MAY_IMPORT} | {"benchmarks", "testkit"}
    foreign = set.union(*map(libraries, MAY_IMPORT)) - sys.stdlib_module_names - own
    start = FRESH.format(foreign=sorted(foreign))
    run = subprocess.run([sys.executable, "-c", start, *names], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_the_command_starts_without_heavy_libraries() -> None:
    heavy = "('keras', 'tensorflow', 'av', 'cv2', 'flask', 'pydantic', 'numpy')"
    code = f"import sys, shotlens.cli.main; sys.exit(any(m in sys.modules for m in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("package", [*MAY_IMPORT, "benchmarks", "testkit"])
def test_every_module_has_a_docstring_and_a_readable_length(package: str) -> None:
    for path in modules(package):
        text = path.read_text()
        assert ast.get_docstring(ast.parse(text)), path.relative_to(ROOT)
        assert text.count("\n") <= LONGEST_MODULE, path.relative_to(ROOT)


def test_functions_are_short() -> None:
    lengths = [
        node.end_lineno - node.lineno + 1
        for package in MAY_IMPORT
        for path in modules(package)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno
    ]
    assert statistics.quantiles(lengths, n=10)[-1] <= 20


def test_lua_scripts_start_with_a_comment() -> None:
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
    """The paths that the image of a service copies from the build context."""
    lines = (ROOT / image / "Dockerfile").read_text().splitlines()
    return [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]


@pytest.mark.parametrize("image", SERVICES)
def test_the_build_context_holds_what_an_image_copies(image: str) -> None:
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for path in copied(image):
        place = path.replace("$TENSORFLOW", "cpu")
        assert any(fnmatch(place, pattern) or place.startswith(f"{pattern}/") for pattern in let_in), path


@pytest.mark.slow
@pytest.mark.parametrize("image", SERVICES)
def test_the_tests_that_an_image_runs_need_no_more_than_it_has(image: str) -> None:
    there = set(copied(image))
    missing = {package for package in MAY_IMPORT if package not in there and package != "shotlens"}
    foreign = {library for library in ONLY if not ONLY[library] & (there | {"shotlens"})}
    start = WITHOUT.format(lacking=missing | foreign | {"keras"})  # which only the image for a GPU has
    line = next(line for line in (ROOT / image / "Dockerfile").read_text().splitlines() if "pytest" in line)
    folders = [word for word in line.split() if word.startswith("tests/")]
    collect = ["--collect-only", "-q", "-p", "no:cacheprovider", *folders]
    run = subprocess.run([sys.executable, "-c", start, *collect], check=False, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout

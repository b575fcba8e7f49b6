"""What must hold of a release, looked at one by one:  python toolchain/release_checklist.py <wheel> <dependencies>

In: the wheel that pip is to install, and a folder with the wheels it may depend on. Out: a line for each check, and the
exit status 1 if one fails. Nothing but this machine is asked: the wheel is installed without an index, and the page
is fetched from `ferrous` itself. `make release-checklist` builds what it looks at.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from functools import cached_property
from pathlib import Path

import ferrous_vm

ROOT = Path(__file__).parents[1]
DOWNLOADED = ("tools", "dependencies", "installer")
"""Folders of build/ferrous whose files come from an index, of the versions in requirements."""

SCRIPT = "-- keys: visits\n-- expect reply: (integer) 1\nreturn redis.call('INCR', KEYS[1])\n"


class Unfit(Exception):
    """A check fails; the message says why."""


class Release:
    """A wheel, and on demand an environment in which it alone is installed."""

    def __init__(self, wheel: Path, dependencies: Path, scratch: Path) -> None:
        self.wheel = wheel.resolve()
        self.dependencies = dependencies.resolve()
        self.scratch = scratch

    @cached_property
    def files(self) -> dict[str, bytes]:
        """What is in the wheel, by name."""
        with zipfile.ZipFile(self.wheel) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @cached_property
    def installed(self) -> Path:
        """The folder of the programs of a new environment with this wheel. Raises Unfit if it cannot be installed."""
        environment = self.scratch / "environment"
        ran(sys.executable, "-m", "venv", str(environment))
        programs = environment / ("Scripts" if os.name == "nt" else "bin")
        pip = (str(programs / "python"), "-m", "pip", "--disable-pip-version-check")
        ran(*pip, "install", "--quiet", "--no-index", "--find-links", str(self.dependencies), str(self.wheel))
        ran(*pip, "check")
        return programs

    @cached_property
    def empty(self) -> Path:
        """A folder with nothing in it but a script."""
        folder = self.scratch / "empty"
        folder.mkdir()
        (folder / "script.lua").write_text(SCRIPT)
        return folder

    def ferrous(self, *words: str) -> str:
        """What the installed program prints in the empty folder. Raises Unfit unless it ends with 0."""
        return ran(str(self.installed / "ferrous"), *words, cwd=self.empty)


def ran(*command: str, cwd: Path = ROOT, **environment: str) -> str:
    """What a program prints. Raises Unfit with its last words unless it ends with 0."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MAKEFLAGS", "MAKELEVEL")}
    done = subprocess.run(command, cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it says nothing"]
        raise Unfit(f"{' '.join(command)[:120]} ends with {done.returncode}: {said[-1][:300]}")
    return done.stdout


def checkout_is_clean(release: Release) -> str:
    """Everything that is built is committed."""
    if changed := ran("git", "status", "--porcelain").splitlines():
        raise Unfit(f"{len(changed)} files are not committed, {changed[0]} among them")
    return ran("git", "log", "-1", "--format=%h %s").strip()


def version_is_one(release: Release) -> str:
    """The package, the wheel and the engine of its page are of one version, which is that of a release."""
    version = ferrous_vm.__version__
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise Unfit(f"{version} is not the version of a release")
    (metadata,) = [name for name in release.files if name.endswith(".dist-info/METADATA")]
    names = [release.wheel.name, *(name for name in release.files if "/ferrous_vm-" in name)]
    found = {message_from_bytes(release.files[metadata])["Version"]}
    found |= {match[1] for match in (re.search(r"ferrous_vm-([^-/]+)-[^/]*\.whl$", name) for name in names) if match}
    if found != {version}:
        raise Unfit(f"the package is {version}, the wheel and its page say {', '.join(sorted(found))}")
    return version


def changelog_tells(release: Release) -> str:
    """The changelog begins with a section of this version."""
    headings = re.findall(r"^## (\S+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    if headings[:1] != [ferrous_vm.__version__]:
        raise Unfit(f"CHANGELOG.md does not begin with {ferrous_vm.__version__}")
    return f"CHANGELOG.md, {headings[0]}"


def no_page_within_the_page(release: Release) -> str:
    """The engine that the page loads has no page, and what is typed is marked."""
    engines = [name for name in release.files if re.search(r"/page/engine-.*\.(?:whl|zip)$", name)]
    if not engines or "ferrous_vm/page/index.html" not in release.files:
        raise Unfit("there is no page in it")
    for name in engines:
        with zipfile.ZipFile(io.BytesIO(release.files[name])) as engine:
            if any(inner.startswith("ferrous_vm/page/") for inner in engine.namelist()):
                raise Unfit(f"{name} has a page")
    for package in ("ferrous_vm", "pyodide_bridge"):
        if f"{package}/py.typed" not in release.files:
            raise Unfit(f"{package} has no py.typed")
    return f"{len(release.files)} files, {release.wheel.stat().st_size / 1e6:.1f} MB"


def is_reproducible(release: Release) -> str:
    """The commit built again, in another folder, time zone and with other modes of files, is the same wheel."""
    clone = release.scratch / "clone"
    ran("git", "clone", "--quiet", str(ROOT), str(clone))
    # No link: esbuild would name what it bundles by where a file lies really, and the names of chunks hang on that.
    shutil.copytree(ROOT / "node_modules", clone / "node_modules", symlinks=True)
    built = clone / "build" / "ferrous"
    built.mkdir(parents=True)
    for name in DOWNLOADED:
        shutil.copytree(ROOT / "build" / "ferrous" / name, built / name)
        (built / f"{name}.stamp").touch()
    environment = Path(sys.prefix)
    stamps = [f"--old-file={environment}/.stamp", "--old-file=node_modules/.stamp"]
    words = ["make", "--silent", f"VENV={environment}", *stamps, "build/release/dist.stamp"]
    ran("sh", "-c", 'umask 077; exec "$@"', "sh", *words, cwd=clone, PYTHONPATH=str(clone), TZ="Pacific/Auckland")
    again = clone / "build" / "release" / "dist" / release.wheel.name
    if again.read_bytes() != release.wheel.read_bytes():
        with zipfile.ZipFile(again) as archive:
            other = {name: archive.read(name) for name in archive.namelist()}
        names = sorted({name for name, _ in other.items() ^ release.files.items()})
        raise Unfit(f"built again it differs in {len(names)} files: {', '.join(names[:4])}")
    return f"sha256 {hashlib.sha256(release.wheel.read_bytes()).hexdigest()}"


def installs_with_what_it_declares(release: Release) -> str:
    """In a new environment it brings what it declares, and nothing else."""
    listed = ran(str(release.installed / "python"), "-m", "pip", "--disable-pip-version-check", "list", "--format=json")
    names = {package["name"].lower().replace("_", "-") for package in json.loads(listed)} - {"pip", "setuptools"}
    if names != {"ferrous-vm", "sortedcontainers"}:
        raise Unfit(f"installed are {', '.join(sorted(names))}")
    return ", ".join(sorted(names))


def runs_and_tests(release: Release) -> str:
    """`ferrous --version`, `run` and `test` work in an empty folder."""
    told = release.ferrous("--version").strip()
    if told != f"ferrous {ferrous_vm.__version__}":
        raise Unfit(f"--version says {told}")
    if (reply := release.ferrous("run", "script.lua", "--keys", "visits").strip()) != "(integer) 1":
        raise Unfit(f"run says {reply}")
    release.ferrous("test", "script.lua")
    return told


@contextmanager
def workbench(release: Release) -> Iterator[str]:
    """The address of `ferrous` while it serves. Raises Unfit if it does not end as it should."""
    command = [str(release.installed / "ferrous"), "--no-browser"]
    with subprocess.Popen(command, cwd=release.empty, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:\d+/", run.stdout.readline())
        try:
            if address is None:
                raise Unfit("it tells no address")
            yield address[0]
        finally:
            run.send_signal(signal.SIGINT)
            errors = run.communicate()[1]
    if run.returncode or errors:
        raise Unfit(f"Ctrl-C ends it with {run.returncode}: {errors.strip()[-300:]}")


def opens_the_page(release: Release) -> str:
    """`ferrous` serves each file of the page and ends on Ctrl-C."""
    names = [name.removeprefix("ferrous_vm/page/") for name in release.files if name.startswith("ferrous_vm/page/")]
    with workbench(release) as address:
        for name in ("", *names):
            with urllib.request.urlopen(address + name) as answer:
                if answer.status != 200 or answer.headers["Cross-Origin-Embedder-Policy"] != "require-corp":
                    raise Unfit(f"{name or 'the page'} is answered with {answer.status}")
                if name and answer.read() != release.files[f"ferrous_vm/page/{name}"]:
                    raise Unfit(f"{name} comes otherwise than it stands in the wheel")
    return f"{len(names)} files from loopback"


CHECKS: dict[str, Callable[[Release], str]] = {
    "everything is committed": checkout_is_clean,
    "the version is one": version_is_one,
    "the changelog tells of it": changelog_tells,
    "the wheel has the page, once": no_page_within_the_page,
    "the same commit makes the same wheel": is_reproducible,
    "it installs with what it declares": installs_with_what_it_declares,
    "it runs and tests scripts": runs_and_tests,
    "it opens the page offline": opens_the_page,
}
"""What is looked at, in this order."""


def main(wheel: Path, dependencies: Path) -> int:
    """Print a line for each check; answer the exit status."""
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        release = Release(wheel, dependencies, Path(scratch))
        for name, check in CHECKS.items():
            try:
                print(f"ok      {name}: {check(release)}", flush=True)
            except (Unfit, OSError) as error:
                failed += 1
                print(f"FAILED  {name}: {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))

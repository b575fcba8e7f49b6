"""`python -m tests.oracle [--programs N] [--start SEED] [--engine NAME]`: the whole differential test."""

from __future__ import annotations

import argparse
import sys

from ferrous_vm.engines import ENGINES
from tests.oracle.differential import BATCH, LUA, differences, report

PROGRESS_EVERY = 1_000
"""Programs between two lines on standard error that say how far the run has come."""


def main() -> int:
    """Compares N generated programs; exits 1 if one behaves differently."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=20_000)
    parser.add_argument("--start", type=int, default=0, help="first seed")
    parser.add_argument("--engine", action="append", choices=sorted(ENGINES), help="all if not given")
    parser.add_argument("--stop-after", type=int, default=10, help="differences to shrink before giving up")
    options = parser.parse_args()
    if LUA is None:
        print("skipped: there is no lua5.1 to compare with")
        return 0
    engines = options.engine or sorted(ENGINES)
    found = 0
    for start in range(options.start, options.start + options.programs, BATCH):
        seeds = range(start, min(start + BATCH, options.start + options.programs))
        done = start - options.start
        if done and done % PROGRESS_EVERY < BATCH:
            print(f"{done} programs: {found} differences", file=sys.stderr, flush=True)
        for engine, program in differences(engines, seeds):
            found += 1
            print(report(engine, program), flush=True)
            if found >= options.stop_after:
                return 1
    print(f"{' and '.join(engines)}: {options.programs} programs from seed {options.start}: {found} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

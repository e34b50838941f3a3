"""Starts MiniStack on one loopback port with the gap fillers installed.

It takes three variables and removes them before anything else runs, since the emulator hands its environment to every
Lambda function: REHEARSAL_GAPS (path of gaps.json), REHEARSAL_REPORT (path of the report to write) and REHEARSAL_SEEDS
(JSON, see seeding.py). MiniStack itself reads GATEWAY_PORT and BIND_HOST.

The process ends, with every process of its group, as soon as its standard input closes: whoever started it is gone.
"""

import importlib.metadata
import json
import os
import signal
import sys
import threading


def end_with_parent() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    # The Lambda workers are children of this group; a plain exit would orphan them.
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


def main() -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()

    gaps_path = os.environ.pop("REHEARSAL_GAPS")
    report_path = os.environ.pop("REHEARSAL_REPORT")
    seeds = json.loads(os.environ.pop("REHEARSAL_SEEDS"))
    with open(gaps_path, encoding="utf-8") as file:
        gaps = json.load(file)

    wanted, found = gaps["emulator"]["version"], importlib.metadata.version("ministack")
    if found != wanted:
        sys.exit(
            f"The gap fillers are written against ministack {wanted}, got: {found}. "
            "Check every entry of gaps.json against the new version, then change its version there."
        )

    import fillers
    import machinery
    import seeding
    import settling
    from ministack import app

    report = machinery.Report(report_path, [gap["id"] for gap in gaps["gaps"]])
    services = machinery.Services(int(os.environ["GATEWAY_PORT"]))
    machinery.install(gaps["gaps"], fillers.FILLERS, services, report)
    seeding.install(seeds, report)
    settling.install()
    app.main()


if __name__ == "__main__":
    main()

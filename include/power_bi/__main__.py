"""Make the Power BI files anew: ``make power-bi``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from shopify_analytics.files import replacing

from power_bi.project import all_files

DASHBOARDS = Path(__file__).parents[2] / "dashboards"
# Whatever else is found in these folders was made by an earlier version; .pbi is Desktop's own.
GENERATED = ("*.SemanticModel", "*.Report")
DESKTOPS_OWN = ".pbi"


def write_all(folder: Path) -> list[str]:
    """Make every file of ``folder`` what the specification says.

    :return: the paths, relative to ``folder``, that were written or deleted; empty when nothing had changed.
    """
    files = all_files()
    stale = sorted(
        path
        for pattern in GENERATED
        for path in folder.glob(f"{pattern}/**/*")
        if path.is_file()
        and DESKTOPS_OWN not in path.parts
        and path.relative_to(folder).as_posix() not in files
    )
    for path in stale:
        path.unlink()
    return [path.relative_to(folder).as_posix() for path in stale] + write_files(folder, files)


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write those of the files, by their path below ``folder``, that are not yet so; return their paths."""
    workspace = folder / ".unfinished"
    changed = []
    for name, content in files.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            with replacing(path, workspace) as unfinished:
                unfinished.write_bytes(content)
            changed.append(name)
    shutil.rmtree(workspace, ignore_errors=True)
    return changed


def main() -> None:
    """Write into ``dashboards`` and say what changed."""
    changed = write_all(DASHBOARDS)
    sys.stdout.write("".join(f"{path}\n" for path in changed) or "Nothing has changed.\n")


if __name__ == "__main__":
    main()

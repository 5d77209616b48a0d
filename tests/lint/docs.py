#!/usr/bin/env python3
"""What must be written down is: the top level's pages, a README for each module of lib/ that has
sources, and a README and run.sh for each example. Usage: docs.py [ROOT]"""

import pathlib
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
wanted = [ROOT / "README.md", ROOT / "CHANGELOG.md"]
wanted += sorted({source.parent / "README.md" for source in ROOT.glob("lib/*/*.[hc]*")
                  if source.suffix in (".h", ".cpp")})
for example in sorted(path for path in (ROOT / "examples").glob("*") if path.is_dir()):
    wanted += [example / "README.md", example / "run.sh"]
missing = [page for page in wanted if not page.exists() or not page.read_text().strip()]
for page in missing:
    print(f"{page.relative_to(ROOT)}: missing or empty")
if not missing:
    print(f"docs: {len(wanted)} pages are there")
sys.exit(bool(missing))

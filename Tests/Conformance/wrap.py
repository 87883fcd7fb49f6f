#!/usr/bin/env python3
"""Makes a recipe of each conformance script, which is what taprecipe runs.

    wrap.py SCRIPTS RECIPES

A script's first line says what it shows. '# limits: NAME=VALUE' and '# guru' in the lines behind it become those keys
of the recipe; '# alone' has no program started.
"""

import json
import re
import sys
from pathlib import Path


def recipe(name, script):
    head = {"name": name, "summary": script.splitlines()[0].removeprefix("# ").rstrip(".")}
    head["parameters"] = {"program": {"type": "executable", "required": True, "help": "the traced program"}}
    if limits := re.search(r"^# limits: (.*)$", script, re.M):
        head["limits"] = {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", limits[1])}
    if re.search(r"^# guru$", script, re.M):
        head["guru"] = True
    # JSON is YAML.
    lines = [f"{key}: {json.dumps(value)}" for key, value in head.items()]
    return "\n".join([*lines, "timeout: 60s", "script: |", *("  " + line for line in script.splitlines()), ""])


def main(scripts, recipes):
    recipes.mkdir(parents=True, exist_ok=True)
    for old in recipes.glob("*.yaml"):
        old.unlink()
    for path in scripts.glob("*.stp"):
        (recipes / f"{path.stem}.yaml").write_text(recipe(path.stem, path.read_text()))


main(*map(Path, sys.argv[1:]))

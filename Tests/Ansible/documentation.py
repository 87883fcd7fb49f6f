"""Has ansible-doc read every module and role of the collection, and holds what is documented against modules' options."""

import importlib
import json
import pathlib
import subprocess
import sys

collection = pathlib.Path(sys.argv[1])
NAME = "taprecipe.taprecipe"
# What is documented of an option beside words, and what is meant where that is left out.
TRAITS = {"type": "str", "required": False, "default": None, "choices": None, "elements": None}


def documented(kind, names):
    """What ansible-doc says of them; it leaves out what it cannot read."""
    words = ["ansible-doc", "--type", kind, "--json", *(f"{NAME}.{name}" for name in names)]
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    found = json.loads(result.stdout or "{}")
    missing = [name for name in names if f"{NAME}.{name}" not in found]
    if result.returncode or missing:
        sys.exit(f"documentation.py: ansible-doc cannot read {missing}: {result.stderr}")
    return {name: found[f"{NAME}.{name}"] for name in names}


class Taken(Exception):
    """A module's options, on their way out of it."""


def taken(name):
    """The options that a module really takes."""
    module = importlib.import_module(f"ansible_collections.{NAME}.plugins.modules.{name}")

    def take(argument_spec, **_):
        raise Taken(argument_spec)

    module.AnsibleModule = take
    try:
        module.main()
    except Taken as options:
        return options.args[0]
    sys.exit(f"documentation.py: {name} takes no options")


def traits(options):
    return {name: {t: option.get(t, usual) for t, usual in TRAITS.items()} for name, option in options.items()}


sys.path.insert(0, str(collection.parent.parent.parent))
modules = documented("module", sorted(path.stem for path in (collection / "plugins/modules").glob("*.py")))
for name, page in modules.items():
    said, true = traits(page["doc"]["options"]), traits(taken(name))
    if said != true:
        wrong = {key: (said.get(key), true.get(key)) for key in said.keys() | true.keys() if said.get(key) != true.get(key)}
        sys.exit(f"documentation.py: {name}: documented and true options differ: {wrong}")
    if not (page["examples"] and page["return"]):
        sys.exit(f"documentation.py: {name} has no examples, or does not say what it returns")
documented("role", sorted(path.name for path in (collection / "roles").iterdir()))

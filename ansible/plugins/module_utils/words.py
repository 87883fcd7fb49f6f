"""What a module was asked for, as words of taprecipe's command line."""

from __future__ import annotations


class WordError(ValueError):
    """A value that no command line has words for; the text says which, and what was expected."""


def options(params, *names):
    """The options of those names, as taprecipe calls them ('max_load' is '--max-load'); an absent value gives none."""
    words = []
    for name in names:
        value = params[name]
        option = "--" + name.replace("_", "-")
        if value is True:
            words.append(option)
        elif value is not None and value is not False:
            words.append("%s=%s" % (option, value))
    return words


def limits(given):
    """A '--limit NAME=VALUE' for each."""
    return ["--limit=%s=%s" % (name, text(name, value)) for name, value in (given or {}).items()]


def folders(given):
    """A '--recipes FOLDER' for each."""
    return ["--recipes=" + folder for folder in given or []]


def parameters(given):
    """A recipe's parameters: '--NAME=VALUE', so that a value may begin with a dash. Of a list one for each."""
    words = []
    for name, value in (given or {}).items():
        for item in value if isinstance(value, list) else [value]:
            words.append("--%s=%s" % (name, text(name, item)))
    return words


def variables(given):
    """A '--set NAME=VALUE' for each of a runbook's variables."""
    return ["--set=%s=%s" % (name, text(name, value)) for name, value in (given or {}).items()]


def names(given):
    """Names of recipes or their files, which must not be taken for options."""
    for name in given:
        if name.startswith("-"):
            raise WordError("found '%s', expected a recipe's name or a path to its file" % name)
    return list(given)


def text(name, value):
    """A value of YAML as the command line writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    kind = "nothing" if value is None else "a list" if isinstance(value, list) else "a mapping"
    raise WordError("'%s' is %s, expected a text, a number or a truth value" % (name, kind))

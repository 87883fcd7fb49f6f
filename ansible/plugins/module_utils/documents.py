"""taprecipe's JSON, in the versions that this collection knows."""

from __future__ import annotations

import json

# Within a version members are only added; see docs/summary.schema.json and docs/batch.schema.json.
SUMMARY = ("taprecipe.summary", 1)
BATCH = ("taprecipe.batch", 1)


class DocumentError(ValueError):
    """Something else than the JSON that was expected; the text says what was found."""


def read(text, expected=None):
    """The document in a text; expected is its format and version, None where it has none. None for an empty text."""
    if not text.strip():
        return None
    try:
        document = json.loads(text)
    except ValueError as error:
        raise DocumentError("taprecipe printed no JSON: %s" % error) from error
    if not isinstance(document, dict):
        raise DocumentError("taprecipe printed no JSON object")
    if expected:
        found = (document.get("format"), document.get("version"))
        if found != expected:
            raise DocumentError(
                "taprecipe printed version %s of %s, expected version %s of %s: "
                "use the collection that came with this taprecipe" % (found[1], found[0], expected[1], expected[0])
            )
    return document

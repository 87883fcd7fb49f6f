"""Options that modules have in common; plugins/doc_fragments documents them."""

from __future__ import annotations

COMMON = dict(
    limits=dict(type="dict", default={}),
    allow_guru=dict(type="bool", default=False),
    allow_return_probes=dict(type="bool", default=False),
    recipes_path=dict(type="list", elements="path", default=[]),
    executable=dict(type="str", default="taprecipe"),
)

TRACING = dict(
    engine=dict(type="str", choices=["auto", "bpf", "stap"]),
    lock=dict(type="str"),
    store=dict(type="path"),
)

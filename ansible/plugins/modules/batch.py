#!/usr/bin/python
"""taprecipe batch, for plays."""

# Copyright (c) 2026 The taprecipe authors
# MIT License (see LICENSE in taprecipe's repository)

from __future__ import annotations

DOCUMENTATION = r"""
module: batch
short_description: Run a runbook of taprecipe and return its report
version_added: "0.1.0"
description:
  - Runs the steps of a runbook on the host within a budget, and returns the JSON of its report.
  - Steps that found something, found nothing, or from which nothing can be concluded are no failure. The task fails where
    a step failed, also if others found something; C(report) then holds what those found.
extends_documentation_fragment:
  - taprecipe.taprecipe.common
  - taprecipe.taprecipe.common.tracing
options:
  runbook:
    description:
      - The runbook's file on the host. As root neither it nor a recipe may be a file that others can write.
    type: path
    required: true
  variables:
    description: The runbook's variables by name.
    type: dict
    default: {}
  jobs:
    description: How many steps run at a time; by default as the runbook says.
    type: int
  budget:
    description: How long all steps together may take, such as C(10m); by default as the runbook says.
    type: str
  resume:
    description: Go on with the run of this runbook that was interrupted, killed or out of its budget.
    type: bool
    default: false
author:
  - The taprecipe authors (@taprecipe)
"""

EXAMPLES = r"""
- name: Bring the runbook
  ansible.builtin.copy:
    src: nightly.yaml
    dest: /etc/taprecipe/nightly.yaml
    mode: "0644"
  become: true

- name: Run it
  taprecipe.taprecipe.batch:
    runbook: /etc/taprecipe/nightly.yaml
    variables:
      binary: /usr/sbin/nginx
    budget: 10m
  register: nightly
  become: true

- name: Name the steps that found something
  ansible.builtin.debug:
    msg: "{{ nightly.report.steps | selectattr('end.exitCode', 'defined') | selectattr('end.exitCode', 'eq', 10)
      | map(attribute='name') }}"
"""

RETURN = r"""
rc:
  description: taprecipe's exit code, the worst step's.
  returned: always
  type: int
  sample: 10
cmd:
  description: The command line.
  returned: always
  type: list
  elements: str
messages:
  description: What taprecipe said on standard error, by lines.
  returned: always
  type: list
  elements: str
found:
  description: Whether a step found what its C(fail-if) names.
  returned: when something was run
  type: bool
headline:
  description: The report's first line.
  returned: when there is a report
  type: str
report:
  description: The report, of C(taprecipe.batch) version 1.
  returned: when there is one
  type: dict
validation:
  description: What C(taprecipe validate) printed.
  returned: in check mode
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.taprecipe.taprecipe.plugins.module_utils import documents, outcome, words
from ansible_collections.taprecipe.taprecipe.plugins.module_utils.arguments import COMMON, TRACING
from ansible_collections.taprecipe.taprecipe.plugins.module_utils.tool import Tool


def main():
    """Runs the runbook, or validates it in check mode."""
    module = AnsibleModule(
        argument_spec=dict(
            COMMON,
            **TRACING,
            runbook=dict(type="path", required=True),
            variables=dict(type="dict", default={}),
            jobs=dict(type="int"),
            budget=dict(type="str"),
            resume=dict(type="bool", default=False),
        ),
        supports_check_mode=True,
    )
    params = module.params
    tool = Tool(module)
    subject = tool.words(
        (words.names, [[params["runbook"]]]),
        (words.variables, [params["variables"]]),
        (words.folders, [params["recipes_path"]]),
        (words.options, [params, "allow_guru"]),
    )
    if module.check_mode:
        tool.validate(subject)

    wanted = tool.words(
        (words.options, [params, *TRACING, "allow_return_probes", "jobs", "budget", "resume"]),
        (words.limits, [params["limits"]]),
    )
    status, report = tool.ask(["batch"] + subject + wanted, documents.BATCH)
    failed, found, warnings = outcome.of_batch(status, report)
    for warning in warnings:
        module.warn(warning)
    result = {"found": found}
    if report:
        result.update(report=report, headline=report["headline"])
    if failed:
        tool.fail(status, report["headline"] if report else None, **result)
    tool.succeed(status, changed=params["allow_guru"], **result)


if __name__ == "__main__":
    main()

#!/usr/bin/python
"""taprecipe run, for plays."""

# Copyright (c) 2026 The taprecipe authors
# MIT License (see LICENSE in taprecipe's repository)

from __future__ import annotations

DOCUMENTATION = r"""
module: run
short_description: Run a recipe of taprecipe and return its summary
version_added: "0.1.0"
description:
  - Runs a recipe on the host for a bounded time and returns the JSON of its summary, so that a play can act on it.
  - A run that found something, found nothing, or from which nothing can be concluded is no failure. C(found) and
    C(grade) tell them apart; of one that is inconclusive the task warns.
  - It fails where the recipe, a parameter or an option is wrong, no engine can run, or the run failed or was interrupted.
extends_documentation_fragment:
  - taprecipe.taprecipe.common
  - taprecipe.taprecipe.common.tracing
options:
  recipe:
    description:
      - A recipe's name or a path to its file on the host. Several are run one after the other, into one report.
    type: list
    elements: str
    required: true
  parameters:
    description:
      - The recipe's parameters by name, such as C(binary). A list gives a parameter several times.
    type: dict
    default: {}
  pid:
    description: The process to trace, with its descendants.
    type: int
  unit:
    description: The systemd unit whose processes are traced.
    type: str
  cgroup:
    description: The control group whose processes are traced.
    type: str
  container:
    description: The id of the container whose processes are traced, 12 digits or more.
    type: str
  command:
    description: A program with its arguments, which is started under the recipe and ended with the run.
    type: list
    elements: str
  timeout:
    description: How long to trace, such as C(30s); by default as the recipe says.
    type: str
  deadline:
    description: How long the whole run may take, such as C(5m).
    type: str
  module:
    description:
      - A module on the host, which M(taprecipe.taprecipe.compile) made. C(parameters) are compiled into it.
      - In check mode it is held against the host where it is there already.
    type: path
  retry:
    description: Raise a limit that was too small, and run again within the same time.
    type: bool
    default: true
  max_load:
    description: Do not begin, or end the run, where the load of the last minute is higher.
    type: float
  max_overhead:
    description: End the run where its probes cost the target more processor time, such as C(2%).
    type: str
  max_output:
    description: The most of the script's output that is kept, such as C(64MiB).
    type: str
  fail_if:
    description: A record; where one was found, C(found) is true.
    type: str
author:
  - The taprecipe authors (@taprecipe)
"""

EXAMPLES = r"""
- name: Watch nginx for half a minute
  taprecipe.taprecipe.run:
    recipe: nginx-5xx
    parameters:
      binary: /usr/sbin/nginx
    timeout: 30s
    fail_if: request
  register: errors
  become: true

- name: Say who decided on the errors
  ansible.builtin.debug:
    msg: "{{ errors.headline }}"
  when: errors.found

- name: Run two recipes on a service, for longer than a connection may last
  taprecipe.taprecipe.run:
    recipe: [nginx-latency, nginx-upstreams]
    unit: nginx
    timeout: 10m
  async: 1500
  poll: 30
  become: true
"""

RETURN = r"""
rc:
  description: taprecipe's exit code.
  returned: always
  type: int
  sample: 0
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
  description: Whether a record that C(fail_if) names was found.
  returned: when something was run
  type: bool
grade:
  description: How far the summary can be trusted, C(complete), C(degraded) or C(inconclusive).
  returned: when one recipe was run and came to a summary
  type: str
headline:
  description: The summary's or the report's first line.
  returned: when there is a summary or report
  type: str
  sample: "nginx-5xx: 3 requests, 2 distinct stacks; complete"
summary:
  description: The summary, of C(taprecipe.summary) version 1.
  returned: when one recipe was run and came to a summary
  type: dict
report:
  description: The report of several recipes, of C(taprecipe.batch) version 1.
  returned: when several recipes were run
  type: dict
validation:
  description: What C(taprecipe validate) printed.
  returned: in check mode
  type: dict
"""

import os

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.taprecipe.taprecipe.plugins.module_utils import documents, outcome, words
from ansible_collections.taprecipe.taprecipe.plugins.module_utils.arguments import COMMON, TRACING
from ansible_collections.taprecipe.taprecipe.plugins.module_utils.tool import Tool

TARGETS = ("pid", "unit", "cgroup", "container")


def main():
    """Runs the recipes, or validates them in check mode."""
    module = AnsibleModule(
        argument_spec=dict(
            COMMON,
            **TRACING,
            recipe=dict(type="list", elements="str", required=True),
            parameters=dict(type="dict", default={}),
            pid=dict(type="int"),
            unit=dict(type="str"),
            cgroup=dict(type="str"),
            container=dict(type="str"),
            command=dict(type="list", elements="str"),
            timeout=dict(type="str"),
            deadline=dict(type="str"),
            module=dict(type="path"),
            retry=dict(type="bool", default=True),
            max_load=dict(type="float"),
            max_overhead=dict(type="str"),
            max_output=dict(type="str"),
            fail_if=dict(type="str"),
        ),
        mutually_exclusive=[TARGETS + ("command",)],
        supports_check_mode=True,
    )
    params = module.params
    tool = Tool(module)
    recipes = tool.words((words.names, [params["recipe"]]))
    if not recipes:
        module.fail_json(msg="found no recipe in 'recipe', expected one or more")
    subject = recipes + tool.words(
        (words.parameters, [params["parameters"]]),
        (words.folders, [params["recipes_path"]]),
        (words.options, [params, "allow_guru", *TARGETS]),
    )
    command = ["--"] + params["command"] if params["command"] else []
    wanted = tool.words(
        (words.options, [params, *TRACING, "allow_return_probes", "timeout", "deadline", "module"]),
        (words.options, [params, "max_load", "max_overhead", "max_output", "fail_if"]),
        (words.limits, [params["limits"]]),
    )
    wanted += [] if params["retry"] else ["--no-retry"]

    if module.check_mode:
        check(tool, subject, wanted, command)

    is_one = len(recipes) == 1
    status, document = tool.ask(
        ["run"] + subject + wanted + command, documents.SUMMARY if is_one else documents.BATCH
    )
    failed, found, warnings = (outcome.of_run if is_one else outcome.of_batch)(status, document)
    for warning in warnings:
        module.warn(warning)
    result = {"found": found}
    if document:
        result["summary" if is_one else "report"] = document
        result["headline"] = document["headline"]
    if document and is_one:
        result["grade"] = document["grade"]
    if failed:
        tool.fail(status, **result)
    # A run looks on. Only a program of the user's, or a script in guru mode, does more.
    tool.succeed(status, changed=bool(command) or params["allow_guru"], **result)


def check(tool, subject, wanted, command):
    """What check mode does. A module carries its recipe, which the host need not have: 'run --dry-run' checks it."""
    path = tool.module.params["module"]
    if path is None:
        tool.validate(subject + command)
    if not os.path.exists(path):
        tool.module.exit_json(changed=False, msg="'%s' is not here yet, so it was not checked" % path)
    status, unused = tool.call(["run"] + subject + wanted + ["--dry-run"] + command)
    if status != 0:
        tool.fail(status)
    tool.succeed(status)


if __name__ == "__main__":
    main()

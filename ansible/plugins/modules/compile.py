#!/usr/bin/python
"""taprecipe compile, for plays."""

# Copyright (c) 2026 The taprecipe authors
# MIT License (see LICENSE in taprecipe's repository)

from __future__ import annotations

DOCUMENTATION = r"""
module: compile
short_description: Compile a recipe of taprecipe into a kernel module for hosts without a compiler
version_added: "0.1.0"
description:
  - Compiles a recipe with its parameters by SystemTap into a kernel module, which M(taprecipe.taprecipe.run) runs on hosts
    that have the same kernel and the same build of the traced program, and need no compiler, headers or debug
    information.
  - The host that compiles needs SystemTap, a C compiler, the kernel's headers, and the program with debug information.
  - taprecipe keeps what it compiled; that again takes no time, and changes nothing.
  - The role C(taprecipe.taprecipe.modules) does this once for each kernel of many hosts.
extends_documentation_fragment:
  - taprecipe.taprecipe.common
options:
  recipe:
    description: The recipe's name, or a path to its file on the host.
    type: str
    required: true
  parameters:
    description: The recipe's parameters by name. A list gives a parameter several times.
    type: dict
    default: {}
  kernel_release:
    description: The kernel to compile for, as C(uname -r) prints it; by default the host's own.
    type: str
  dest:
    description: Where to put the module on the host.
    type: path
    required: true
  deadline:
    description: How long the compile may take, such as C(5m).
    type: str
author:
  - The taprecipe authors (@taprecipe)
"""

EXAMPLES = r"""
- name: Compile nginx-5xx for a kernel
  taprecipe.taprecipe.compile:
    recipe: nginx-5xx
    parameters:
      binary: /usr/sbin/nginx
    kernel_release: 6.1.0-56-amd64
    dest: /var/lib/taprecipe/nginx-5xx.ko
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
dest:
  description: Where the module is.
  returned: success
  type: str
checksum:
  description: The SHA-256 of the module.
  returned: when it was compiled
  type: str
validation:
  description: What C(taprecipe validate) printed.
  returned: in check mode
  type: dict
"""

import os

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.taprecipe.taprecipe.plugins.module_utils import words
from ansible_collections.taprecipe.taprecipe.plugins.module_utils.arguments import COMMON
from ansible_collections.taprecipe.taprecipe.plugins.module_utils.tool import Tool


def main():
    """Compiles the recipe, or validates it in check mode."""
    module = AnsibleModule(
        argument_spec=dict(
            COMMON,
            recipe=dict(type="str", required=True),
            parameters=dict(type="dict", default={}),
            kernel_release=dict(type="str"),
            dest=dict(type="path", required=True),
            deadline=dict(type="str"),
        ),
        supports_check_mode=True,
    )
    params = module.params
    tool = Tool(module)
    dest = params["dest"]
    subject = tool.words(
        (words.names, [[params["recipe"]]]),
        (words.parameters, [params["parameters"]]),
        (words.folders, [params["recipes_path"]]),
        (words.options, [params, "allow_guru"]),
    )
    if module.check_mode:
        tool.validate(subject, changed=not os.path.exists(dest), dest=dest)

    before = module.sha256(dest) if os.path.exists(dest) else None
    wanted = tool.words(
        (words.options, [params, "allow_return_probes", "kernel_release", "deadline"]),
        (words.limits, [params["limits"]]),
    )
    status, unused = tool.call(["compile"] + subject + wanted + ["--output=" + dest])
    if status != 0:
        tool.fail(status)
    checksum = module.sha256(dest)
    tool.succeed(status, changed=checksum != before, dest=dest, checksum=checksum)


if __name__ == "__main__":
    main()

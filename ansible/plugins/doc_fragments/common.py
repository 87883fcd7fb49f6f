"""Documentation of options that modules have in common; plugins/module_utils/arguments.py has them."""

from __future__ import annotations


class ModuleDocFragment:
    """What every module of the collection takes."""

    DOCUMENTATION = r"""
options:
  limits:
    description:
      - Limits over the recipe's own, by SystemTap's names, such as C(MAXACTION), and C(buffer).
    type: dict
    default: {}
  allow_guru:
    description:
      - Allow recipes that need SystemTap's guru mode, which can change the traced system.
    type: bool
    default: false
  allow_return_probes:
    description:
      - Allow return probes in C++, Rust and Go programs, which end such a program where it throws or moves a stack.
    type: bool
    default: false
  recipes_path:
    description:
      - Folders of the host that recipes are looked for in first.
    type: list
    elements: path
    default: []
  executable:
    description:
      - The program on the host, by its path or by a name that is looked up.
    type: str
    default: taprecipe
requirements:
  - taprecipe on the host, as the role C(taprecipe.taprecipe.install) installs it
  - Python 3.7 or later on the host
attributes:
  check_mode:
    description: Whether the task can be done without changing anything.
    support: full
    details:
      - Checks what is to be run by C(taprecipe validate), without root, and runs nothing.
  diff_mode:
    description: Whether differences are shown.
    support: none
"""

    TRACING = r"""
options:
  engine:
    description:
      - Which engine runs scripts; by default the built-in one where it does the whole script, else SystemTap.
    type: str
    choices: [auto, bpf, stap]
  lock:
    description:
      - Fail while another run with this lock's name goes on.
    type: str
  store:
    description:
      - The run store on the host, or C(none) to keep nothing there; by default the user's.
    type: path
notes:
  - Tracing needs root, or the rights that taprecipe's operators.md names. Use C(become).
  - A run is bounded by its own time. For one that takes longer than the connection is trusted to last, use C(async).
    Where the connection is lost, or Ansible's C(timeout) for the task ends it, the run on the host ends by its own time.
  - The options stand in the host's process list and, unless the task has C(no_log), in its log. What the recipe prints is
    in the result. Give C(no_log) to tasks that show secrets, such as C(nginx-headers) with C(show-secrets).
"""

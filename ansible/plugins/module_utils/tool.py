"""taprecipe as a module asks it."""

from __future__ import annotations

from ansible_collections.taprecipe.taprecipe.plugins.module_utils import documents, words


class Tool:
    """The taprecipe of this host. What goes wrong ends the module with taprecipe's own words."""

    def __init__(self, module):
        self.module = module
        self.cmd = self.messages = None
        name = module.params["executable"]
        # sshd's PATH need not have what 'make install' takes.
        self.path = module.get_bin_path(name, opt_dirs=["/usr/local/bin"])
        if self.path is None:
            module.fail_json(msg="there is no program '%s' here; the role taprecipe.taprecipe.install installs it" % name)

    def call(self, arguments):
        """Runs it: its exit code, and what it printed. Its warnings become the task's."""
        self.cmd = [self.path] + arguments
        status, output, errors = self.module.run_command(self.cmd, environ_update={"NO_COLOR": "1"})
        self.messages = errors.splitlines()
        for message in self.messages:
            if message.startswith("warning: "):
                self.module.warn(message[len("warning: "):])
        return status, output

    def ask(self, arguments, expected=None):
        """Runs a subcommand: its exit code, and the document that it printed, None where it printed nothing."""
        status, output = self.call(arguments[:1] + ["--format=json"] + arguments[1:])
        try:
            return status, documents.read(output, expected)
        except documents.DocumentError as error:
            self.fail(status, str(error))

    def validate(self, arguments, **result):
        """What check mode does, and the module's end: 'taprecipe validate', which needs no rights and touches nothing."""
        status, validation = self.ask(["validate"] + arguments)
        if status != 0:
            self.fail(status, self.complaints(validation), validation=validation)
        self.succeed(status, validation=validation, **result)

    def words(self, *parts):
        """The words that functions of the module 'words' make of this module's options."""
        try:
            return [word for make, arguments in parts for word in make(*arguments)]
        except words.WordError as error:
            self.module.fail_json(msg=str(error))

    def succeed(self, status, changed=False, **result):
        """Ends the module, which has done what it was asked; Ansible would take an 'rc' above 0 for a failure."""
        self.module.exit_json(failed=False, changed=changed, rc=status, cmd=self.cmd, messages=self.messages, **result)

    def fail(self, status, message=None, **result):
        """Ends the module: by default with what taprecipe said."""
        said = "\n".join(self.messages) or "taprecipe ended with exit code %d and said nothing" % status
        self.module.fail_json(msg=message or said, rc=status, cmd=self.cmd, messages=self.messages, **result)

    @staticmethod
    def complaints(validation):
        """The errors in what 'validate' printed, a line each; None where it printed nothing."""
        checked = validation["checked"] if validation else []
        diagnostics = [item for one in checked for item in one["diagnostics"] if item["severity"] == "error"]
        return "\n".join(one_line(item) for item in diagnostics) or None


def one_line(diagnostic):
    """A diagnostic as 'FILE:LINE:COLUMN: MESSAGE'."""
    place = diagnostic.get("place")
    start = "%s:%d:%d: " % (place["file"], place["line"], place["column"]) if place else ""
    return start + diagnostic["message"]

import Glibc

/// Another command of this program, run to its end.
struct Subcommand {
    /// The command line, without the program.
    let words: [String]
    /// Its working directory.
    let folder: String
    /// Where standard error goes; standard output goes nowhere.
    let errors: String

    /// Runs it; its exit status, or 128 and the signal's number.
    func run() throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var arguments: [UnsafeMutablePointer<CChar>?] = (["taprecipe"] + words).map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        // glibc's own action for the folder is one of those that Swift does not see.
        let before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard before >= 0, chdir(folder) == 0 else {
            throw SystemFailure(action: "cannot enter '\(folder)'", code: errno)
        }
        let code = posix_spawn(&process, Surroundings.executablePath, &actions, nil, arguments, environ)
        _ = fchdir(before)
        close(before)
        guard code == 0 else { throw SystemFailure(action: "cannot start taprecipe", code: code) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else {
                throw SystemFailure(action: "cannot wait for taprecipe", code: errno)
            }
        }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}

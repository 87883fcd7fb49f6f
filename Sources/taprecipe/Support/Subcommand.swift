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
    ///
    /// A terminal's interrupt is the command's to take, which ends its run in order; it is over then here, too.
    ///
    /// - Throws: Where it cannot be started, and an ``Exit`` where it was interrupted.
    func run() throws -> Int32 {
        signal(SIGINT, SIG_IGN)
        defer { signal(SIGINT, SIG_DFL) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var interrupts = sigset_t()
        sigemptyset(&interrupts)
        sigaddset(&interrupts, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &interrupts)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
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
        let failure = posix_spawn(
            &process, Surroundings.executablePath, &actions, &attributes, arguments, environ)
        _ = fchdir(before)
        close(before)
        guard failure == 0 else { throw SystemFailure(action: "cannot start taprecipe", code: failure) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else {
                throw SystemFailure(action: "cannot wait for taprecipe", code: errno)
            }
        }
        let killer = status & 0x7F
        let code = killer == 0 ? (status >> 8) & 0xFF : 128 + killer
        guard code != ExitStatus.interrupted.rawValue else { throw Exit(.interrupted) }
        return code
    }
}

import Glibc
import RunBundles
import RunStore

// What `taprecipe` asks of the run store is done here, in a program of its own: SQLite's library and Foundation, which it
// needs, would make every start of `taprecipe` slower. Its words are no user's business and may change.
//
//   taprecipe-store add PATH MAXIMUM-AGE MAXIMUM-SIZE   a bundle on standard input; prints the run's number
//   taprecipe-store history PATH LIMIT SINCE [RECIPE]   prints a history as JSON
//   taprecipe-store bundle PATH NUMBER                  prints a bundle
//
// Exit codes: 0, or 1 with what is wrong on standard error.

// Whatever SQLite makes beside the store is its owner's alone.
umask(0o077)
// Nobody waits for a store on a file system that hangs.
alarm(60)
do {
    try StoreRequest(CommandLine.arguments).answer()
} catch {
    Output.write(Array("\(error)".utf8), to: STDERR_FILENO)
    exit(1)
}

import ArgumentParser
import Diagnostics
import RecipeModel

/// `taprecipe fmt FILE …`: recipes in the one form.
struct FmtCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Format recipes' files: keys in order, two spaces a level; comments and meaning stay.",
        usage: "taprecipe fmt [--check] FILE.yaml …")

    @OptionGroup var print: PrintOptions

    @Flag(help: "Change nothing; say which files would be, and exit with 3 if any.")
    var check = false

    @Argument(help: "The recipes' files.", completion: .file(extensions: ["yaml"]))
    var files: [String]

    func run() throws {
        let console = print.console
        var isSound = true
        var changed = 0
        for file in files {
            do {
                let (before, after) = try RecipeFormatter.format(path: file)
                guard before.bytes != Array(after.utf8) else { continue }
                changed += 1
                if !check { try RewrittenFile(path: file).write(Array(after.utf8)) }
                let name = Console.safe(Array(file.utf8))
                try console.writeLine(check ? "\(name): not formatted" : "formatted \(name)")
            } catch let error as DiagnosticsError {
                console.report(error.diagnostics)
                isSound = false
            }
        }
        if !isSound || check && changed > 0 { throw Exit(.checkFailed) }
    }
}

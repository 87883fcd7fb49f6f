import ArgumentParser
import Diagnostics
import RecipeBundles
import RecipeModel
import Report
import Signing

/// `taprecipe bundle RECIPE … --output FILE.taprecipe --key SECRET`: recipes in one signed file.
struct BundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Put recipes and runbooks into one file with a minisign signature, or verify such a file.",
        usage: """
            taprecipe bundle RECIPE|RUNBOOK.yaml … -o FILE.taprecipe --key SECRET.key
            taprecipe bundle --verify FILE.taprecipe [--public-key KEY.pub]
            taprecipe bundle --list FILE.taprecipe [--public-key KEY.pub]
            """)

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The bundle to write; the signature goes beside it, into FILE.minisig.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp("The secret key to sign with, as 'minisign -G' makes it.", valueName: "file"),
        completion: .file())
    var key: String?

    @Option(
        help: ArgumentHelp(
            "Read the key's passphrase from this file's first line; else the terminal is asked.",
            valueName: "file"), completion: .file())
    var passphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "A comment that is signed too, such as a version; the file's name by default.",
            valueName: "text"))
    var comment: String?

    @Option(
        help: ArgumentHelp("Verify a bundle and say what it is.", valueName: "file"), completion: .file())
    var verify: String?

    @Option(
        help: ArgumentHelp(
            "Verify a bundle and list its files with their SHA-256 digests.", valueName: "file"),
        completion: .file())
    var list: String?

    @Option(
        help: ArgumentHelp(
            "The key that must have signed it; one of the trusted keys by default.", valueName: "file"),
        completion: .file())
    var publicKey: String?

    @Argument(
        help: ArgumentHelp(
            "Names of recipes, and paths of recipes' and runbooks' files.", valueName: "recipe|runbook"),
        completion: RecipeCompletion.names)
    var names: [String] = []

    func run() throws {
        let console = print.console
        switch (verify, list) {
        case (nil, nil): try make(console)
        case (let file?, nil), (nil, let file?):
            guard names.isEmpty, output == nil, key == nil else {
                throw UsageError("found more to do beside '--verify' or '--list', expected one thing")
            }
            let bundle = try verified(file)
            try console.write(list == nil ? Self.words(file, bundle) : Self.listing(bundle))
        case (_?, _?): throw UsageError("found both '--verify' and '--list', expected one")
        }
    }

    private func make(_ console: Console) throws {
        guard let output, BundlePath.isBundle(output) else {
            throw UsageError("found no '--output FILE\(BundlePath.suffix)', expected where to put the bundle")
        }
        guard let key else { throw UsageError("found no '--key FILE', expected the key to sign with") }
        guard !names.isEmpty else {
            throw UsageError(
                "found no recipe, expected names of recipes, or files of recipes or runbooks",
                notes: ["'taprecipe list' lists what there is"])
        }
        let now = Surroundings.now
        var maker = BundleMaker(recipes.library, Surroundings.bundles.files, created: now)
        for name in names { try maker.add(name) }
        console.report(maker.warnings)
        let bytes = try maker.bytes()
        let secret = try secretKey(key)
        let name = output.split(separator: "/").last.map(String.init) ?? output
        let signature = try Self.signing(key) {
            try secret.sign(bytes, trustedComment: comment ?? name).file
        }
        // Nobody is to find out on a host that what was signed cannot be read.
        let written: VerifiedBundle
        do {
            written = try VerifiedBundle(bytes, signature: signature, keys: [secret.publicKey])
        } catch {
            throw CommandFailure("the bundle that was made is none: \(error)")
        }
        try Self.require(maker.recipes, in: written)
        try OutputFile(path: output, mode: 0o644).write(bytes)
        try OutputFile(path: output + Signature.suffix, mode: 0o644).write(signature)
        try console.write(Self.words(output, written))
    }

    private func secretKey(_ path: String) throws -> SecretKey {
        var bytes = try InputFile(path: path).read(limit: 4096)
        return try Self.signing(path) {
            try SecretKey(file: &bytes) { try Passphrase(file: passphraseFile).read() }
        }
    }

    private func verified(_ path: String) throws -> VerifiedBundle {
        guard let publicKey else { return try Surroundings.bundles.open(path) }
        let key = try Self.signing(publicKey) {
            try PublicKey(file: try InputFile(path: publicKey).read(limit: TrustedKeys.maximumSize))
        }
        return try BundleFile(path).verified(by: [key])
    }

    /// Does some work with a key; a problem of it is one of the key's file.
    private static func signing<Value>(_ file: String, _ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let problem as SigningProblem {
            throw CommandFailure("cannot use '\(file)': \(problem)")
        }
    }

    /// That the recipes are in the bundle as they were reviewed, with what they extend.
    private static func require(_ recipes: [Recipe], in bundle: VerifiedBundle) throws {
        let files = RecipeFiles { _ in bundle.files }
        let library = RecipeLibrary(SearchPath([]), files: files)
        for recipe in recipes {
            let path = BundlePath(bundle: "the bundle\(BundlePath.suffix)", member: "\(recipe.name).yaml")
            guard try library.find("\(path)").bytes == recipe.bytes else {
                throw CommandFailure("recipe '\(recipe.name)' is another one in the bundle that was made")
            }
        }
        for path in bundle.files.runbooks {
            _ = try files.runbook("the bundle\(BundlePath.suffix)/\(path)").variants()
        }
    }

    /// What it is, by whom, and what it is for.
    private static func words(_ file: String, _ bundle: VerifiedBundle) -> String {
        func names(_ paths: [String]) -> String {
            let names = paths.map { $0.split(separator: "/").last?.dropLast(".yaml".count) ?? "" }
            return names.isEmpty ? "none" : names.joined(separator: ", ")
        }
        return """
            \(file.visible): signed by the key \(bundle.key.id)
              made      \(UTCTime.text(bundle.files.created))
              comment   \(bundle.comment.visible)
              recipes   \(names(bundle.files.recipes))
              runbooks  \(names(bundle.files.runbooks))

            """
    }

    /// A line a file, as sha256sum(1) prints it.
    private static func listing(_ bundle: VerifiedBundle) -> String {
        bundle.entries.map { "\($0.sha256)  \($0.path)\n" }.joined()
    }
}

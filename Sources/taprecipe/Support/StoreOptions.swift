import ArgumentParser
import Diagnostics
import Engine
import RecipeModel
import Report
import RunBundles

/// Which run store to use.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The run store, or none: else $TAPRECIPE_STORE, else that of the user.", valueName: "file"),
        completion: .file())
    var store: String?

    /// The store's file; nil where there is to be none.
    var path: String? {
        guard let chosen else { return Surroundings.directories.state + "/runs/runs.sqlite" }
        return chosen == "none" ? nil : chosen
    }

    /// The store's file, or `none`, where another than the user's own was asked for.
    var chosen: String? {
        let word = store ?? Surroundings.environment["TAPRECIPE_STORE"].flatMap { $0.isEmpty ? nil : $0 }
        return word.map { $0 == "none" ? $0 : Surroundings.absolute($0) }
    }

    /// The store's file where another than the user's own is written.
    var written: String? { chosen.flatMap { $0 == "none" ? nil : $0 } }

    /// What the store answers; there must be one.
    func answer(_ request: String, _ words: [String]) throws -> [UInt8] {
        guard let path else {
            throw UsageError("found '--store none', expected a run store to read from")
        }
        do throws(StoreProcess.Failure) {
            return try StoreProcess.answer(to: [request, path] + words)
        } catch {
            throw CommandFailure(error.message)
        }
    }
}

/// How much the run store keeps.
struct StoreLimitOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Let go of stored runs that are older (90d).", valueName: "duration"))
    var storeMaxAge: TimeArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Let go of the oldest runs where all take more (1GiB).", valueName: "size"))
    var storeMaxSize: SizeArgument?

    /// The limits in seconds and bytes, as the store's program takes them.
    var words: [String] {
        get throws {
            let age =
                try storeMaxAge.map { try AgeText.seconds($0.text, option: "--store-max-age") } ?? 90 * 86400
            return ["\(age)", "\(try storeMaxSize?.bytes("--store-max-size") ?? 1 << 30)"]
        }
    }
}

/// Whether and where runs are kept, and how much of them.
struct KeepingOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @OptionGroup var limits: StoreLimitOptions

    /// What keeps the runs; nil where none is to be kept.
    var keeper: RunKeeper? {
        get throws { try RunKeeper(store, limits) }
    }
}

/// How long ago something was: a duration, of which days are the usual unit.
enum AgeText {
    /// The seconds of `90d`, or of a duration such as `12h`; `others` is what else may stand there.
    static func seconds(_ text: String, option: String, others: String = "") throws -> Int64 {
        if text.hasSuffix("d"), let days = Int64(text.dropLast()), (1...36500).contains(days) {
            return days * 86400
        }
        guard let duration = try? OptionValues.time(text, option: option) else {
            throw UsageError("'\(option)' is '\(text)', expected an age such as 7d or 12h\(others)")
        }
        return duration.components.seconds
    }
}

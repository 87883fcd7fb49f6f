import ArgumentParser
import Glibc
import RecipeModel

/// What a shell offers for the words that only the recipes know.
enum RecipeCompletion {
    /// The names of the recipes on the search path.
    static var names: CompletionKind {
        .custom { words, _, _ in names(library(words)) }
    }

    /// The recipe's name, and behind it the options that the recipe adds and their values.
    ///
    /// One answer for the name's place and for all places behind it: the shells' scripts, made before any recipe is
    /// known, count words in different ways, and ask for the name where an option of the recipe's is meant.
    static var invocation: CompletionKind {
        .custom { words, index, _ in
            let place = Place(words, index)
            let library = library(words)
            if place.isBehindTerminator { return files(place.word) }
            guard let recipe = recipe(in: words, before: index, library) else {
                return place.word.hasPrefix("-") ? [] : names(library)
            }
            if let name = place.option, let parameter = recipe.parameters.first(where: { $0.name == name }),
                parameter.type != .boolean || place.isAttached
            {
                return values(of: parameter.type, place.word)
            }
            let given = Set(words[..<index])
            return recipe.parameters.filter { !given.contains("--\($0.name)") || $0.type.isList }
                .map { described("--\($0.name)", $0.help) }
        }
    }

    /// The names of the recipe's records, for `--fail-if`.
    static var records: CompletionKind {
        .custom { words, index, _ in
            recipe(in: words, before: words.count, library(words))?.records.map(\.name) ?? []
        }
    }

    /// The word that is being completed and what stands before it.
    private struct Place {
        /// The word; behind an `=` only what follows that.
        var word = ""
        /// The option whose value the word may be.
        var option: String?
        /// Whether the value stands behind an `=`, so that it cannot be anything else.
        var isAttached = false
        /// Whether the word belongs to the command behind `--`.
        var isBehindTerminator = false

        init(_ words: [String], _ index: Int) {
            guard words.indices.contains(index) else { return }
            isBehindTerminator = words[..<index].contains("--")
            word = words[index]
            var before = index - 1
            // bash makes three words of `--name=value`, and two while there is no value.
            if word == "=" {
                word = ""
                isAttached = true
            } else if before > 0, words[before] == "=" {
                before -= 1
                isAttached = true
            } else if word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
                option = String(word[..<equals].dropFirst(2))
                isAttached = true
                return
            }
            if before >= 0, words[before].hasPrefix("--") { option = String(words[before].dropFirst(2)) }
        }
    }

    private static func names(_ library: RecipeLibrary) -> [String] {
        library.names().filter { $0.utf8.allSatisfy(isHarmless) }
    }

    private static func recipe(in words: [String], before index: Int, _ library: RecipeLibrary) -> Recipe? {
        let names = Set(library.names())
        // Behind the program's name and the subcommand's.
        let name = words.prefix(max(index, 0)).dropFirst(2)
            .first { names.contains($0) || $0.hasSuffix(".yaml") }
        return name.flatMap { try? library.find($0) }
    }

    private static func values(of type: ParameterType, _ word: String) -> [String] {
        switch type {
        case .choice(let choices): choices
        case .boolean: ["true", "false"]
        case .executable, .path: files(word)
        case .list(let element): values(of: element, word)
        default: []
        }
    }

    /// An option with its help, for the shells that show it.
    private static func described(_ option: String, _ help: String) -> String {
        switch CompletionShell.requesting {
        case .zsh?: "\(option):\(help)"
        case .fish?: "\(option)\t\(help)"
        default: option
        }
    }

    /// The files whose path begins with a text, folders with a slash behind.
    private static func files(_ beginning: String) -> [String] {
        let folder = beginning.lastIndex(of: "/").map { String(beginning[...$0]) } ?? ""
        let start = beginning.dropFirst(folder.count)
        guard folder.utf8.allSatisfy(isHarmless), let handle = opendir(folder.isEmpty ? "." : folder)
        else { return [] }
        defer { closedir(handle) }
        var found: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix(start), name.utf8.allSatisfy(isHarmless), name != ".", name != "..",
                !start.isEmpty || !name.hasPrefix(".")
            else { continue }
            var status = stat()
            let path = folder + name
            let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            found.append(isFolder ? path + "/" : path)
        }
        return found.sorted()
    }

    /// Whether a byte of a file's name may be offered: bash expands what it is offered (`compgen -W`), so that it
    /// would run what a file's name holds in `$(…)`.
    private static func isHarmless(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/._-+,@%".utf8.contains(byte)
        }
    }

    private static func library(_ words: [String]) -> RecipeLibrary {
        let folders = zip(words, words.dropFirst()).filter { $0.0 == "--recipes" }.map(\.1)
        return RecipeLibrary(folders: folders)
    }
}

extension ParameterType {
    fileprivate var isList: Bool { if case .list = self { true } else { false } }
}

import Glibc
import Report
import RunBundles
import RunStore

/// What the command line asks for.
enum StoreRequest {
    case add(path: String, RunStore.Limits)
    case history(path: String, RunStore.Query)
    case bundle(path: String, Int64)

    /// The command line is not as `taprecipe` writes it.
    struct Misunderstood: Error, CustomStringConvertible {
        var description: String { "this program is a part of taprecipe, of another version than its caller" }
    }

    init(_ arguments: [String]) throws {
        let words = Array(arguments.dropFirst())
        switch (words.first, words.count) {
        case ("add", 4):
            guard let age = Int64(words[2]), let size = Int(words[3]) else { throw Misunderstood() }
            self = .add(path: words[1], .init(age: age, size: size))
        case ("history", 4), ("history", 5):
            guard let limit = Int(words[2]), let since = Int64(words[3]) else { throw Misunderstood() }
            self = .history(
                path: words[1], .init(recipe: words.count == 5 ? words[4] : nil, since: since, limit: limit))
        case ("bundle", 3):
            guard let id = Int64(words[2]) else { throw Misunderstood() }
            self = .bundle(path: words[1], id)
        default: throw Misunderstood()
        }
    }

    /// Does it.
    func answer() throws {
        switch self {
        case .add(let path, let limits):
            let bundle: RunBundle
            do throws(RunBundleProblem) {
                bundle = try RunBundle(reading: try Input.read(atMost: RunBundle.maximumSize))
            } catch {
                throw StoreProblem.bundle(error)
            }
            let id = try RunStore(writing: path).add(bundle, within: limits, now: Int64(time(nil)))
            Output.write(Array("\(id)\n".utf8), to: STDOUT_FILENO)
        case .history(let path, let query):
            let history = try RunStore(reading: path).history(query)
            Output.write(Array(history.json.utf8), to: STDOUT_FILENO)
        case .bundle(let path, let id):
            Output.write(try RunStore(reading: path).bundle(id), to: STDOUT_FILENO)
        }
    }
}

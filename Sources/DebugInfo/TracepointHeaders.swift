/// The tracepoints that a kernel's headers declare (`include/trace/events/*.h`), read without a compiler.
public final class TracepointHeaders: Sendable {
    /// A tracepoint as its header declares it.
    public struct Tracepoint: Sendable, Equatable {
        /// The header's `TRACE_SYSTEM`.
        public var system: String
        /// Its name.
        public var name: String
        /// Its parameters.
        public var parameters: [ParameterDeclaration]

        /// Creates a tracepoint.
        public init(system: String, name: String, parameters: [ParameterDeclaration]) {
            self.system = system
            self.name = name
            self.parameters = parameters
        }
    }

    /// The headers, in the order of their names.
    private let headers: [[UInt8]]
    /// The macros of `include/generated/autoconf.h`.
    private let config: Set<String>
    private let all = Shared<[Tracepoint]>()

    /// Reads the headers of a release's build and source folders; nil where there are none.
    ///
    /// - Parameter folders: Such as `/lib/modules/RELEASE/build` and `…/source`.
    public init?(folders: [String]) {
        var seen: Set<String> = []
        var headers: [[UInt8]] = []
        // Where a header includes its like under a condition, the plain ones come first.
        let architecture = "arch/\(Self.architecture)/include/asm"
        let places = ["include/trace/events", "include/ras", "\(architecture)/trace", architecture]
        for place in places {
            for folder in folders {
                for name in SmallFile.names(in: "\(folder)/\(place)")
                where name.hasSuffix(place == architecture ? "-trace.h" : ".h") {
                    guard seen.insert("\(place)/\(name)").inserted,
                        let bytes = SmallFile.read("\(folder)/\(place)/\(name)")
                    else { continue }
                    headers.append(bytes)
                }
            }
        }
        guard !headers.isEmpty else { return nil }
        self.headers = headers
        config =
            folders.lazy.map { Self.definedNames(in: "\($0)/include/generated/autoconf.h") }
            .first { !$0.isEmpty } ?? []
    }

    /// All tracepoints, in the order of the headers' names.
    public var tracepoints: [Tracepoint] {
        all.value {
            headers.flatMap { Self.tracepoints(in: String(decoding: $0, as: UTF8.self), config: config) }
        }
    }

    /// The tracepoints of a name, from the headers that spell it out: a macro may make others of parts.
    public func tracepoints(spelled name: String) -> [Tracepoint] {
        let wanted = Array(name.utf8)
        guard !wanted.isEmpty else { return [] }
        let spelling = headers.filter { header in
            header.withUnsafeBytes { bytes in
                var isFound = false
                ByteSearch(bytes).search(wanted) { _ in isFound = true }
                return isFound
            }
        }
        return spelling.flatMap {
            Self.tracepoints(in: String(decoding: $0, as: UTF8.self), config: config)
        }.filter { $0.name == name }
    }

    /// What a header defines, without a look at the values.
    private static func definedNames(in path: String) -> Set<String> {
        let define = Array("#define ".utf8)
        return Set(
            (SmallFile.read(path) ?? []).split(separator: 0x0A).filter { $0.starts(with: define) }.map {
                line in
                String(decoding: line.dropFirst(define.count).prefix { $0 > 0x20 }, as: UTF8.self)
            })
    }

    /// The tracepoints of one header.
    ///
    /// - Parameters:
    ///   - header: The header's text.
    ///   - config: The macros of `include/generated/autoconf.h`.
    /// - Returns: What it declares, in its order.
    public static func tracepoints(in header: String, config: Set<String> = []) -> [Tracepoint] {
        let text = HeaderText(header, config: config)
        var scan = TracepointScan(macros: text.macros)
        scan.scan(text.text)
        return scan.found
    }

    private static var architecture: String {
        switch Machine.host {
        case .aarch64: "arm64"
        default: "x86"
        }
    }
}

/// Reads the declarations out of a header's text.
struct TracepointScan {
    let macros: [String: HeaderText.Macro]
    private(set) var found: [TracepointHeaders.Tracepoint] = []
    private var system = ""

    /// Which argument of a macro is the tracepoint's name (include/linux/tracepoint.h).
    private static let declarations: [String: Int] = [
        "TRACE_EVENT": 0, "TRACE_EVENT_FN": 0, "TRACE_EVENT_FN_COND": 0, "TRACE_EVENT_CONDITION": 0,
        "DECLARE_TRACE": 0, "DECLARE_TRACE_CONDITION": 0, "DECLARE_TRACE_WRITABLE": 0, "DEFINE_EVENT": 1,
        "DEFINE_EVENT_FN": 1, "DEFINE_EVENT_PRINT": 1, "DEFINE_EVENT_CONDITION": 1,
        "DEFINE_EVENT_WRITABLE": 1,
        "TRACE_EVENT_SYSCALL": 0,
    ]

    init(macros: [String: HeaderText.Macro]) { self.macros = macros }

    mutating func scan(_ text: [UInt8], depth: Int = 0) {
        guard depth < 8 else { return }
        var position = 0
        while position < text.count {
            guard Self.isNameStart(text[position]) else {
                position += 1
                continue
            }
            let start = position
            while position < text.count, Self.isName(text[position]) { position += 1 }
            var name = String(decoding: text[start..<position], as: UTF8.self)
            var open = position
            while open < text.count, text[open] <= 0x20 { open += 1 }
            guard open < text.count, text[open] == UInt8(ascii: "("),
                let (arguments, end) = Self.arguments(text, from: open + 1)
            else { continue }
            // `#define TRACE_EVENT_RCU TRACE_EVENT`
            var steps = 0
            while let macro = macros[name], macro.parameters == nil, steps < 8 {
                name = macro.body
                steps += 1
            }
            if name == HeaderText.systemMark {
                system = arguments.first ?? ""
            } else if let place = Self.declarations[name] {
                take(arguments, nameAt: place)
                position = end
            } else if let macro = macros[name], let parameters = macro.parameters {
                scan(Self.expand(macro.body, parameters, arguments), depth: depth + 1)
                position = end
            }
        }
    }

    private mutating func take(_ arguments: [String], nameAt place: Int) {
        guard place < arguments.count, !arguments[place].isEmpty,
            arguments[place].utf8.allSatisfy(Self.isName)
        else { return }
        // The prototype may be a macro of its own.
        let prototype = arguments.map { macros[$0]?.parameters == nil ? macros[$0]?.body ?? $0 : $0 }
            .first { $0.hasPrefix("TP_PROTO") || $0.hasPrefix("PARAMS") }
        let parameters = prototype.map { Self.parameters(Array($0.utf8)) } ?? []
        found.append(.init(system: system, name: arguments[place], parameters: parameters))
    }

    /// The parameters in `TP_PROTO(struct a *b, int (*c)(int), …)`.
    private static func parameters(_ prototype: [UInt8]) -> [ParameterDeclaration] {
        guard let open = prototype.firstIndex(of: UInt8(ascii: "(")),
            let (parameters, _) = arguments(prototype, from: open + 1)
        else { return [] }
        // `PARAMS(TP_PROTO(…))`, which a macro passes on.
        if parameters.count == 1, parameters[0].hasPrefix("TP_PROTO") {
            return Self.parameters(Array(parameters[0].utf8))
        }
        return parameters.compactMap { ParameterDeclaration($0) }
    }

    /// The arguments up to the closing parenthesis, trimmed, and the offset behind it.
    private static func arguments(_ text: [UInt8], from start: Int) -> ([String], Int)? {
        var arguments: [String] = []
        var depth = 0
        var begin = start
        var position = start
        func trimmed(_ range: Range<Int>) -> String {
            var slice = text[range].drop { $0 <= 0x20 }
            while let last = slice.last, last <= 0x20 { slice.removeLast() }
            return String(decoding: slice, as: UTF8.self)
        }
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")") where depth == 0:
                arguments.append(trimmed(begin..<position))
                return (arguments, position + 1)
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                arguments.append(trimmed(begin..<position))
                begin = position + 1
            case UInt8(ascii: "\""):
                position += 1
                while position < text.count, text[position] != UInt8(ascii: "\"") {
                    position += text[position] == UInt8(ascii: "\\") ? 2 : 1
                }
            default: break
            }
            position += 1
        }
        return nil
    }

    /// A macro's body with its parameters filled in and `##` applied.
    private static func expand(_ body: String, _ parameters: [String], _ arguments: [String]) -> [UInt8] {
        let values = Dictionary(zip(parameters, arguments)) { first, _ in first }
        let text = Array(body.utf8)
        var result: [UInt8] = []
        var position = 0
        while position < text.count {
            if isNameStart(text[position]) {
                let start = position
                while position < text.count, isName(text[position]) { position += 1 }
                let word = String(decoding: text[start..<position], as: UTF8.self)
                result += Array((values[word] ?? word).utf8)
            } else if text[position] == UInt8(ascii: "#"), position + 1 < text.count,
                text[position + 1] == UInt8(ascii: "#")
            {
                while let last = result.last, last <= 0x20 { result.removeLast() }
                position += 2
                while position < text.count, text[position] <= 0x20 { position += 1 }
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isName(_ byte: UInt8) -> Bool {
        isNameStart(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

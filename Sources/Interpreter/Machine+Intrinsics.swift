import Lowering

/// The built-in functions that need no event, or an event that has been.
extension Machine {
    /// Those that give an integer, or nothing.
    func integer(_ function: Intrinsic, _ arguments: [Value]) throws(RuntimeError) -> Int64 {
        switch function {
        case .target, .sessionProcess, .HZ: return try context.value(of: function, arguments).integer
        case .strlen: return Int64(arguments[0].text.count)
        case .stringat: return try TextFunctions.byte(arguments[0].text, arguments[1].integer)
        case .strtol: return TextFunctions.integer(arguments[0].text, base: arguments[1].integer)
        case .isinstr: return TextFunctions.find(arguments[1].text, in: arguments[0].text) == nil ? 0 : 1
        case .isdigit:
            guard let first = arguments[0].text.first else { return 0 }
            return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) ? 1 : 0
        case .ngroups: return Int64(try lastMatch.count())
        case .randint: return try random(below: arguments[0].integer)
        case .ustack:
            guard let address = try context.symbolizer.frame(arguments[0].integer) else {
                throw .stackDepth(arguments[0].integer)
            }
            return Int64(bitPattern: address)
        case .indentDepth:
            return try indentation.depth(
                Indentation.common, arguments[0].integer, mapEntries: limits.mapEntries)
        case .threadIndentDepth:
            return try indentation.depth(
                context.value(of: .tid, []).integer, arguments[0].integer, mapEntries: limits.mapEntries)
        default:
            try act(function, arguments)
            return 0
        }
    }

    /// Those that give nothing.
    private func act(_ function: Intrinsic, _ arguments: [Value]) throws(RuntimeError) {
        switch function {
        case .exit: wantsExit = true
        case .error: throw .script(arguments[0].text)
        case .assert:
            if arguments[0].integer == 0 {
                throw .script(arguments.count > 1 ? arguments[1].text : Array("Assertion failed".utf8))
            }
        case .warn: warnings.append(arguments[0].text)
        case .log: output += arguments[0].text + [UInt8(ascii: "\n")]
        case .printUbacktrace: output += try context.symbolizer.backtrace(.full)
        case .printUbacktraceBrief: output += try context.symbolizer.backtrace(.brief)
        case .printUbacktraceFileline: output += try context.symbolizer.backtrace(.fileLine)
        case .printBacktrace:
            output += try context.symbolizer.kernelBacktrace(.full, stack: arguments[0].text)
        case .printUstack, .printUsyms:
            for word in TextFunctions.words(arguments[0].text) { output += try symbolLine(word, .data) }
        case .printStack, .printSyms:
            for word in TextFunctions.words(arguments[0].text) { output += try symbolLine(word, .kernelData) }
        case .targetSetReport: output += try context.targetSet.report()
        case .ansiClearScreen: output += Array("\u{1B}[1;1H\u{1B}[J".utf8)
        case .ansiSetColor: output += ansiColor(arguments.map(\.integer))
        case .ansiResetColor: output += ansiColor([0, 0, 0])
        case .ansiNewLine: output.append(UInt8(ascii: "\n"))
        case .ansiCursorMove: output += Array("\u{1B}[\(arguments[1].integer);\(arguments[0].integer)H".utf8)
        case .ansiCursorHide: output += Array("\u{1B}[>5I".utf8)
        case .ansiCursorShow: output += Array("\u{1B}[>5h".utf8)
        case .ansiCursorSave: output += Array("\u{1B}[s".utf8)
        case .ansiCursorRestore: output += Array("\u{1B}[u".utf8)
        default: throw .missing(.intrinsic(function))
        }
    }

    /// Those that give a string.
    func text(_ function: Intrinsic, _ arguments: [Value]) throws(RuntimeError) -> [UInt8] {
        let longest = limits.longestString
        switch function {
        case .substr:
            return TextFunctions.substring(
                arguments[0].text, arguments[1].integer, arguments[2].integer, longest: longest)
        case .textStr: return QuotedText.text(arguments[0].text, limit: 0, isQuoted: false, longest: longest)
        case .textStrn:
            let limit = Int(arguments[1].integer.clamped(to: 0...Int64(limits.stringLength)))
            return QuotedText.text(
                arguments[0].text, limit: limit, isQuoted: arguments[2].integer != 0, longest: longest)
        case .stringQuoted:
            return QuotedText.text(arguments[0].text, limit: 0, isQuoted: true, longest: longest)
        case .strReplace:
            return TextFunctions.replacing(
                arguments[1].text, with: arguments[2].text, in: arguments[0].text, longest: longest)
        case .tokenize:
            if arguments.count > 1, !arguments[0].text.isEmpty { unreadTokens = arguments[0].text[...] }
            return TextFunctions.token(&unreadTokens, delimiters: arguments[arguments.count - 1].text)
        case .matched: return try lastMatch.group(arguments[0].integer)
        case .matchedStr: return try lastMatch.group(0)
        case .ctime: return try CalendarTime.text(arguments[0].integer)
        case .indent: return try indent(Indentation.common, arguments, description: [])
        case .threadIndent:
            let thread = try context.value(of: .tid, []).integer
            return try indent(thread, arguments, description: arguments[2].text + Array("(\(thread))".utf8))
        case .ubacktrace: return kept(try context.symbolizer.backtrace(.addresses))
        case .sprintUbacktrace: return kept(try context.symbolizer.backtrace(.simple))
        case .backtrace:
            return kept(try context.symbolizer.kernelBacktrace(.addresses, stack: arguments[0].text))
        case .sprintBacktrace:
            return kept(try context.symbolizer.kernelBacktrace(.simple, stack: arguments[0].text))
        case .sprintUstack, .sprintUsyms: return try symbolLines(arguments[0].text, .data)
        case .sprintStack, .sprintSyms: return try symbolLines(arguments[0].text, .kernelData)
        case .probemod: return kept(try context.symbolizer.symbol(.probedModule, at: 0))
        default:
            guard let form = Self.symbolForm(function) else { throw .missing(.intrinsic(function)) }
            return kept(try context.symbolizer.symbol(form, at: UInt64(bitPattern: arguments[0].integer)))
        }
    }

    private static func symbolForm(_ function: Intrinsic) -> SymbolForm? {
        switch function {
        case .usymname: .name
        case .usymdata: .data
        case .umodname: .module
        case .usymfile: .file
        case .usymline: .line
        case .usymfileline: .fileLine
        case .symname: .kernelName
        case .symdata: .kernelData
        default: nil
        }
    }

    /// ` ADDRESS : SYMBOL` of a word of `ubacktrace()` or `backtrace()`.
    private func symbolLine(_ word: [UInt8], _ form: SymbolForm) throws(RuntimeError) -> [UInt8] {
        let address = UInt64(bitPattern: TextFunctions.integer(word, base: 16))
        let symbol = kept(try context.symbolizer.symbol(form, at: address))
        return [UInt8(ascii: " ")] + word + Array(" : ".utf8) + symbol + [UInt8(ascii: "\n")]
    }

    /// Whole lines only, as many as a string holds.
    private func symbolLines(_ addresses: [UInt8], _ form: SymbolForm) throws(RuntimeError) -> [UInt8] {
        var lines: [UInt8] = []
        for word in TextFunctions.words(addresses) {
            let line = kept(try symbolLine(word, form))
            if lines.count + line.count > limits.stringLength { break }
            lines += line
        }
        return kept(lines)
    }

    /// The arguments are the change of the depth and the time.
    private func indent(
        _ index: Int64, _ arguments: [Value], description: [UInt8]
    ) throws(RuntimeError) -> [UInt8] {
        try indentation.text(
            index, arguments[0].integer, now: arguments[1].integer, description: description, limits: limits)
    }

    /// stap's linear congruence; 2²⁰ is its bound.
    private func random(below bound: Int64) throws(RuntimeError) -> Int64 {
        guard UInt64(bitPattern: bound) <= 1 << 20 else { throw .randomRange }
        randomSeed = randomSeed &* 1_103_515_245 &+ 12345
        return bound == 0 ? 0 : Int64(randomSeed % UInt64(bound))
    }

    private func ansiColor(_ numbers: [Int64]) -> [UInt8] {
        let text =
            switch numbers.count {
            case 1: "\(numbers[0])m"
            case 2: "\(numbers[1]);\(numbers[0])m"
            default: "\(numbers[1]);\(numbers[0])" + (numbers[2] == 0 ? "m" : ";\(numbers[2])m")
            }
        return Array("\u{1B}[\(text)".utf8)
    }
}

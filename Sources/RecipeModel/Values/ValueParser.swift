import Regexes

/// Reads a value of a parameter's type from the bytes that a user or a recipe gives.
///
/// Paths stay as they are written; `ValueResolver` makes them absolute.
struct ValueParser {
    /// The most bytes of a whole value.
    static let sizeLimit = 64 << 10
    /// The most bytes of a string that states no `max-length`, and of the other texts.
    static let defaultLengthLimit = 4096
    /// Linux's largest process id (PID_MAX_LIMIT).
    static let largestPid: Int32 = 4_194_304

    let type: ParameterType

    func parse(_ bytes: [UInt8]) throws(ValueProblem) -> ParameterValue {
        guard bytes.count <= Self.sizeLimit else { throw .tooLarge(limit: Self.sizeLimit) }
        switch type {
        case .string(let pattern, let limit): return try Self.string(bytes, pattern, limit)
        case .list(let element): return try Self.list(bytes, of: element)
        default: break
        }
        guard bytes.count <= Self.defaultLengthLimit else {
            throw .tooLong(count: bytes.count, limit: Self.defaultLengthLimit)
        }
        guard !bytes.contains(0) else { throw .holdsNUL }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        guard !text.isEmpty else { throw .empty }
        return try parse(text, bytes)
    }

    private func parse(_ text: String, _ bytes: [UInt8]) throws(ValueProblem) -> ParameterValue {
        switch type {
        case .executable: return .executable(text)
        case .path: return .path(text)
        case .pid:
            guard bytes.allSatisfy({ $0.isASCIIDigit }), let pid = Int32(text), pid >= 1,
                pid <= Self.largestPid
            else { throw .notAPid }
            return .pid(pid)
        case .integer(let minimum, let maximum): return .integer(try Self.integer(text, minimum, maximum))
        case .regex:
            do {
                _ = try RegexSyntax(parsing: bytes)
            } catch {
                throw .regex(error)
            }
            return .regex(text)
        case .duration:
            do {
                return .duration(try DurationText.parse(text))
            } catch {
                throw .duration(error)
            }
        case .size:
            do {
                return .size(try SizeText.parse(text))
            } catch {
                throw .size(error)
            }
        case .boolean:
            switch text {
            case "true", "yes", "1": return .boolean(true)
            case "false", "no", "0": return .boolean(false)
            default: throw .notABoolean
            }
        case .choice(let words):
            guard words.contains(text) else { throw .notAChoice(words) }
            return .choice(text)
        case .identifier:
            guard IdentifierGlob.isValid(bytes) else { throw .notAnIdentifier }
            return .identifier(text)
        case .string, .list: return try parse(bytes)
        }
    }

    private static func integer(
        _ text: String, _ minimum: Int64?, _ maximum: Int64?
    ) throws(ValueProblem) -> Int64 {
        guard let value = IntegerText.parse(text) else {
            throw IntegerText.isInteger(text) ? .integerTooLarge : .notAnInteger
        }
        guard value >= minimum ?? .min, value <= maximum ?? .max else {
            throw .outOfRange(minimum: minimum, maximum: maximum)
        }
        return value
    }

    private static func string(
        _ bytes: [UInt8], _ pattern: String?, _ limit: Int?
    ) throws(ValueProblem) -> ParameterValue {
        let limit = limit ?? defaultLengthLimit
        guard bytes.count <= limit else { throw .tooLong(count: bytes.count, limit: limit) }
        if let pattern {
            do {
                let program = try RegexSyntax(parsing: Array(pattern.utf8)).compiled()
                guard program.matchesWhole(bytes) else { throw ValueProblem.doesNotMatch(pattern) }
            } catch let error as RegexSyntax.Problem {
                throw .regex(error)
            } catch {
                throw .doesNotMatch(pattern)
            }
        }
        return .string(bytes)
    }

    private static func list(
        _ bytes: [UInt8], of element: ParameterType
    ) throws(ValueProblem) -> ParameterValue {
        let parser = ValueParser(type: element)
        var values: [ParameterValue] = []
        for item in ListText.split(bytes) { values.append(try parser.parse(item)) }
        return .list(values)
    }
}

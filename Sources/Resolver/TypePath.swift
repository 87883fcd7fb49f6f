import DebugInfo
import Diagnostics
import StapLanguage

/// The way through types that a target expression's `->` and `[]` take, by stap's rules.
///
/// `->` goes through any number of pointers; `[]` takes one step through an array, whatever its dimensions,
/// or a pointer.
struct TypePath {
    /// Where it leads.
    enum Outcome {
        /// To a value; what that points to, where it is a pointer or an address, and how it is read.
        case reached(pointee: DWARFType?, Way)
        /// Nowhere: why, and at which step.
        case failed(ResolverProblem, at: SourceRange)
    }

    /// The way as a load takes it.
    struct Way {
        var steps: [TypedLoad.Step] = []
        var value = TypedLoad.Value.address
        var typeName = "void"

        mutating func add(_ offset: UInt64) {
            guard offset != 0 else { return }
            if case .offset(let before)? = steps.last {
                steps[steps.count - 1] = .offset(before &+ offset)
            } else {
                steps.append(.offset(offset))
            }
        }
    }

    let steps: [TargetExpression.Step]
    let isAddress: Bool
    /// The whole expression's place.
    let range: SourceRange

    /// A chain of pointers or anonymous types longer than this is a cycle.
    private static let maximumDepth = 64

    /// Follows the way.
    ///
    /// - Parameters:
    ///   - start: The type to begin with; nil is void.
    ///   - place: Where that type's value is.
    ///   - isPointee: Whether the expression before is a pointer to it, so that `[i]` may count in it.
    /// - Returns: Where the way leads.
    func follow(from start: DWARFType?, at place: TypedLoad.Start, isPointee: Bool) -> Outcome {
        var current = start
        var bitField: Member.BitField?
        var way = Way()
        for (number, step) in steps.enumerated() {
            switch step.kind {
            case .prettyPrint(let depth):
                var print = PrettyPrint(from: place, at: range, depth: depth)
                print.show(current, way, bitField)
                way.steps = []
                way.value = .text([.guarded(print.pieces)])
                way.typeName = current?.description ?? "void"
                return .reached(pointee: nil, way)
            case .index(let index):
                if number == 0, isPointee, current?.unqualified.map(Self.isPlain) == true {
                    way.steps.append(.index(index.range, size: current?.size ?? 1))
                    continue
                }
                switch current?.unqualified?.kind {
                case .pointer?, .reference?, .rvalueReference?, .array?:
                    guard let target = current?.unqualified?.target, target.unqualified != nil else {
                        return invalid(step, current)
                    }
                    if current?.unqualified?.kind != .array { way.steps.append(.dereference) }
                    way.steps.append(.index(index.range, size: target.size ?? 1))
                    current = target
                default: return invalid(step, current)
                }
                bitField = nil
            case .member(let name):
                switch member(name, of: current, step, &way) {
                case .failure(let failure): return .failed(failure.problem, at: step.range)
                case .success(let member):
                    current = member.type
                    bitField = member.bitField
                    way.add(member.bitField.map { $0.offset / 8 } ?? member.offset)
                }
            }
        }
        return end(at: current, bitField, way)
    }

    private struct Failure: Error {
        var problem: ResolverProblem
    }

    private func member(
        _ name: String, of type: DWARFType?, _ step: TargetExpression.Step, _ way: inout Way
    ) -> Result<Member, Failure> {
        var current = type?.unqualified
        for _ in 0..<Self.maximumDepth {
            switch current?.kind {
            case .pointer?, .reference?, .rvalueReference?:
                way.steps.append(.dereference)
                current = current?.target?.unqualified
            case .structure?, .class?, .union?:
                guard let whole = current?.completed, !whole.isDeclaration else {
                    return .failure(Failure(problem: .incompleteType(current?.description ?? "it")))
                }
                if let member = whole.member(named: name) { return .success(member) }
                return .failure(
                    Failure(
                        problem: .noMember(name, type: whole.description, names: whole.memberNames)))
            default: break
            }
            guard let current, Self.isPlain(current) == false || current.isAggregate else { break }
        }
        return .failure(
            Failure(problem: .invalidAccess(step.range.text, type: type?.description ?? "void")))
    }

    private func invalid(_ step: TargetExpression.Step, _ type: DWARFType?) -> Outcome {
        .failed(.invalidAccess(step.range.text, type: type?.description ?? "void"), at: step.range)
    }

    private func end(at type: DWARFType?, _ bitField: Member.BitField?, _ way: Way) -> Outcome {
        var way = way
        way.typeName = type?.description ?? "void"
        if isAddress {
            way.typeName += "*"
            return bitField == nil ? .reached(pointee: type, way) : .failed(.addressOfBitField, at: range)
        }
        guard let value = type?.unqualified else { return .reached(pointee: nil, way) }
        if value.isAggregate {
            let member = value.memberNames.first
            return .failed(
                .wholeAggregate(range.text, type: value.description, member: member),
                at: steps.last?.range ?? range)
        }
        way.value = Self.value(of: value, bitField)
        switch value.kind {
        case .pointer, .reference, .rvalueReference, .array: return .reached(pointee: value.target, way)
        default: return .reached(pointee: nil, way)
        }
    }

    /// How a value of a type is read.
    static func value(of type: DWARFType, _ bitField: Member.BitField?) -> TypedLoad.Value {
        var isSigned = false
        switch type.kind {
        case .array, .function: return .address
        case .base(.signed), .base(.signedCharacter): isSigned = true
        // stap reads enumerations without a sign, whatever their constants.
        case .enumeration: isSigned = false
        default: break
        }
        if let bitField {
            return .bitField(
                offset: bitField.offset % 8, width: bitField.width, isSigned: isSigned,
                countsFromStart: bitField.countsFromStart)
        }
        let size = type.size ?? 8
        if type.kind == .base(.floatingPoint), size == 4 { return .float }
        return .integer(size: size, isSigned: isSigned)
    }

    /// Whether it has neither elements nor a target.
    private static func isPlain(_ type: DWARFType) -> Bool {
        switch type.kind {
        case .pointer, .reference, .rvalueReference, .array: false
        default: true
        }
    }
}

import BinaryMutants
import Foundation
import Testing

/// The fixed part of what `make fuzz` does at length, in this process: a crash ends the test run, and leaves the
/// damaged file as `mutant` below /tmp/taprecipe-debuginfo-….
@Suite("Damaged binaries are refused or read, never followed into a crash or a loop")
struct MutationTests {
    @Test("500 mutants of five kinds of debug information", .timeLimit(.minutes(2)), arguments: Base.allCases)
    func mutants(of base: Base) throws {
        let mutator = try BinaryMutator(Array(Data(contentsOf: URL(fileURLWithPath: base.path()))))
        let path = try Fixture.newFolder() + "/mutant"
        var (opened, read) = (0, 0)
        var damages: Set<BinaryMutator.Damage> = []
        for seed in UInt64(0)..<100 {
            let mutant = mutator.mutant(seed: 0xD1E_0000 + seed)
            try Data(mutant.bytes).write(to: URL(fileURLWithPath: path))
            var exercise = BinaryExercise(path: path)
            let answer = exercise.run()
            if answer.isOpen { opened += 1 }
            if answer.hasDebugInfo { read += 1 }
            damages.formUnion(mutant.damage)
        }
        // Otherwise the headers' checks refused everything and nothing was tested behind them.
        #expect(opened > 50)
        #expect(read > 50)
        #expect(damages == Set(BinaryMutator.Damage.allCases))
    }

    @Test("a sound binary opens and is read whole")
    func sound() throws {
        for base in Base.allCases {
            var exercise = BinaryExercise(path: try base.path())
            let answer = exercise.run()
            #expect(answer.isOpen && answer.hasDebugInfo, "\(base)")
        }
    }

    enum Base: CaseIterable {
        case optimized, unoptimized, dwarf4, classes, compressed

        func path() throws -> String {
            switch self {
            case .optimized: try Fixture.shapes(["-O2", "-g"])
            case .unoptimized: try Fixture.shapes(["-O0", "-g"])
            case .dwarf4: try Fixture.shapes(["-O2", "-gdwarf-4"])
            case .classes: try Fixture.classes(["-O2", "-gdwarf-4", "-fdebug-types-section"])
            case .compressed: try Fixture.shapes(["-O2", "-g", "-gz"])
            }
        }
    }
}

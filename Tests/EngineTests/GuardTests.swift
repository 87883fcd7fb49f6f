import RecipeModel
import Testing

@testable import Engine

@Suite struct GuardTests {
    @Test func aGuardIsMetAboveItsBoundAlone() {
        let guards = RunGuards(maximumLoad: 4, maximumOverhead: 0.02)
        #expect(guards.breach(load: 4, overhead: 0.02) == nil)
        #expect(guards.breach(load: nil, overhead: nil) == nil)
        #expect(guards.breach(load: 4.1, overhead: 0.5) == .load(4.1, most: 4))
        #expect(guards.breach(load: 1, overhead: 0.5) == .overhead(0.5, most: 0.02))
        #expect(RunGuards().breach(load: 1000, overhead: 1) == nil)
    }

    @Test func aBreachIsSaidInWords() {
        #expect(GuardBreach.load(7.314, most: 4).words == "--max-load 4: the load was 7.31")
        #expect(
            GuardBreach.overhead(0.1292, most: 0.025).words
                == "--max-overhead 2.50%: the probes took about 12.92% of the target's processor time")
    }

    @Test func descendantsAreOfTheFamily() {
        let tree: [(id: Int32, parent: Int32)] = [(2, 1), (3, 2), (4, 3), (5, 1), (6, 5)]
        #expect(ProcessStatus.families(of: [2], among: tree) == [2, 3, 4])
        #expect(ProcessStatus.families(of: [3, 5], among: tree) == [3, 4, 5, 6])
        #expect(ProcessStatus.families(of: [], among: tree).isEmpty)
    }
}

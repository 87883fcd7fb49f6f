import Testing

@testable import DebugInfo

/// What a kernel's own list of symbols says of addresses.
@Suite struct KernelAddressesTests {
    private static let list = """
        0000000000000000 A fixed_percpu_data
        ffffffff81000000 T _stext
        ffffffff81000000 T startup_64
        ffffffff81000040 t inner.constprop.0
        ffffffff81000100 D table
        ffffffffc0200000 t tap_open\t[tapped]
        ffffffffc0200010 t tap_close\t[tapped]
        ffffffffc0800000 t bpf_prog_6deef7357e7b4530_tap\t[bpf]

        """

    private static func function(_ address: UInt64, in list: String = Self.list) -> String? {
        KernelAddresses(Array(list.utf8))?.function(at: address).map {
            "\($0.place.name)+\($0.place.offset)/\($0.place.size) \($0.module)"
        }
    }

    @Test(
        arguments: [
            (0xffff_ffff_8100_0000, "_stext+0/64 kernel"), (0xffff_ffff_8100_003f, "_stext+63/64 kernel"),
            (0xffff_ffff_8100_0040, "inner.constprop.0+0/192 kernel"),
            (0xffff_ffff_c020_000f, "tap_open+15/16 tapped"),
            // The next is another module's, far away.
            (0xffff_ffff_c020_0012, "tap_close+2/0 tapped"),
            (0xffff_ffff_c080_0001, "bpf_prog_6deef7357e7b4530_tap+1/0 bpf"),
        ] as [(UInt64, String)]) func anAddressIsAFunctions(address: UInt64, function: String)
    {
        #expect(Self.function(address) == function)
    }

    @Test(
        arguments: [0, 1, 0xffff_ffff_80ff_ffff, 0xffff_ffff_8100_0100, 0xffff_ffff_c030_0010, .max]
            as [UInt64])
    func otherAddressesAreNobodys(address: UInt64) {
        #expect(Self.function(address) == nil)
    }

    @Test func aFunctionOfAModuleHasAnAddress() {
        let addresses = KernelAddresses(
            Array((Self.list + String(repeating: "ffffffffc0900000 t twice\t[tapped]\n", count: 2)).utf8))
        #expect(addresses?.address(of: "tap_close", in: "tapped") == 0xffff_ffff_c020_0010)
        for (name, module) in [
            ("tap_close", "other"), ("tap", "tapped"), ("_stext", "kernel"), ("twice", "tapped"),
        ] {
            #expect(addresses?.address(of: name, in: module) == nil, "\(name)")
        }
    }

    @Test func theOrderOfTheLinesDoesNotMatter() {
        let turned = Self.list.split(separator: "\n").reversed().joined(separator: "\n") + "\n"
        #expect(Self.function(0xffff_ffff_8100_0041, in: turned) == "inner.constprop.0+1/192 kernel")
    }

    @Test(arguments: [
        "", "\n\n", "0000000000000000 T _stext\n0000000000000000 T startup_64\n", "zzz T a\n",
        "ffffffff81000000",
        "ffffffff81000000\n", "ffffffff810000001 T tooLong\n",
    ]) func aListThatHidesAddressesIsNone(list: String) {
        #expect(KernelAddresses(Array(list.utf8)) == nil)
    }

    @Test func damagedLinesAreLeftOut() {
        let list = "ffffffff81000000 T\nffffffff81000010 \nffffffff81000020 T good\n"
        #expect(Self.function(0xffff_ffff_8100_0000, in: list) == nil)
        #expect(Self.function(0xffff_ffff_8100_0021, in: list) == "good+1/0 kernel")
    }
}

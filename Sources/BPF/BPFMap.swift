import CBPF
import Glibc

/// A map, which programs and this process share.
public struct BPFMap: Sendable {
    /// The kinds of maps that are used.
    public enum Kind: UInt32, Sendable {
        case hash = 1, array = 2, perProcessorHash = 5, perProcessorArray = 6, leastRecentlyUsedHash = 9
        case ring = 27
    }

    /// The name that bpftool shows.
    public let name: String
    /// What it is.
    public let kind: Kind
    /// Bytes of a key; 0 for a ring.
    public let keySize: Int
    /// Bytes of a value; for kinds per processor, of one processor's.
    public let valueSize: Int
    /// The most entries; of a ring, its bytes.
    public let capacity: Int
    private let object: KernelObject

    /// Creates a map.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - name: What bpftool shows of it.
    ///   - keySize: Bytes of a key; 0 for a ring.
    ///   - valueSize: Bytes of a value.
    ///   - capacity: The most entries; of a ring, its bytes.
    ///   - isAllocatedLate: Whether a hash's memory is taken as entries come, not at once.
    ///   - isConstant: Whether programs only read it.
    ///   - isMapped: Whether this process can have it in its memory: see ``MapMemory``.
    /// - Throws: What the kernel refused.
    public init(
        _ kind: Kind, name: String, keySize: Int, valueSize: Int, capacity: Int,
        isAllocatedLate: Bool = false,
        isConstant: Bool = false, isMapped: Bool = false
    ) throws(BPFError) {
        let flags =
            (isAllocatedLate ? BPF_F_NO_PREALLOC : 0) | (isConstant ? BPF_F_RDONLY_PROG : 0)
            | (isMapped ? BPF_F_MMAPABLE : 0)
        let short = String(name.prefix(15))
        let result = taprecipe_map_create(
            kind.rawValue, short, UInt32(keySize), UInt32(valueSize), UInt32(capacity),
            UInt32(flags))
        guard result >= 0 else { throw BPFError(operation: .createMap(name), code: -result) }
        object = KernelObject(result)
        self.name = name
        self.kind = kind
        self.keySize = keySize
        self.valueSize = valueSize
        self.capacity = capacity
    }

    /// What programs name it by.
    public var descriptor: Int32 { object.descriptor }

    /// The bytes that a lookup gives: of kinds per processor, all processors' values, each padded to 8.
    public var lookupSize: Int { Self.lookupSize(of: valueSize, in: kind) }

    /// The same of a map that is yet to be made.
    public static func lookupSize(of valueSize: Int, in kind: Kind) -> Int {
        switch kind {
        case .perProcessorHash, .perProcessorArray: (valueSize + 7) / 8 * 8 * processorCount
        default: valueSize
        }
    }

    /// How many processors the kernel may ever have.
    public static let processorCount = max(Int(libbpf_num_possible_cpus()), 1)

    /// The value of a key, or nil.
    public func value(of key: [UInt8]) throws(BPFError) -> [UInt8]? {
        var value = [UInt8](repeating: 0, count: lookupSize)
        let result = bpf_map_lookup_elem(descriptor, key, &value)
        guard result != 0 else { return value }
        if result == -ENOENT { return nil }
        throw failure(result)
    }

    /// Sets the value of a key.
    public func set(_ key: [UInt8], to value: [UInt8]) throws(BPFError) {
        let result = bpf_map_update_elem(descriptor, key, value, 0)
        guard result == 0 else { throw failure(result) }
    }

    /// Sets the value of a key that is not there yet; false where it is.
    public func insert(_ key: [UInt8], _ value: [UInt8]) throws(BPFError) -> Bool {
        let result = bpf_map_update_elem(descriptor, key, value, UInt64(BPF_NOEXIST))
        if result == -EEXIST { return false }
        guard result == 0 else { throw failure(result) }
        return true
    }

    /// Removes a key, which need not be there.
    public func remove(_ key: [UInt8]) throws(BPFError) {
        let result = bpf_map_delete_elem(descriptor, key)
        guard result == 0 || result == -ENOENT else { throw failure(result) }
    }

    /// The key behind another, or the first one; nil at the end; one that has gone meanwhile begins anew.
    public func key(after key: [UInt8]?) throws(BPFError) -> [UInt8]? {
        var next = [UInt8](repeating: 0, count: keySize)
        let result = bpf_map_get_next_key(descriptor, key, &next)
        guard result != 0 else { return next }
        if result == -ENOENT { return nil }
        throw failure(result)
    }

    private func failure(_ result: Int32) -> BPFError {
        BPFError(operation: .useMap(name), code: -result)
    }
}

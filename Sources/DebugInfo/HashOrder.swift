/// The order in which stap meets the functions of a unit, which decides under which of two names it lists code.
///
/// stap keeps a unit's functions in a `std::unordered_multimap` and goes through that. Where two functions or
/// aliases have one address, the first one met is probed and the other dropped; where a line's address is
/// also another line's, the first function's line counts. So the same answer needs the same order: that of GNU's
/// libstdc++ (hashtable.h, hashtable_policy.h, hash_bytes.cc, since GCC 5). It depends on nothing
/// but the names and the order in which they are put in.
struct HashOrder {
    /// The table's numbers of buckets, in their order; it takes the first that is large enough.
    private static let bucketCounts = [
        13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 103, 109, 113, 127,
        137,
        139, 149, 157, 167, 179, 193, 199, 211, 227, 241, 257, 277, 293, 313, 337, 359, 383, 409, 439, 467,
        503,
        541, 577, 619, 661, 709, 761, 823, 887, 953, 1031, 1109, 1193, 1289, 1381, 1493, 1613, 1741, 1879,
        2029,
        2179, 2357, 2549, 2753, 2971, 3209, 3469, 3739, 4027, 4349, 4703, 5087, 5503, 5953, 6427, 6949, 7517,
        8123,
        8783, 9497, 10273, 11113, 12011, 12983, 14033, 15173, 16411, 17749, 19183, 20753, 22447, 24281, 26267,
        28411, 30727, 33223, 35933, 38873, 42043, 45481, 49201, 53201, 57557, 62233, 67307, 72817, 78779,
        85229,
        92203, 99733, 107897, 116731, 126271, 136607, 147793, 159871, 172933, 187091, 202409, 218971, 236897,
        256279, 277261, 299951, 324503, 351061, 379787, 410857, 444487, 480881, 520241, 562841, 608903,
        658753,
        712697, 771049, 834181, 902483, 976369, 1056323, 1142821, 1236397, 1337629, 1447153, 1565659, 1693859,
        1832561, 1982627, 2144977, 2320627, 2510653, 2716249, 2938679, 3179303, 3439651, 3721303, 4026031,
    ]

    /// The list's node before its first; `buckets` points to the node before a bucket's first.
    private static let head = 0
    private static let none = -1

    // Names are told apart by their hashes alone: those of a unit's functions are too few to meet in 64 bits.
    private var hashes: [UInt] = [0]
    private var next: [Int] = [none]
    private var buckets: [Int] = [none]
    private var limit = 0

    private var count: Int { hashes.count - 1 }

    /// The numbers of the elements, counted from 0 as they were put in, in the table's order.
    var elements: [Int] {
        var found: [Int] = []
        found.reserveCapacity(count)
        var node = next[Self.head]
        while node != Self.none {
            found.append(node - 1)
            node = next[node]
        }
        return found
    }

    /// Makes room for elements that are put in together.
    mutating func reserve(_ additional: Int) {
        guard count + additional > limit else { return }
        let wanted = max(count + additional, limit == 0 ? 11 : 0)
        guard wanted >= buckets.count else {
            limit = buckets.count
            return
        }
        let needed = max(wanted + 1, buckets.count * 2)
        rehash(Self.bucketCounts.first { $0 >= needed } ?? needed)
        limit = buckets.count
    }

    /// Puts in an element whose name has this hash.
    mutating func insert(_ hash: UInt) {
        reserve(1)
        let bucket = Int(hash % UInt(buckets.count))
        let node = hashes.count
        hashes.append(hash)
        next.append(Self.none)
        if let before = nodeBefore(hash, bucket) {
            next[node] = next[before]
            next[before] = node
        } else if buckets[bucket] != Self.none {
            next[node] = next[buckets[bucket]]
            next[buckets[bucket]] = node
        } else {
            next[node] = next[Self.head]
            next[Self.head] = node
            if next[node] != Self.none { buckets[self.bucket(of: next[node])] = node }
            buckets[bucket] = Self.head
        }
    }

    private func bucket(of node: Int) -> Int { Int(hashes[node] % UInt(buckets.count)) }

    /// The node before the first of the same name.
    private func nodeBefore(_ hash: UInt, _ bucket: Int) -> Int? {
        var before = buckets[bucket]
        while before != Self.none, next[before] != Self.none {
            let node = next[before]
            guard self.bucket(of: node) == bucket else { return nil }
            if hashes[node] == hash { return before }
            before = node
        }
        return nil
    }

    /// Deals the nodes out anew; equal ones stay beside each other.
    private mutating func rehash(_ size: Int) {
        var node = next[Self.head]
        buckets = Array(repeating: Self.none, count: size)
        next[Self.head] = Self.none
        var firstBucket = 0
        var previous = Self.none
        var previousBucket = 0
        var isToCheck = false
        while node != Self.none {
            let following = next[node]
            let bucket = bucket(of: node)
            if previous != Self.none, previousBucket == bucket {
                next[node] = next[previous]
                next[previous] = node
                isToCheck = true
            } else {
                if isToCheck { mendBucket(behind: previous, in: previousBucket) }
                isToCheck = false
                if buckets[bucket] == Self.none {
                    next[node] = next[Self.head]
                    next[Self.head] = node
                    buckets[bucket] = Self.head
                    if next[node] != Self.none { buckets[firstBucket] = node }
                    firstBucket = bucket
                } else {
                    next[node] = next[buckets[bucket]]
                    next[buckets[bucket]] = node
                }
            }
            previous = node
            previousBucket = bucket
            node = following
        }
        if isToCheck { mendBucket(behind: previous, in: previousBucket) }
    }

    private mutating func mendBucket(behind node: Int, in bucket: Int) {
        guard next[node] != Self.none else { return }
        let other = self.bucket(of: next[node])
        if other != bucket { buckets[other] = node }
    }

    /// libstdc++'s hash of a string (`_Hash_bytes`, MurmurHash64A).
    static func hash(_ name: UnsafePointer<CChar>) -> UInt {
        let multiplier: UInt = 0xC6A4_A793_5BD1_E995
        func mixed(_ value: UInt) -> UInt { value ^ value >> 47 }
        var length = 0
        while name[length] != 0 { length += 1 }
        var hash: UInt = 0xC70F_6907 ^ (UInt(length) &* multiplier)
        let bytes = UnsafeRawPointer(name)
        for offset in stride(from: 0, to: length & ~7, by: 8) {
            let word = UInt(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt.self))
            hash = (hash ^ mixed(word &* multiplier) &* multiplier) &* multiplier
        }
        if length & 7 != 0 {
            var word: UInt = 0
            for offset in (length & ~7..<length).reversed() {
                word = word << 8 | UInt(bytes.load(fromByteOffset: offset, as: UInt8.self))
            }
            hash = (hash ^ word) &* multiplier
        }
        return mixed(mixed(hash) &* multiplier)
    }
}

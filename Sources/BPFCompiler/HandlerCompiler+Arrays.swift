import BPF
import Diagnostics
import Lowering

/// Arrays and statistics: hash maps.
extension HandlerCompiler {
    /// Writes the keys of an element; where they are, and where their texts are.
    private func key(_ array: Int, _ keys: [Term]) -> (place: Int, texts: [Int]) {
        guard let table = store.tables[array] else { return (0, []) }
        let values = keys.map { term -> TextPlace in
            if term.type == .text { return own(term) }
            emit(term)
            return .place(keep())
        }
        let place = scratch.block(table.keySize)
        if keys.isEmpty {
            address(.r1, place)
            code.store(.word, .r1, 0, constant: 0)
        }
        var texts: [Int] = []
        var offset = place
        for (term, value) in zip(keys, values) {
            let from = placed(value)
            if term.type == .text {
                texts.append(from)
                address(.r1, from)
                code.load(.double, .r2, .r1, 0)
                address(.r1, offset)
                code.store(.double, .r1, 0, .r2)
                call(.digest, from, offset + 8)
                offset += StoreLayout.textKeySize
            } else {
                code.load(.double, .r2, .r9, from)
                address(.r1, offset)
                code.store(.double, .r1, 0, .r2)
                offset += 8
            }
        }
        return (place, texts)
    }

    private func descriptor(_ array: Int) -> Int32 { maps.tables[array] ?? -1 }

    /// Leaves an integer element in r0.
    func element(_ array: Int, _ keys: [Term]) {
        let end = code.label()
        mapCall(.mapLookup, descriptor(array), key: key(array, keys).place)
        code.jump(to: end, if: .r0, .equal, 0)
        code.load(.double, .r0, .r0, StoreLayout.payload)
        code.place(end)
    }

    func elementText(_ array: Int, _ keys: [Term]) -> TextPlace {
        let result = scratch.text()
        clear(result, .text)
        let end = code.label()
        mapCall(.mapLookup, descriptor(array), key: key(array, keys).place)
        code.jump(to: end, if: .r0, .equal, 0)
        code.move(.r3, .r0)
        code.compute(.add, .r3, Int32(StoreLayout.payload))
        address(.r1, result)
        copyText()
        code.place(end)
        return .place(result)
    }

    func contains(_ array: Int, _ keys: [Term?], ifFalse no: Assembler.Label, at range: SourceRange) {
        let known = keys.compactMap { $0 }
        guard known.count == keys.count else { return report(.wildcard, at: range) }
        mapCall(.mapLookup, descriptor(array), key: key(array, known).place)
        code.jump(to: no, if: .r0, .equal, 0)
    }

    func remove(_ array: Int, _ keys: [Term?], at range: SourceRange) {
        let known = keys.compactMap { $0 }
        guard known.count == keys.count else { return report(.wildcard, at: range) }
        mapCall(.mapDelete, descriptor(array), key: key(array, known).place)
    }

    // MARK: - Changes

    func setElement(_ array: Int, _ keys: [Term], integer kept: Int, at range: SourceRange) {
        withElement(array, keys, at: range) {
            self.code.load(.double, .r1, .r9, kept)
            self.code.store(.double, .r0, StoreLayout.payload, .r1)
        } insert: { value in
            self.code.load(.double, .r1, .r9, kept)
            self.address(.r2, value + StoreLayout.payload)
            self.code.store(.double, .r2, 0, .r1)
        }
    }

    func setElement(_ array: Int, _ keys: [Term], text source: TextPlace, at range: SourceRange) {
        let from = placed(source)
        withElement(array, keys, at: range) {
            self.address(.r3, from)
            self.code.move(.r1, .r0)
            self.code.compute(.add, .r1, Int32(StoreLayout.payload))
            self.copyText()
        } insert: { value in
            self.copy(.place(from), to: value + StoreLayout.payload)
        }
    }

    /// Adds r0 to an integer element; see ``addAtOnce(_:wantsOld:at:)``.
    func addToElement(_ array: Int, _ keys: [Term], wantsOld: Bool, at range: SourceRange) {
        let kept = keep()
        withElement(array, keys, at: range) {
            self.code.load(.double, .r1, .r9, kept)
            guard wantsOld else { return self.code.atomicAdd(.r0, StoreLayout.payload, .r1) }
            self.code.atomicFetchAdd(.r0, StoreLayout.payload, .r1)
            self.code.move(.r0, .r1)
        } insert: { value in
            self.code.load(.double, .r1, .r9, kept)
            self.address(.r2, value + StoreLayout.payload)
            self.code.store(.double, .r2, 0, .r1)
        }
    }

    func accumulate(_ index: Int, _ keys: [Term], _ value: Term, at range: SourceRange) {
        guard let table = store.tables[index] else { return }
        emit(value)
        let kept = keep()
        withElement(index, keys, at: range) {
            self.addToStatistic(kept, table)
        } insert: { place in
            // A new one counts nothing yet.
            self.address(.r1, place + StoreLayout.payload)
            for offset in stride(from: 0, to: table.keyTexts - StoreLayout.payload, by: 8) {
                if offset > 0, offset % 16384 == 0 { self.code.compute(.add, .r1, 16384) }
                self.code.store(.double, .r1, offset % 16384, constant: 0)
            }
            self.address(.r0, place)
            self.addToStatistic(kept, table)
        }
        code.load(.double, .r0, .r9, kept)
    }

    /// Takes the value at `kept` into the statistic whose element r0 points to; that of this processor alone.
    private func addToStatistic(_ kept: Int, _ table: StoreLayout.Table) {
        let (number, sum, least, greatest) = (
            StoreLayout.payload, StoreLayout.payload + 8, StoreLayout.payload + 16, StoreLayout.payload + 24
        )
        let (isFirst, notLess, done) = (code.label(), code.label(), code.label())
        code.load(.double, .r1, .r9, kept)
        code.load(.double, .r2, .r0, number)
        code.load(.double, .r3, .r0, sum)
        code.compute(.add, .r3, .r1)
        code.store(.double, .r0, sum, .r3)
        code.move(.r3, .r2)
        code.compute(.add, .r3, 1)
        code.store(.double, .r0, number, .r3)
        code.jump(to: isFirst, if: .r2, .equal, 0)
        code.load(.double, .r3, .r0, least)
        code.jump(to: notLess, if: .r1, .signedGreaterOrEqual, .r3)
        code.store(.double, .r0, least, .r1)
        code.place(notLess)
        code.load(.double, .r3, .r0, greatest)
        code.jump(to: done, if: .r1, .signedLessOrEqual, .r3)
        code.store(.double, .r0, greatest, .r1)
        code.jump(to: done)
        code.place(isFirst)
        code.store(.double, .r0, least, .r1)
        code.store(.double, .r0, greatest, .r1)
        code.place(done)
        if let (offset, shift) = table.variance { addToVariance(kept, number: number, offset, shift) }
        for histogram in table.histograms { count(histogram.shape, histogram.offset, histogram.buckets) }
    }

    /// Changes an element that is there, or puts a new one.
    ///
    /// - Parameters:
    ///   - array: The array, by its index.
    ///   - keys: The element's keys.
    ///   - range: Where the script does it.
    ///   - update: Changes the value that r0 points to.
    ///   - insert: Writes the payload of a new value at a place.
    private func withElement(
        _ array: Int, _ keys: [Term], at range: SourceRange, update: () -> Void, insert: (Int) -> Void
    ) {
        guard let table = store.tables[array] else { return }
        let (place, texts) = key(array, keys)
        let (missing, end) = (code.label(), code.label())
        mapCall(.mapLookup, descriptor(array), key: place)
        code.jump(to: missing, if: .r0, .equal, 0)
        update()
        code.jump(to: end)
        code.place(missing)
        let value = scratch.block(table.valueSize)
        insert(value)
        code.call(.timeNanoseconds)
        address(.r1, value)
        code.store(.double, .r1, 0, .r0)
        for (number, text) in texts.enumerated() {
            copy(.place(text), to: value + table.keyTexts + number * store.textSize)
        }
        // Another processor may have put it meanwhile: then there is one, and it is changed.
        mapCall(.mapUpdate, descriptor(array), key: place, value: value, flags: 1)
        code.jump(to: end, if: .r0, .equal, 0)
        mapCall(.mapLookup, descriptor(array), key: place)
        let isFull = code.label()
        code.jump(to: isFull, if: .r0, .equal, 0)
        update()
        code.jump(to: end)
        code.place(isFull)
        fail(.arrayOverflow(array), at: range)
        code.place(end)
    }
}

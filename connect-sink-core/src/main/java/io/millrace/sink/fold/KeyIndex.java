package io.millrace.sink.fold;

import java.util.Arrays;

/** Finds the entry of a key by the key's bytes: open addressing over entry numbers, at most half full. */
final class KeyIndex {
    /** Tells whether an entry has the key that is being looked for. */
    interface Matches {
        boolean test(int entry);
    }

    private int[] slots = filled(64);
    private int[] hashes = new int[64];
    private int size;

    /** The entry, or -1. */
    int find(int hash, Matches matches) {
        int mask = slots.length - 1;
        for (int at = hash & mask; slots[at] >= 0; at = (at + 1) & mask) {
            if (hashes[at] == hash && matches.test(slots[at])) {
                return slots[at];
            }
        }
        return -1;
    }

    /** Adds an entry whose key is not there yet. */
    void add(int hash, int entry) {
        if (++size * 2 > slots.length) {
            grow(slots.length * 2);
        }
        place(hash, entry);
    }

    /** Makes room for this many entries. */
    void room(int entries) {
        int wanted = Integer.highestOneBit(Math.max(1, entries * 2 - 1)) * 2;
        if (wanted > slots.length) {
            grow(wanted);
        }
    }

    long bytes() {
        return slots.length * 8L;
    }

    private void place(int hash, int entry) {
        int mask = slots.length - 1;
        int at = hash & mask;
        while (slots[at] >= 0) {
            at = (at + 1) & mask;
        }
        slots[at] = entry;
        hashes[at] = hash;
    }

    private void grow(int length) {
        int[] oldSlots = slots;
        int[] oldHashes = hashes;
        slots = filled(length);
        hashes = new int[slots.length];
        for (int i = 0; i < oldSlots.length; i++) {
            if (oldSlots[i] >= 0) {
                place(oldHashes[i], oldSlots[i]);
            }
        }
    }

    private static int[] filled(int length) {
        int[] slots = new int[length];
        Arrays.fill(slots, -1);
        return slots;
    }

    static int hash(byte[] bytes, int length) {
        int hash = 1;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + bytes[i];
        }
        // The low bits pick the slot, and consecutive numbers differ in few bits.
        hash *= 0x9E3779B9;
        return hash ^ (hash >>> 15);
    }
}

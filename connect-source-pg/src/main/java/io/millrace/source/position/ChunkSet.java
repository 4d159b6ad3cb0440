package io.millrace.source.position;

import java.util.BitSet;

/** A set of chunk numbers as a short text: {@code 0-3,7,9-12}. */
public final class ChunkSet {
    private ChunkSet() {}

    public static String text(BitSet chunks) {
        StringBuilder text = new StringBuilder();
        for (int from = chunks.nextSetBit(0); from >= 0; ) {
            int to = chunks.nextClearBit(from) - 1;
            if (text.length() > 0) {
                text.append(',');
            }
            text.append(from);
            if (to > from) {
                text.append('-').append(to);
            }
            from = chunks.nextSetBit(to + 1);
        }
        return text.toString();
    }

    /** Throws {@link IllegalArgumentException} for a text that {@link #text} does not write. */
    public static BitSet parse(String text) {
        BitSet chunks = new BitSet();
        if (text.isEmpty()) {
            return chunks;
        }
        for (String range : text.split(",")) {
            int dash = range.indexOf('-');
            int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int to = dash < 0 ? from : Integer.parseInt(range.substring(dash + 1));
            if (from < 0 || to < from) {
                throw new IllegalArgumentException("not a set of chunks: " + text);
            }
            chunks.set(from, to + 1);
        }
        return chunks;
    }
}

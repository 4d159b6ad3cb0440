package io.millrace.source.snapshot;

import io.millrace.source.catalog.Identifier;
import io.millrace.source.position.CopiedRange;
import io.millrace.source.position.CutBy;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How a relation is cut into chunks: every row of the snapshot is in exactly one. Every session that shares the snapshot
 * has to cut alike.
 */
public sealed interface Cut {
    /** Tells cuts apart: the chunks of another one are other chunks. */
    int id();

    int chunks();

    /** What every session cuts it by. */
    CutBy by();

    /** A chunk as a condition; empty when it is the whole relation. */
    String condition(int chunk);

    /** What gives a chunk's rows the same order each time, beyond the order in which they are stored; empty for none. */
    String order();

    /** Whether a chunk's rows come in the same order each time, so that its reading can go on behind any of them. */
    default boolean repeats() {
        return true;
    }

    /** Chunks that need not be read, as they are copied already. */
    default BitSet kept() {
        return new BitSet();
    }

    /** All in one, of what has no blocks. */
    record Whole(int rows) implements Cut {
        @Override
        public int id() {
            return 0;
        }

        @Override
        public int chunks() {
            return 1;
        }

        @Override
        public CutBy by() {
            return new CutBy(rows, "");
        }

        @Override
        public String condition(int number) {
            return "";
        }

        @Override
        public String order() {
            return "";
        }

        @Override
        public boolean repeats() {
            return false;
        }
    }

    /**
     * Equally many blocks each.
     *
     * @param rows how many each was to have, about
     * @param blocks the same in every session
     * @param chunks how many there are; blocks that the relation gained since the snapshot hold no row of it
     */
    record Blocks(int rows, int blocks, int chunks) implements Cut {
        @Override
        public int id() {
            return blocks;
        }

        @Override
        public CutBy by() {
            return new CutBy(rows, "");
        }

        @Override
        public String condition(int number) {
            String from = number == 0 ? "" : "ctid >= '(" + (long) number * blocks + ",0)'::tid";
            String to = number == chunks - 1 ? "" : "ctid < '(" + (number + 1L) * blocks + ",0)'::tid";
            return both(from, to);
        }

        @Override
        public String order() {
            return "";
        }
    }

    /**
     * Ranges of a column, and rows without a value in a chunk of their own, the last.
     *
     * @param relation quoted
     * @param rows how many each was to have, about
     * @param names of the column that it is cut by, and where {@code keyed} of those of the rest of the key
     * @param bounds up to which the chunks but the last go, in the server's order: texts of the values of as many of the
     *     columns as there are in it, behind all rows that begin with them
     * @param nulls whether there can be rows without a value
     * @param keyed whether the columns are the table's key, none of them can be without a value, and the stream tells them of
     *     every row: then what is copied of the table is something to go on from, under any snapshot
     * @param file where the rows are stored; 0 where they are not, as those of a view
     * @param kept which chunks are copied from an earlier snapshot
     */
    record Ranges(
            String relation,
            int rows,
            List<String> names,
            List<List<String>> bounds,
            boolean nulls,
            boolean keyed,
            int file,
            BitSet kept)
            implements Cut {
        public Ranges {
            names = List.copyOf(names);
            bounds = List.copyOf(bounds);
        }

        /** Beyond the number of blocks that a chunk may have, so never that of {@link Blocks}. */
        @Override
        public int id() {
            return (31 * names.hashCode() + bounds.hashCode()) & 0x3fffffff | 0x40000000;
        }

        @Override
        public CutBy by() {
            return new CutBy(rows, names.get(0));
        }

        @Override
        public int chunks() {
            return bounds.size() + (nulls ? 2 : 1);
        }

        @Override
        public String condition(int number) {
            if (nulls && number == chunks() - 1) {
                return column(0) + " IS NULL";
            }
            if (bounds.isEmpty()) {
                return nulls ? column(0) + " IS NOT NULL" : "";
            }
            String from = number == 0 ? "" : compared(" > ", bounds.get(number - 1));
            String to = number == bounds.size() ? "" : compared(" <= ", bounds.get(number));
            return both(from, to);
        }

        private String compared(String operator, List<String> bound) {
            if (bound.size() == 1) {
                return column(0) + operator + Identifier.literal(bound.get(0));
            }
            return bound.stream()
                    .map(Identifier::literal)
                    .collect(Collectors.joining(", ", "(" + columns(bound.size()) + ")" + operator + "(", ")"));
        }

        @Override
        public String order() {
            return columns(names.size()) + (keyed || file == 0 ? "" : ", ctid");
        }

        @Override
        public boolean repeats() {
            return file != 0;
        }

        private String columns(int most) {
            return IntStream.range(0, most).mapToObj(this::column).collect(Collectors.joining(", "));
        }

        private String column(int at) {
            return relation + "." + Identifier.quoted(names.get(at));
        }

        /** The keys of a chunk's rows. */
        CopiedRange range(int chunk) {
            return new CopiedRange(
                    chunk == 0 ? List.of() : bounds.get(chunk - 1),
                    chunk == bounds.size() ? List.of() : bounds.get(chunk));
        }

        /** What of the table these chunks are, and the rows up to those keys of others; as few ranges as can be. */
        List<CopiedRange> ranges(BitSet done, Map<Integer, List<String>> reached) {
            List<CopiedRange> ranges = new ArrayList<>();
            for (int from = done.nextSetBit(0); from >= 0; ) {
                int behind = done.nextClearBit(from);
                List<String> upTo = reached.get(behind);
                ranges.add(new CopiedRange(
                        range(from).above(), upTo == null ? range(behind - 1).upTo() : upTo));
                from = done.nextSetBit(behind);
            }
            reached.forEach((chunk, upTo) -> {
                if (chunk == 0 || !done.get(chunk - 1)) {
                    ranges.add(new CopiedRange(range(chunk).above(), upTo));
                }
            });
            return ranges;
        }
    }

    private static String both(String from, String to) {
        return from.isEmpty() ? to : to.isEmpty() ? from : from + " AND " + to;
    }
}

package io.millrace.source.query;

import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How far a mirror is: its source offset. Immutable.
 *
 * @param column the watermark's; empty for a whole table
 * @param mark the highest value up to which everything has been read; null before the first run is over
 * @param xmin the snapshot's xmin of the last run by xmin, with its epoch; 0 before the first is over
 * @param order of the last generation of a whole table; 0 before the first is over
 * @param fingerprint of the table that the last generation was read from
 * @param signals offset behind the last signal that was followed or that came before the first start; negative for none
 * @param run what is going on; null between runs
 * @param lineage of the server that it was read from; null while that is not known
 * @param owed whether rows up to the mark may have become others since they were read: they are read once more
 */
record MirrorState(
        String column,
        @Nullable BigInteger mark,
        long xmin,
        long order,
        String fingerprint,
        long signals,
        @Nullable Run run,
        @Nullable Lineage lineage,
        boolean owed) {
    static final String SIGNALS = "signals";
    static final String MARK = "watermark";
    private static final String COLUMN = "watermark.column";
    private static final String XMIN = "xmin";
    private static final String ORDER = "generation";
    private static final String FINGERPRINT = "fingerprint";
    private static final String HISTORY = "history";
    private static final String OWED = "late";
    private static final Set<String> KEYS = Set.of(COLUMN, MARK, XMIN, ORDER, FINGERPRINT, SIGNALS, HISTORY, OWED);

    static MirrorState fresh(String column) {
        return new MirrorState(column, null, 0, 0, "", -1, null, null, false);
    }

    /** Whether the first run is over. */
    boolean copied() {
        return mark != null || xmin != 0 || order != 0;
    }

    MirrorState with(@Nullable Run next) {
        return new MirrorState(column, mark, xmin, order, fingerprint, signals, next, lineage, owed);
    }

    MirrorState upTo(@Nullable BigInteger next, long nextXmin) {
        return new MirrorState(column, next, nextXmin, order, fingerprint, signals, null, lineage, owed);
    }

    MirrorState generation(long next, String of) {
        return new MirrorState(column, mark, xmin, next, of, signals, null, lineage, owed);
    }

    /** With all rows up to the mark read as they were at a snapshot. */
    MirrorState looked(@Nullable BigInteger next, long snapshotXmin) {
        return new MirrorState(column, next, snapshotXmin, order, fingerprint, signals, run, lineage, false);
    }

    /** Read from there from now on. */
    MirrorState in(Lineage now) {
        return new MirrorState(column, mark, xmin, order, fingerprint, signals, run, now, owed);
    }

    /** Read from another history from now on, in which neither xids nor what was read in part mean anything. */
    MirrorState moved(Lineage now) {
        Run begun = run == null ? null : Run.of(run.again(), run.start(), run.end());
        return new MirrorState(column, mark, 0, order, "", signals, begun, now, mark != null);
    }

    /** With this signal followed. */
    MirrorState signal(long offset) {
        return new MirrorState(column, mark, xmin, order, fingerprint, offset + 1, run, lineage, owed);
    }

    /** The order of the entries is part of the name: Connect looks offsets up by the bytes of the map. */
    static Map<String, String> partition(String server, String mirror) {
        Map<String, String> partition = new LinkedHashMap<>();
        partition.put("server", server);
        partition.put("mirror", mirror);
        return Collections.unmodifiableMap(partition);
    }

    Map<String, Object> offset(@Nullable WatermarkType type) {
        Map<String, Object> offset = new LinkedHashMap<>();
        if (!column.isEmpty()) {
            offset.put(COLUMN, column);
        }
        if (mark != null && type != null) {
            offset.put(MARK, type.text(mark));
        }
        if (xmin != 0) {
            offset.put(XMIN, xmin);
        }
        if (order != 0) {
            offset.put(ORDER, order);
            offset.put(FINGERPRINT, fingerprint);
        }
        if (signals >= 0) {
            offset.put(SIGNALS, signals);
        }
        if (lineage != null) {
            offset.put(HISTORY, lineage.text());
        }
        if (owed) {
            offset.put(OWED, true);
        }
        if (run != null) {
            run.write(type, offset);
        }
        return offset;
    }

    /**
     * @param column the one that is configured now
     * @param type its type; null for xmin and for whole tables
     * @throws IllegalArgumentException for an offset of another column, or one that is malformed
     */
    static MirrorState of(String column, @Nullable WatermarkType type, @Nullable Map<String, ?> offset) {
        if (offset == null || offset.isEmpty()) {
            return fresh(column);
        }
        Set<String> unknown = new TreeSet<>(offset.keySet());
        unknown.removeAll(KEYS);
        Run.KEYS.forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("an offset has no key " + unknown + "; it has " + new TreeSet<>(KEYS)
                    + ", and " + Run.KEYS + " for a range to read again");
        }
        Object stored = offset.get(COLUMN);
        if (stored != null && !stored.equals(column)) {
            throw new IllegalArgumentException("the stored position is of the watermark column \"" + stored
                    + "\", the configuration has \"" + column + "\": restore it, or delete the mirror's offset to begin"
                    + " again");
        }
        return new MirrorState(
                column,
                Run.value(type, offset.get(MARK)),
                number(offset.get(XMIN)),
                number(offset.get(ORDER)),
                offset.get(FINGERPRINT) instanceof String text ? text : "",
                offset.containsKey(SIGNALS) ? number(offset.get(SIGNALS)) : -1,
                Run.read(type, offset),
                offset.get(HISTORY) instanceof String text ? Lineage.parse(text) : null,
                Boolean.TRUE.equals(offset.get(OWED)));
    }

    private static long number(@Nullable Object value) {
        if (value != null && !(value instanceof Long) && !(value instanceof Integer)) {
            throw new IllegalArgumentException("\"" + value + "\" has to be a whole number");
        }
        return value instanceof Number number ? number.longValue() : 0;
    }
}

package io.millrace.source.query;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A run that is not over: what it reads, and which ranges of that have been read. Immutable.
 *
 * @param again whether it reads what was read before, as somebody asked for; the position stays where it is then
 * @param start the first value, null from the beginning
 * @param end the last value; null for a run by xmin
 * @param xmin of the first snapshot that it was read from: what is in a range that was read and changed since has an xmin
 *     at or after it; 0 before the first
 * @param done what has been read: under {@link #VALUES} of the watermark, else of a relation's blocks
 */
record Run(boolean again, @Nullable BigInteger start, @Nullable BigInteger end, long xmin, Map<String, Spans> done) {
    /** The key of spans of the watermark's values. */
    static final String VALUES = "values";

    private static final String START = "run.start";
    private static final String END = "run.end";
    private static final String AGAIN = "run.again";
    private static final String BASE = "run.xmin";
    private static final String DONE = "run.done";
    static final List<String> KEYS = List.of(AGAIN, START, END, BASE, DONE);

    Run {
        done = Map.copyOf(done);
    }

    static Run of(boolean again, @Nullable BigInteger start, @Nullable BigInteger end) {
        return new Run(again, start, end, 0, Map.of());
    }

    Run from(long snapshotXmin) {
        return xmin == 0 ? new Run(again, start, end, snapshotXmin, done) : this;
    }

    Run with(String key, Spans.Span span) {
        Map<String, Spans> more = new LinkedHashMap<>(done);
        more.put(key, more.getOrDefault(key, Spans.NONE).with(span));
        return new Run(again, start, end, xmin, more);
    }

    /** Not beyond this value. */
    Run upTo(@Nullable BigInteger last) {
        BigInteger to = end == null ? last : last == null ? end : end.min(last);
        return new Run(again, start, to, xmin, done);
    }

    Spans done(String key) {
        return done.getOrDefault(key, Spans.NONE);
    }

    void write(@Nullable WatermarkType type, Map<String, Object> offset) {
        if (again) {
            offset.put(AGAIN, true);
        }
        put(offset, START, type, start);
        put(offset, END, type, end);
        if (xmin != 0) {
            offset.put(BASE, xmin);
        }
        List<String> texts = new ArrayList<>();
        new TreeMap<>(done).forEach((key, spans) -> texts.add(key + "=" + spans.text()));
        offset.put(DONE, String.join(" ", texts));
    }

    private static void put(
            Map<String, Object> offset, String key, @Nullable WatermarkType type, @Nullable BigInteger value) {
        if (type != null && value != null) {
            offset.put(key, type.text(value));
        }
    }

    /** Null when the offset has no run. @throws IllegalArgumentException for what is malformed */
    static @Nullable Run read(@Nullable WatermarkType type, Map<String, ?> offset) {
        if (!offset.containsKey(DONE) && !offset.containsKey(END) && !offset.containsKey(START)) {
            return null;
        }
        Map<String, Spans> done = new LinkedHashMap<>();
        if (offset.get(DONE) instanceof String texts && !texts.isEmpty()) {
            for (String text : texts.split(" ", -1)) {
                int equals = text.indexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException(DONE + ": \"" + text + "\" has no name");
                }
                done.put(text.substring(0, equals), Spans.parse(text.substring(equals + 1)));
            }
        }
        return new Run(
                Boolean.TRUE.equals(offset.get(AGAIN)),
                value(type, offset.get(START)),
                value(type, offset.get(END)),
                offset.get(BASE) instanceof Number number ? number.longValue() : 0,
                done);
    }

    static @Nullable BigInteger value(@Nullable WatermarkType type, @Nullable Object text) {
        return type == null || text == null ? null : type.parse(text.toString());
    }
}

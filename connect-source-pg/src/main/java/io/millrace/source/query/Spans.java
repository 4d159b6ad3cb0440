package io.millrace.source.query;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A set of whole numbers as ascending spans that do not touch: what has been read of a run. Immutable.
 *
 * @param spans ascending, with a gap between any two
 */
record Spans(List<Span> spans) {
    static final Spans NONE = new Spans(List.of());

    /** Both ends belong to it; null is without end on that side. */
    record Span(@Nullable BigInteger from, @Nullable BigInteger to) {
        static Span of(long from, long to) {
            return new Span(BigInteger.valueOf(from), BigInteger.valueOf(to));
        }

        private boolean touches(Span next) {
            return to == null || next.from == null || next.from.compareTo(to.add(BigInteger.ONE)) <= 0;
        }
    }

    Spans {
        spans = List.copyOf(spans);
    }

    Spans with(Span added) {
        List<Span> all = new ArrayList<>(spans);
        all.add(added);
        all.sort((a, b) -> a.from == null ? (b.from == null ? 0 : -1) : b.from == null ? 1 : a.from.compareTo(b.from));
        List<Span> joined = new ArrayList<>();
        for (Span one : all) {
            Span last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last != null && last.touches(one)) {
                joined.set(joined.size() - 1, new Span(last.from, later(last.to, one.to)));
            } else {
                joined.add(one);
            }
        }
        return new Spans(joined);
    }

    private static @Nullable BigInteger later(@Nullable BigInteger a, @Nullable BigInteger b) {
        return a == null || b == null ? null : a.max(b);
    }

    /** What of a span is not in here. */
    List<Span> missing(Span of) {
        List<Span> missing = new ArrayList<>();
        BigInteger from = of.from;
        boolean open = true;
        for (Span one : spans) {
            if (of.to != null && one.from != null && one.from.compareTo(of.to) > 0) {
                break;
            }
            if (one.to != null && from != null && one.to.compareTo(from) < 0) {
                continue;
            }
            if (one.from != null && (from == null || one.from.compareTo(from) > 0)) {
                missing.add(new Span(from, one.from.subtract(BigInteger.ONE)));
            }
            if (one.to == null) {
                open = false;
                break;
            }
            from = one.to.add(BigInteger.ONE);
        }
        if (open && (of.to == null || from == null || from.compareTo(of.to) <= 0)) {
            missing.add(new Span(from, of.to));
        }
        return missing;
    }

    /** As {@code from..to;from..to}, an end that is open left empty; reads what {@link #text} wrote. */
    static Spans parse(String text) {
        Spans spans = NONE;
        for (String one : text.isEmpty() ? new String[0] : text.split(";", -1)) {
            int dots = one.indexOf("..");
            if (dots < 0) {
                throw new IllegalArgumentException("\"" + one + "\" is no range from..to");
            }
            spans = spans.with(new Span(number(one.substring(0, dots)), number(one.substring(dots + 2))));
        }
        return spans;
    }

    private static @Nullable BigInteger number(String text) {
        return text.isEmpty() ? null : new BigInteger(text);
    }

    String text() {
        return spans.stream()
                .map(span -> text(span.from) + ".." + text(span.to))
                .collect(Collectors.joining(";"));
    }

    private static String text(@Nullable BigInteger end) {
        return end == null ? "" : end.toString();
    }
}

package io.millrace.source.query;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a run into ranges of about equally many rows: by values of the watermark, at quantiles that the server finds in an
 * index, or by blocks, where the rows wanted may lie anywhere.
 */
final class RangePlan {
    private final Shape shape;
    private final MirrorSettings settings;

    RangePlan(Shape shape, MirrorSettings settings) {
        this.shape = shape;
        this.settings = settings;
    }

    /**
     * Blocks are read fastest when all rows are wanted; an index leads to a few. A run that has begun goes on as it began.
     */
    boolean byBlocks(Run run) {
        if (shape.stored().isEmpty()) {
            return false;
        }
        Shape.Column column = shape.watermark();
        if (column == null) {
            return true;
        }
        if (!run.done().isEmpty()) {
            return !run.done().containsKey(Run.VALUES);
        }
        return !column.indexed() || run.start() == null && settings.mostRows() == 0;
    }

    /** What is left of a run, cut by the values of the watermark. */
    List<Range> byValues(Connection session, Run run) throws SQLException {
        Shape.Column column = column();
        List<Range> ranges = new ArrayList<>();
        for (Spans.Span gap : run.done(Run.VALUES).missing(new Spans.Span(run.start(), run.end()))) {
            BigInteger from = gap.from();
            for (BigInteger bound : quantiles(session, column, gap)) {
                ranges.add(byValues(column, new Spans.Span(from, bound)));
                from = bound.add(BigInteger.ONE);
            }
            if (from == null || gap.to() == null || from.compareTo(gap.to()) <= 0) {
                ranges.add(byValues(column, new Spans.Span(from, gap.to())));
            }
        }
        return ranges;
    }

    private Range byValues(Shape.Column column, Spans.Span span) {
        Template query = shape.query();
        if (query == null) {
            Range range =
                    new Range(shape.table().id().quoted(), filtered(column.between(span)), Run.VALUES, span, true);
            // Without an index each range would have to be sorted.
            return column.indexed() ? range.along(Along.values(column)) : range;
        }
        String from =
                query.between(column.type().literal(span.from()), column.type().literal(span.to()));
        return new Range(from, filtered(""), Run.VALUES, span, true);
    }

    /** The values that end a range each, but for the last. */
    private List<BigInteger> quantiles(Connection session, Shape.Column column, Spans.Span gap) throws SQLException {
        int rows = settings.rowsPerPartition();
        String within = within(column, gap);
        if (nth(session, column, within, rows) == null) {
            return List.of();
        }
        String query = "SELECT DISTINCT " + WatermarkType.asText("k") + ", k FROM (SELECT " + column.quoted()
                + " AS k, row_number() OVER (ORDER BY " + column.quoted() + ") AS n FROM "
                + column.table().quoted() + within + ") AS s WHERE n % " + rows + " = 0 ORDER BY 2";
        List<BigInteger> bounds = new ArrayList<>();
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                bounds.add(column.type().parse(row.getString(1)));
            }
        }
        return bounds;
    }

    /** The value of the row behind so many, in the order of values; null when there are no more. */
    @Nullable
    BigInteger nth(Connection session, Spans.Span gap, long rows) throws SQLException {
        return nth(session, column(), within(column(), gap), rows);
    }

    private static @Nullable BigInteger nth(Connection session, Shape.Column column, String within, long rows)
            throws SQLException {
        String query = "SELECT " + WatermarkType.asText(column.quoted()) + " FROM "
                + column.table().quoted() + within + " ORDER BY " + column.quoted() + " OFFSET " + rows + " LIMIT 1";
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? column.type().parse(row.getString(1)) : null;
        }
    }

    private String within(Shape.Column column, Spans.Span gap) {
        String finite = column.type().finite(column.quoted());
        String rows = and(column.between(gap), finite.isEmpty() ? column.quoted() + " IS NOT NULL" : finite);
        return " WHERE " + (shape.query() == null ? filtered(rows) : rows);
    }

    /**
     * What is left of a run, cut by blocks.
     *
     * @param wanted a condition on the rows; empty for all
     * @param changed a condition that rows meet which changed since the run began; empty when nothing was read before
     */
    List<Range> byBlocks(Run run, String wanted, String changed) {
        List<Range> ranges = new ArrayList<>();
        for (Shape.Stored stored : shape.stored()) {
            Spans done = run.done(stored.key());
            for (Spans.Span gap : done.missing(new Spans.Span(BigInteger.ZERO, null))) {
                for (Spans.Span span : cut(gap, stored)) {
                    ranges.add(range(stored, span, wanted, true));
                }
            }
            for (Spans.Span again : done.spans()) {
                // In another snapshot a row may lie where an earlier one was read already.
                ranges.add(range(stored, again, and(changed, wanted), false));
            }
        }
        return ranges;
    }

    private Range range(Shape.Stored stored, Spans.Span span, String wanted, boolean counted) {
        String blocks = "";
        if (stored.blocks() > 0) {
            String from =
                    span.from() == null || span.from().signum() == 0 ? "" : "ctid >= '(" + span.from() + ",0)'::tid";
            String to = span.to() == null ? "" : "ctid < '(" + span.to().add(BigInteger.ONE) + ",0)'::tid";
            blocks = and(from, to);
        }
        Range range =
                new Range("ONLY " + stored.id().quoted(), filtered(and(blocks, wanted)), stored.key(), span, counted);
        return counted && stored.blocks() > 0 ? range.along(Along.blocks()) : range;
    }

    /** The last one is without end: the relation may have grown. */
    private static List<Spans.Span> cut(Spans.Span gap, Shape.Stored stored) {
        List<Spans.Span> spans = new ArrayList<>();
        long from = gap.from() == null ? 0 : gap.from().longValueExact();
        long last = gap.to() == null
                ? stored.blocks() - 1
                : Math.min(stored.blocks() - 1, gap.to().longValueExact());
        for (; from + stored.blocksPerRange() <= last; from += stored.blocksPerRange()) {
            spans.add(Spans.Span.of(from, from + stored.blocksPerRange() - 1));
        }
        spans.add(new Spans.Span(BigInteger.valueOf(from), gap.to()));
        return spans;
    }

    /** Everything in one piece, for what has neither a watermark nor blocks. */
    Range whole(String wanted) {
        Template query = shape.query();
        String from = query == null ? shape.table().id().quoted() : query.whole();
        return new Range(from, filtered(wanted), Run.VALUES, new Spans.Span(null, null), false);
    }

    private String filtered(String condition) {
        return settings.rowFilter() == null ? condition : and(condition, "(" + settings.rowFilter() + "\n)");
    }

    static String and(String a, String b) {
        return a.isEmpty() ? b : b.isEmpty() ? a : a + " AND " + b;
    }

    private Shape.Column column() {
        Shape.Column column = shape.watermark();
        if (column == null) {
            throw new IllegalStateException("cut by a watermark that there is not");
        }
        return column;
    }
}

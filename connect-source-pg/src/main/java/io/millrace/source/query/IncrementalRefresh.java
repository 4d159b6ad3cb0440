package io.millrace.source.query;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what lies between the last watermark and the highest that is settled. */
final class IncrementalRefresh implements Refresh {
    private static final Logger LOG = LoggerFactory.getLogger(IncrementalRefresh.class);

    /** A position moves on without rows too; it is stored at least this often. */
    private static final long STORE_NANOS = 60_000_000_000L;

    private static final String HELP = "Rows that got such values since are not mirrored: without a key, or with"
            + " watermark.late.rows=ignore, they are not looked for. Read again from before that, by a signal or by the"
            + " mirror's offset";

    private final MirrorContext context;
    private final MirrorSettings settings;
    private final MirrorSettings.Watermark watermark;
    private final MirrorOutput out;
    private final Highest highest;
    private final StartValue first;
    private final WentBack wentBack = new WentBack();
    private long storedNanos = System.nanoTime();
    private long lateNanos = System.nanoTime();
    private boolean warned;

    IncrementalRefresh(MirrorContext context, MirrorSettings.Watermark watermark, StartValue first) {
        this.context = context;
        this.settings = context.settings();
        this.watermark = watermark;
        this.out = context.out();
        this.highest = new Highest(watermark);
        this.first = first;
    }

    @Override
    public void run(Connection session) throws SQLException, InterruptedException {
        long started = System.currentTimeMillis();
        Shape shape = new Shapes(session).find(settings);
        Shape.Column column = shape.watermark();
        if (column == null || column.type() != out.type()) {
            throw new IllegalStateException(
                    "watermark.column: the type of " + watermark.column() + " has changed; restart the connector");
        }
        warn(shape, column);
        Run run = out.state().run();
        if (run == null) {
            Highest.Reach reach = highest.find(session, column);
            if (reach != null && hasChanged(session, shape, column, reach)) {
                return;
            }
            run = reach == null ? null : next(session, shape, column, reach);
        }
        if (run != null) {
            read(session, run, shape, started);
        }
        if (lateRows(shape)) {
            context.sessions().endTransaction(session);
            readLate(session, column, out.state().mark(), false);
        }
    }

    /**
     * What was read may have become something else: then it is read again by xmin, if that does no harm, and the mirror
     * goes on from where its source is. Else it is said.
     */
    private boolean hasChanged(Connection session, Shape shape, Shape.Column column, Highest.Reach reach)
            throws SQLException, InterruptedException {
        MirrorState state = out.state();
        BigInteger mark = state.mark();
        if (mark == null) {
            return false;
        }
        boolean again = LateLooks.allowed(settings, shape);
        // A position beyond what there is may have been given by a user; it counts once it has been reached.
        boolean back = (state.xmin() != 0 || state.owed())
                && wentBack.is(session, column, mark, reach.seen(), again ? "What changed since is read again" : HELP);
        if (again && (back || state.owed())) {
            readLate(session, column, back ? reach.to() : mark, true);
            return true;
        }
        if (state.owed()) {
            LOG.warn("{}: {}", settings.name(), HELP);
        }
        if (state.owed() || state.xmin() == 0 && reach.seen().compareTo(mark) >= 0) {
            long xmin = Snapshot.oldest(session);
            out.advance("reached", now -> now.looked(mark, xmin));
        }
        return false;
    }

    /** Null when there is nothing to read. */
    private @Nullable Run next(Connection session, Shape shape, Shape.Column column, Highest.Reach reach)
            throws SQLException, InterruptedException {
        BigInteger end = reach.to();
        BigInteger mark = out.state().mark();
        if (mark != null) {
            return end.compareTo(mark) <= 0 ? null : Run.of(false, mark.add(BigInteger.ONE), end);
        }
        boolean keyed = !settings.key(shape).isEmpty();
        StartValue.Start start = first.of(session, column, end, keyed);
        if (start.from() != null && start.from().compareTo(end) > 0) {
            BigInteger before = start.from().subtract(BigInteger.ONE);
            // Rows that come late from now on are looked for by their xmin, not all that were there before.
            long xmin = reach.seen().compareTo(before) >= 0 ? Snapshot.oldest(session) : 0;
            out.advance("start", state -> state.upTo(before, xmin));
            return null;
        }
        return Run.of(false, start.from(), end);
    }

    private void read(Connection session, Run wanted, Shape before, long started)
            throws SQLException, InterruptedException {
        Template query = before.query();
        WatermarkType type = column(before).type();
        String from = query == null
                ? before.table().id().quoted()
                : query.between(type.literal(wanted.start()), type.literal(wanted.end()));
        Snapshot snapshot = Snapshot.take(session, from);
        MirrorContext.Reading reading = context.reading(new Shapes(session).find(settings), snapshot);
        Shape shape = reading.shape();
        RangePlan plan = new RangePlan(shape, settings);
        Run run = limited(session, plan, wanted).from(snapshot.xmin());
        out.change(state -> state.with(run));
        List<Range> ranges = plan.byBlocks(run)
                ? plan.byBlocks(
                        run,
                        column(shape).between(new Spans.Span(run.start(), run.end())),
                        Xids.since(run.xmin(), snapshot.xmin()))
                : plan.byValues(session, run);
        long rows = new RangeReading(snapshot, shape, reading.schema(), reading.source(), out, null)
                .run(session, context.sessions(), settings.workers() - 1, ranges);
        BigInteger mark = out.state().mark();
        String what = run.again() ? "again" : mark == null ? "copy" : "refresh";
        finish(what, rows, started, mark == null, state -> {
            long base = state.xmin() == 0 && !state.owed() ? run.xmin() : state.xmin();
            return run.again() ? state.with(null) : state.upTo(run.end(), base);
        });
    }

    private Run limited(Connection session, RangePlan plan, Run run) throws SQLException {
        if (settings.mostRows() == 0 || !run.done().isEmpty() || run.again()) {
            return run;
        }
        BigInteger end = plan.nth(session, new Spans.Span(run.start(), run.end()), settings.mostRows() - 1);
        return end == null ? run : Run.of(false, run.start(), end);
    }

    private void finish(String what, long rows, long started, boolean always, UnaryOperator<MirrorState> change)
            throws InterruptedException {
        if (rows == 0 && !always && System.nanoTime() - storedNanos < STORE_NANOS) {
            out.change(change);
            return;
        }
        storedNanos = System.nanoTime();
        RunRecords.Report report = context.report(what, rows, started);
        out.advance(change, offset -> context.runs().record(out.partition(), offset, report));
    }

    private boolean lateRows(Shape shape) {
        return LateLooks.regular(settings, shape)
                && out.state().mark() != null
                && out.state().xmin() != 0
                && out.state().run() == null
                && System.nanoTime() - lateNanos >= watermark.lateMillis() * 1_000_000;
    }

    /**
     * @param next the mark from then on
     * @param told whether it is a run of its own in the audit trail, whatever it finds
     */
    private void readLate(Connection session, Shape.Column column, @Nullable BigInteger next, boolean told)
            throws SQLException, InterruptedException {
        long started = System.currentTimeMillis();
        Snapshot snapshot = Snapshot.take(session, settings.table().quoted());
        MirrorContext.Reading reading = context.reading(new Shapes(session).find(settings), snapshot);
        MirrorState state = out.state();
        String wanted = RangePlan.and(
                column.between(new Spans.Span(null, state.mark())),
                state.xmin() == 0 ? "" : Xids.since(state.xmin(), snapshot.xmin()));
        List<Range> ranges = new RangePlan(reading.shape(), settings)
                .byBlocks(Run.of(false, null, null), wanted, "").stream()
                        .map(Range::uncounted)
                        .toList();
        long rows = new RangeReading(snapshot, reading.shape(), reading.schema(), reading.source(), out, null)
                .run(session, context.sessions(), settings.workers() - 1, ranges);
        lateNanos = System.nanoTime();
        finish("late", rows, started, told, now -> now.looked(next, snapshot.xmin()));
    }

    private void warn(Shape shape, Shape.Column column) {
        if (warned) {
            return;
        }
        warned = true;
        if (!column.required()) {
            LOG.warn("Rows of {} without a value in {} are not mirrored", column.table(), column.name());
        }
        if (!column.indexed()) {
            LOG.warn(
                    "{} has no index that begins with {}: each run reads the whole table",
                    column.table(),
                    column.name());
        }
        if (LateLooks.missed(settings, shape)) {
            LOG.warn(
                    "The server does not seem to give out the values of {}.{} in order: rows that come with one of the"
                            + " past are missed. watermark.boundary leaves time for them; in a table with a key they are looked for",
                    column.table(),
                    column.name());
        }
    }

    private static Shape.Column column(Shape shape) {
        Shape.Column column = shape.watermark();
        if (column == null) {
            throw new IllegalStateException("a run between watermarks without one");
        }
        return column;
    }
}

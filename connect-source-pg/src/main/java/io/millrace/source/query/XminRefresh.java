package io.millrace.source.query;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Reads the rows whose version is newer than the last run's snapshot, whatever columns the table has. Rows of
 * transactions that were open then are read, and those that committed while the oldest of these went on are read again:
 * a transaction's savepoints have ids of their own, so which of them a snapshot showed cannot be told by the row.
 *
 * <p>Costs a scan of the table. Deletes cannot be seen.
 */
final class XminRefresh implements Refresh {
    /** A session's changes are counted when it is idle, which may be long after its commit. */
    private static final long LOOK_NANOS = 60_000_000_000L;

    private final MirrorContext context;
    private final MirrorSettings settings;
    private final MirrorOutput out;
    private final ChangeCheck changes;
    private long lookedNanos;
    private String unchanged = "";

    XminRefresh(MirrorContext context) {
        this.context = context;
        this.settings = context.settings();
        this.out = context.out();
        this.changes = new ChangeCheck(settings);
    }

    @Override
    public void run(Connection session) throws SQLException, InterruptedException {
        long started = System.currentTimeMillis();
        String fingerprint = changes.statistics(session, new Shapes(session).find(settings));
        if (System.nanoTime() - lookedNanos < LOOK_NANOS
                && out.state().run() == null
                && out.state().copied()
                && !fingerprint.isEmpty()
                && fingerprint.equals(unchanged)) {
            return;
        }
        Snapshot snapshot = Snapshot.take(session, settings.table().quoted());
        MirrorContext.Reading reading = context.reading(new Shapes(session).find(settings), snapshot);
        Run begun = out.state().run();
        Run run = (begun == null ? Run.of(false, null, null) : begun).from(snapshot.xmin());
        out.change(state -> state.with(run));
        MirrorState state = out.state();
        String wanted = state.xmin() == 0 ? "" : Xids.since(state.xmin(), snapshot.xmin());
        RangePlan plan = new RangePlan(reading.shape(), settings);
        List<Range> ranges = reading.shape().stored().isEmpty()
                ? List.of(plan.whole(wanted))
                : plan.byBlocks(run, wanted, Xids.since(run.xmin(), snapshot.xmin()));
        long rows = new RangeReading(snapshot, reading.shape(), reading.schema(), reading.source(), out, null)
                .run(session, context.sessions(), settings.workers() - 1, ranges);
        unchanged = fingerprint;
        lookedNanos = System.nanoTime();
        RunRecords.Report report = context.report(state.xmin() == 0 ? "copy" : "refresh", rows, started);
        out.advance(now -> now.upTo(null, snapshot.xmin()), offset -> context.runs()
                .record(out.partition(), offset, report));
    }
}

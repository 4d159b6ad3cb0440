package io.millrace.source.query;

import io.millrace.core.Manifest;
import io.millrace.source.position.Lsn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a whole relation as a generation of its own, whose manifest tells sinks when they have all of it; nothing when it
 * is the same as before. One that did not come to its end is followed by another.
 */
final class FullRefresh implements Refresh {
    private static final Logger LOG = LoggerFactory.getLogger(FullRefresh.class);
    private static final long ARRIVAL_MILLIS = 20;

    private final MirrorContext context;
    private final MirrorSettings settings;
    private final MirrorOutput out;
    private final ChangeCheck changes;

    FullRefresh(MirrorContext context) {
        this.context = context;
        this.settings = context.settings();
        this.out = context.out();
        this.changes = new ChangeCheck(settings);
    }

    @Override
    public void run(Connection session) throws SQLException, InterruptedException {
        long started = System.currentTimeMillis();
        MirrorContext.Form before = context.form(new Shapes(session).find(settings));
        String fingerprint = changes.fingerprint(session, before.shape(), before.schema());
        MirrorState state = out.state();
        // The order of a generation is the time when it began.
        boolean believed = settings.changesMillis() == 0 || started - state.order() < settings.changesMillis();
        if (state.run() == null
                && state.copied()
                && believed
                && !fingerprint.isEmpty()
                && fingerprint.equals(state.fingerprint())) {
            LOG.debug("{} is unchanged", settings.table());
            return;
        }
        Snapshot snapshot = Snapshot.take(session, before.shape().everything());
        MirrorContext.Reading reading = context.reading(new Shapes(session).find(settings), snapshot);
        RangePlan plan = new RangePlan(reading.shape(), settings);
        List<Range> ranges = reading.shape().stored().isEmpty()
                ? List.of(plan.whole(""))
                : plan.byBlocks(Run.of(false, null, null), "", "").stream()
                        .map(Range::uncounted)
                        .toList();
        long order = Math.max(state.order() + 1, Manifest.nextOrder());
        Manifest begin = new Manifest(
                Manifest.Kind.BEGIN,
                settings.name() + "@" + Lsn.text(snapshot.lsn()) + "#" + order,
                order,
                settings.table().schema(),
                settings.table().name(),
                reading.schema().topic(),
                Map.of());
        context.generations().begin(begin.generation());
        try {
            out.advance(now -> now, offset -> manifest(begin, offset));
            long rows = new RangeReading(
                            snapshot, reading.shape(), reading.schema(), reading.source(), out, begin.generation())
                    .run(session, context.sessions(), settings.workers() - 1, ranges);
            Map<TopicPartition, Long> last = arrived(rows);
            Manifest end = of(begin, Manifest.Kind.END, last, rows);
            out.advance(now -> now.generation(order, fingerprint), offset -> manifest(end, offset));
            RunRecords.Report report = context.report("generation", rows, started);
            out.advance(now -> now, offset -> context.runs().record(out.partition(), offset, report));
        } catch (SQLException | RuntimeException e) {
            out.advance(now -> now, offset -> manifest(of(begin, Manifest.Kind.ABORT, Map.of(), -1), offset));
            throw e;
        } finally {
            context.generations().end();
        }
    }

    /** The last offset in each partition, when every row is in its topic. */
    private Map<TopicPartition, Long> arrived(long rows) throws InterruptedException {
        while (true) {
            Map<TopicPartition, Long> last = context.generations().of(rows);
            if (last != null) {
                return last;
            }
            Thread.sleep(ARRIVAL_MILLIS);
        }
    }

    private static Manifest of(Manifest begin, Manifest.Kind kind, Map<TopicPartition, Long> last, long rows) {
        return new Manifest(
                kind, begin.generation(), begin.order(), begin.schema(), begin.table(), begin.topic(), last, rows);
    }

    private SourceRecord manifest(Manifest manifest, Map<String, Object> offset) {
        return new SourceRecord(
                out.partition(),
                offset,
                Manifest.topic(context.topics().prefix()),
                0,
                Schema.STRING_SCHEMA,
                manifest.key(),
                Manifest.SCHEMA,
                manifest.toStruct());
    }
}

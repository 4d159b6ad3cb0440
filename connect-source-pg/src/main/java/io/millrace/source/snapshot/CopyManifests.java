package io.millrace.source.snapshot;

import io.millrace.core.Headers;
import io.millrace.core.Manifest;
import io.millrace.source.batch.GenerationOffsets;
import io.millrace.source.batch.RecordBatches;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.Lsn;
import io.millrace.source.position.Phase;
import io.millrace.source.position.Tally;
import io.millrace.source.record.ControlRecords;
import io.millrace.source.record.TopicNames;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one task tells of the initial copy beside its rows. Where tables are told as generations, a chunk is told to be
 * copied only with the offsets that its rows have in their topic: then what is stored as copied is told, whoever dies.
 * Used by the task's reading thread.
 */
public final class CopyManifests {
    private static final Logger LOG = LoggerFactory.getLogger(CopyManifests.class);

    /** 128 kB, as a power of 2. */
    private static final int WAL_PER_MILLI = 17;

    private final TopicNames topics;
    private final ControlRecords control;
    private final RecordBatches out;
    private final GenerationOffsets offsets;
    private final boolean on;
    private final CopyNotices notices;
    private final Set<String> begun = new HashSet<>();
    private final Set<String> ended = new HashSet<>();
    private Phase.@Nullable Copying leading;
    private Phase.Copying copying = new Phase.Copying(0, 1);

    /**
     * @param offsets learns where the rows have come to lie
     * @param on whether tables are told as generations
     */
    public CopyManifests(
            TopicNames topics,
            ControlRecords control,
            RecordBatches out,
            GenerationOffsets offsets,
            boolean on,
            CopyNotices notices) {
        this.topics = topics;
        this.control = control;
        this.out = out;
        this.offsets = offsets;
        this.on = on;
        this.notices = notices;
    }

    boolean on() {
        return on;
    }

    /** What follows is of this copy. */
    public void of(Phase.Copying current) {
        copying = current;
    }

    /** This task says when a table is whole, or given up. */
    public void lead(Phase.Copying current) {
        leading = on ? current : null;
        notices.lead(current);
    }

    public CopyNotices notices() {
        return notices;
    }

    /**
     * So many chunks of a table are copied, by all tasks together.
     *
     * @param doubled whether rows of it came twice that nothing tells apart, see {@link WholeTable}
     */
    void at(TableId table, long snapshot, int chunks, int copied, Tally tally, boolean doubled)
            throws InterruptedException {
        if (copied > 0) {
            notices.begun(table, chunks);
        }
        if (copied == chunks) {
            end(table, snapshot, new WholeTable(tally.rows(), doubled));
            notices.whole(table, chunks, tally);
        }
    }

    private static String id(long snapshot) {
        return "initial@" + Lsn.text(snapshot);
    }

    /** For each row of a table; null for none. */
    static @Nullable ConnectHeaders headers(@Nullable String generation) {
        return generation == null
                ? null
                : (ConnectHeaders) new ConnectHeaders().addString(Headers.GENERATION, generation);
    }

    /**
     * Before the rows of a chunk.
     *
     * @return the generation to put on them; null for none
     */
    @Nullable
    String begin(TableId table, long snapshot, Map<String, String> partition, Map<String, ?> before)
            throws InterruptedException {
        if (!on) {
            return null;
        }
        if (begun.add(id(snapshot) + " " + table)) {
            offsets.follow(topics.data(table), id(snapshot));
            tell(manifest(Manifest.Kind.BEGIN, table, snapshot), partition, before);
        }
        return id(snapshot);
    }

    /** A chunk is copied, which {@code after} says; where tables are generations its rows are acknowledged. */
    void copied(TableId table, TableId stored, long snapshot, Map<String, String> partition, Map<String, ?> after)
            throws InterruptedException {
        if (on) {
            tell(manifest(Manifest.Kind.OFFSETS, table, snapshot), partition, after);
        } else {
            out.add(control.control(partition, after, "chunk", stored.toString()), 0);
        }
    }

    void voided(TableId stored, Map<String, String> partition, Map<String, ?> after) throws InterruptedException {
        out.add(control.control(partition, after, "void", stored.toString()), 0);
        out.flush();
    }

    /** Every chunk of a table is told. Saying it again changes nothing. */
    public void end(TableId table, long snapshot, WholeTable whole) throws InterruptedException {
        if (whole.doubled() && leading != null) {
            LOG.error(
                    "Copy {} of table {} is given up: two tasks have sent the rows of one chunk, and the table has no key to tell them apart. Copy the table again by a signal",
                    id(snapshot),
                    table);
            abort(table, snapshot);
        } else if (leading != null && ended.add(id(snapshot) + " " + table)) {
            // An empty table may not have begun.
            tell(manifest(Manifest.Kind.BEGIN, table, snapshot), leading);
            tell(manifest(Manifest.Kind.END, table, snapshot, whole.rows()), leading);
            out.flush();
        }
    }

    /** What was copied of a table from this snapshot will not become whole. */
    public void abort(TableId table, long snapshot) throws InterruptedException {
        if (leading != null && ended.add(id(snapshot) + " " + table)) {
            tell(manifest(Manifest.Kind.ABORT, table, snapshot), leading);
        }
    }

    /**
     * The same for all tasks. LSNs order the snapshots of one copy only: another server's may be lower. No server writes
     * so much WAL that this comes near the time at which a later copy begins.
     */
    static long order(Phase.Copying copying, long snapshot) {
        return copying.begun() == 0 ? snapshot : copying.begun() + (snapshot - copying.slotLsn() >>> WAL_PER_MILLI);
    }

    private Manifest manifest(Manifest.Kind kind, TableId table, long snapshot) {
        return manifest(kind, table, snapshot, -1);
    }

    private Manifest manifest(Manifest.Kind kind, TableId table, long snapshot, long rows) {
        String topic = topics.data(table);
        return new Manifest(
                kind,
                id(snapshot),
                order(copying, snapshot),
                table.schema(),
                table.name(),
                topic,
                kind == Manifest.Kind.OFFSETS ? offsets.followed(topic) : Map.of(),
                rows);
    }

    private void tell(Manifest manifest, Phase.Copying by) throws InterruptedException {
        tell(manifest, Phase.partition(topics.prefix()), by.offset());
    }

    private void tell(Manifest manifest, Map<String, String> partition, Map<String, ?> offset)
            throws InterruptedException {
        out.add(
                new SourceRecord(
                        partition,
                        offset,
                        Manifest.topic(topics.prefix()),
                        0,
                        Schema.STRING_SCHEMA,
                        manifest.key(),
                        Manifest.SCHEMA,
                        manifest.toStruct()),
                0);
    }
}

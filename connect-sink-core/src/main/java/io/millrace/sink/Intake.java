package io.millrace.sink;

import io.millrace.core.Headers;
import io.millrace.core.Manifest;
import io.millrace.sink.change.Change;
import io.millrace.sink.change.ChangeReader;
import io.millrace.sink.change.Operation;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.Added;
import io.millrace.sink.route.Router;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** Takes one record: reads its change and folds it into the buffer of its table. */
final class Intake {
    private final SinkSettings settings;
    private final ChangeReader reader;
    private final Buffers buffers;
    private final Partitions partitions;
    private final Ordering ordering;
    private final BadRecords badRecords;
    private final Flushes flushes;
    private final NamedTables named;
    private final Router router;
    private final Map<TableId, String> manifestTopics = new HashMap<>();
    private Generations.@Nullable Generation lastGeneration;
    private Collection<SinkRecord> delivered = List.of();

    /** The topic that was last looked for in what was delivered. */
    private String lookedAhead = "";

    Intake(
            SinkSettings settings,
            ChangeReader reader,
            Buffers buffers,
            Partitions partitions,
            Ordering ordering,
            BadRecords badRecords,
            Flushes flushes,
            NamedTables named) {
        this.named = named;
        this.settings = settings;
        router = new Router(settings.template(), settings.tables());
        this.reader = reader;
        this.buffers = buffers;
        this.partitions = partitions;
        this.ordering = ordering;
        this.badRecords = badRecords;
        this.flushes = flushes;
    }

    /** What comes next: a tombstone may have to look ahead. */
    void begin(Collection<SinkRecord> batch) {
        delivered = batch;
        lookedAhead = "";
    }

    /** A record that is not to be taken still says what its topic holds. */
    void pass(SinkRecord record) {
        if (!reader.isKnown(record)) {
            reader.see(record);
        }
    }

    /** Compaction may have left a tombstone without its delete event: what follows tells whether it is a delete itself. */
    private void lookAhead(SinkRecord tombstone) {
        String topic = tombstone.topic();
        if (topic.equals(lookedAhead) || reader.isKnown(tombstone)) {
            return;
        }
        lookedAhead = topic;
        for (SinkRecord other : delivered) {
            if (other.value() != null && other.topic().equals(topic)) {
                reader.see(other);
                return;
            }
        }
    }

    /** Not done when a flush on the way has failed: then the record comes again. */
    void take(SinkRecord record, PartitionState partition) {
        long offset = record.originalKafkaOffset();
        if (!reach(partition, offset)) {
            return;
        }
        try {
            String refusal = partition.deadLetters().refusal(offset);
            if (refusal != null) {
                throw new DataException(refusal);
            }
            if (!apply(record, partition, offset)) {
                return;
            }
        } catch (DataException e) {
            if (!passes(record, partition, offset, e)) {
                buffers.report(partition.deadLetters().report(offset, () -> badRecords.report(record, e)));
                missesRow(record);
            }
            if (flushes.isLost()) {
                return;
            }
        }
        partition.taken(record);
        buffers.counted();
        if (buffers.isFull()) {
            flushes.startRows();
        }
    }

    /** Whether the record is dealt with; not when a flush has failed on the way. */
    private boolean apply(SinkRecord record, PartitionState partition, long offset) {
        if (isManifest(record)) {
            if (settings.overwrite()) {
                tell(Manifest.of((Struct) record.value()), record.originalTopic());
            }
            return true;
        }
        if (record.value() == null) {
            lookAhead(record);
        }
        Change change = reader.read(record);
        if (change == null) {
            return true;
        }
        named.change(change.table());
        if (!fold(change, partition, offset, generation(record, change))) {
            return false;
        }
        partition.committed(change.micros());
        return true;
    }

    private static boolean isManifest(SinkRecord record) {
        Schema schema = record.valueSchema();
        return schema != null && Manifest.isManifest(schema) && record.value() != null;
    }

    /** Whether a record that can never be applied is nobody's concern, or waits because its table does from now on. */
    private boolean passes(SinkRecord record, PartitionState partition, long offset, DataException reason) {
        TableId table = isManifest(record) ? null : reader.table(record);
        if (table == null) {
            return false;
        }
        if (settings.operators().drops(table)) {
            missesRow(record);
            partitions.feeds(partition, table, offset);
            return true;
        }
        if (partitions.hold(partition, table, offset) || partition.isApplied(table, offset)) {
            return true;
        }
        if (!settings.operators().parks() || badRecords.canReport()) {
            return false;
        }
        park(table, partition, offset, BadRecords.at(record) + reason.getMessage());
        return true;
    }

    /** Lets a table wait from this record on, unless a flush has failed: then the record comes again. */
    private void park(TableId table, PartitionState partition, long offset, String reason) {
        flushes.settle();
        if (!flushes.isLost()) {
            buffers.drop(table);
            partitions.park(table, reason, true);
            partitions.hold(partition, table, offset);
        }
    }

    /** Ends ranges that were begun before this offset with a flush of exactly them; false when one has failed. */
    private boolean reach(PartitionState partition, long offset) {
        for (long end = partition.begunTo(); end >= 0 && end <= offset; end = partition.begunTo()) {
            partition.reach(end);
            // A flush is due also where no record is left of the range.
            buffers.counted();
            flushes.drain();
            if (flushes.isLost()) {
                return false;
            }
        }
        return true;
    }

    /** Whether the change is dealt with; not when the flush before a barrier has failed. */
    private boolean fold(
            Change change, PartitionState partition, long offset, Generations.@Nullable Generation generation) {
        if (settings.operators().drops(change.table())) {
            if (generation != null) {
                buffers.misses(generation);
            }
            partitions.feeds(partition, change.table(), offset);
            return true;
        }
        if (partitions.hold(partition, change.table(), offset) || !admits(change, partition, offset)) {
            return !flushes.isLost();
        }
        if (partition.isApplied(change.table(), offset)) {
            return true;
        }
        if (add(change, partition, offset, generation) != Added.BARRIER) {
            return true;
        }
        flushes.drain();
        if (flushes.isLost() || partitions.hold(partition, change.table(), offset)) {
            return !flushes.isLost();
        }
        if (add(change, partition, offset, generation) == Added.BARRIER) {
            throw new IllegalStateException("An empty buffer takes every change");
        }
        return true;
    }

    private boolean admits(Change change, PartitionState partition, long offset) {
        if (settings.fold().append() && !settings.logAndView()) {
            return true;
        }
        try {
            return ordering.admits(change, partition.partition().topic());
        } catch (DataException | RetriableException e) {
            throw e;
        } catch (ConnectException e) {
            if (!settings.operators().parks()) {
                throw e;
            }
            park(change.table(), partition, offset, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void tell(Manifest manifest, String from) {
        TableId table = router.route(manifest.topic(), new Router.Source(null, manifest.schema(), manifest.table()));
        if (settings.operators().drops(table)) {
            return;
        }
        String first = manifestTopics.computeIfAbsent(table, known -> from);
        if (!first.equals(from)) {
            throw new ConnectException(
                    "Table " + table + ": both " + first + " and " + from
                            + " tell of whole copies of it, and nothing says which source's it is to hold: leave one of them out of topics");
        }
        buffers.tell(new Flush.Told(Generations.Generation.of(table, manifest.generation()), manifest));
    }

    /** The whole copy that a row belongs to; null when the sink does not overwrite. */
    private Generations.@Nullable Generation generation(SinkRecord record, Change change) {
        if (!settings.overwrite()) {
            return null;
        }
        Header header = record.headers().lastWithName(Headers.GENERATION);
        boolean row = change.operation() != Operation.DELETE && change.operation() != Operation.TRUNCATE;
        if (header == null || header.value() == null || !row) {
            throw new DataException("Table " + change.table()
                    + ": insert.mode=overwrite takes only rows of whole copies, which have the header "
                    + Headers.GENERATION + "; use upsert or append for changes");
        }
        String id = header.value().toString();
        Generations.Generation last = lastGeneration;
        if (last == null || !last.id().equals(id) || !last.target().equals(change.table())) {
            last = Generations.Generation.of(change.table(), id);
            lastGeneration = last;
        }
        return last;
    }

    /** A row of a whole copy is not applied: what is left is not the whole table. */
    private void missesRow(SinkRecord record) {
        Header header = settings.overwrite() ? record.headers().lastWithName(Headers.GENERATION) : null;
        if (header == null || header.value() == null) {
            return;
        }
        TableId table = reader.table(record);
        if (table == null) {
            throw new ConnectException(
                    "Topic " + record.topic()
                            + ": a row of a whole copy became a dead letter, and nothing tells of which table: set table.name.format, or add the topic to table.map");
        }
        buffers.misses(Generations.Generation.of(table, header.value().toString()));
    }

    private Added add(
            Change change, PartitionState partition, long offset, Generations.@Nullable Generation generation) {
        Added added = generation == null
                ? buffers.add(change, partition, offset)
                : buffers.add(change, generation, partition, offset);
        partitions.feeds(partition, change.table(), offset);
        return added;
    }
}

package io.millrace.sink.fold;

import io.millrace.sink.change.Change;
import io.millrace.sink.change.Operation;
import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Bookkeeping;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.Row;
import io.millrace.sink.destination.TableId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one table between two flushes, folded as they arrive to one row a key (append: one row a change).
 * Rows are held encoded, so their memory is known and the garbage collector has nothing to follow.
 *
 * <p>Folding is exact: applying the batch gives the state that applying each change in turn would have given. Not safe
 * for several threads.
 */
public final class TableBuffer {
    /** With UPSERT: the row came after a delete of its key, so columns outside its layout are NULL and not kept. */
    private static final int AFTER_DELETE = 1 << 10;

    private final TableId table;
    private final Generations.@Nullable Generation generation;
    private final TableId into;
    private final @Nullable TopicPartition source;
    private final FoldRules rules;
    private final RowEncoder encoder;
    private final Layouts layouts = new Layouts();
    private final RowLog log = new RowLog();
    private final Entries entries = new Entries();
    private final KeyIndex index = new KeyIndex();
    private List<String> key = List.of();
    private List<String> rowKey = List.of();
    private boolean keyKnown;
    private boolean truncateFirst;
    private int records;
    private long earliest = Long.MAX_VALUE;

    public TableBuffer(TableId table, FoldRules rules, RowEncoder encoder) {
        this(table, table, null, null, rules, encoder);
    }

    /**
     * For the rows of a generation of {@code table} where there is one: the batch goes to where it is gathered.
     *
     * @param into where changes of the table itself go
     * @param source the partition of all changes, null where they may be of several
     */
    public TableBuffer(
            TableId table,
            TableId into,
            Generations.@Nullable Generation generation,
            @Nullable TopicPartition source,
            FoldRules rules,
            RowEncoder encoder) {
        this.source = source;
        this.into = into;
        this.table = table;
        this.generation = generation;
        this.rules = rules;
        this.encoder = encoder;
    }

    /** Makes room for this many rows at once, so that nothing is copied while they come. */
    public void expect(int rows) {
        entries.room(rows);
        if (!rules.append()) {
            index.room(rows);
        }
    }

    /** Rows of the batch so far. */
    public int rows() {
        return entries.size();
    }

    public TableId table() {
        return table;
    }

    /** The generation that the rows belong to, null for changes of the table itself. */
    public Generations.@Nullable Generation generation() {
        return generation;
    }

    /** The partition of all changes, null where they may be of several. */
    public @Nullable TopicPartition source() {
        return source;
    }

    /** The key of the last change's row, also where rows are appended without one; empty while nothing but truncates came. */
    public List<String> rowKey() {
        return rowKey;
    }

    /** Where the batch goes. */
    public TableId destination() {
        return generation == null ? into : generation.staging();
    }

    /** Rows of the batch so far, by kind. */
    public Batch.Counts counts() {
        return entries.counts();
    }

    public boolean isEmpty() {
        return entries.size() == 0 && !truncateFirst;
    }

    /** Changes taken, before folding. */
    public int records() {
        return records;
    }

    /** When the source committed the earliest change taken, microseconds since 1970. */
    public long earliestMicros() {
        return earliest;
    }

    /** Heap taken, in bytes. */
    public long bytes() {
        return log.capacity() + entries.bytes() + index.bytes();
    }

    /** The partition number, as given to {@link #add}, of the last change in a row of the batch. */
    public int partition(int ordinal) {
        return entries.partition(ordinal);
    }

    /** The offset, as given to {@link #add}, of the last change in a row of the batch. */
    public long offset(int ordinal) {
        return entries.offset(ordinal);
    }

    /**
     * Takes one change. Changes of one key come in their order.
     *
     * @throws DataException when the change can never be applied; the buffer is as before
     */
    public Added add(Change change, int partition, long offset) {
        boolean delete = change.operation() == Operation.DELETE;
        if (change.operation() == Operation.TRUNCATE && !rules.append()) {
            return truncate();
        }
        if (delete && !rules.append() && rules.deletes() == FoldRules.Deletes.IGNORE) {
            return Added.SKIPPED;
        }
        int layout = layouts.of(change.schema());
        if (layout < 0 || !sameKey(change)) {
            return Added.BARRIER;
        }
        encoder.encode(change);
        if (change.operation() != Operation.TRUNCATE) {
            rowKey = change.schema().keyNames();
        }
        earliest = Math.min(earliest, change.micros());
        if (rules.append()) {
            append(layout, partition, offset);
            return Added.TAKEN;
        }
        int hash = KeyIndex.hash(encoder.bytes.array(), encoder.keyLength);
        int entry = index.find(hash, this::hasEncodedKey);
        boolean partial = !encoder.unavailable.isEmpty();
        if (partial && entry >= 0 && isDeleted(entries.kind(entry))) {
            return afterDelete(change);
        }
        if (partial) {
            layout = layouts.without(change.schema(), layout, encoder.unavailable);
        }
        boolean known = entry >= 0;
        if (!known) {
            entry = entries.add();
            index.add(hash, entry);
            entries.kind(entry, 0);
        }
        if (delete) {
            delete(entry, layout, change.micros());
        } else {
            write(entry, known, layout, partial, change.skippable());
        }
        entries.position(entry, partition, offset);
        records++;
        return Added.TAKEN;
    }

    /** The folded rows. The buffer takes nothing after this. */
    public Batch batch(Bookkeeping bookkeeping) {
        List<Integer> whole = new ArrayList<>();
        for (int i = 0; i < layouts.columns().size(); i++) {
            whole.add(i);
        }
        int union = layouts.intern(whole);
        return new Batch(
                destination(),
                layouts.columns(),
                key,
                layouts.all(),
                bookkeeping,
                new FoldedRows(entries, log, layouts, union, AFTER_DELETE, source),
                entries.counts(),
                truncateFirst,
                layouts.indexes());
    }

    private Added truncate() {
        if (entries.size() > 0) {
            return Added.BARRIER;
        }
        truncateFirst = true;
        return Added.TAKEN;
    }

    private boolean sameKey(Change change) {
        if (!keyKnown) {
            key = rules.append() ? List.of() : change.schema().keyNames();
            keyKnown = true;
            return true;
        }
        List<String> names = change.schema().keyNames();
        return rules.append() || names == key || names.equals(key);
    }

    private Added afterDelete(Change change) {
        if (change.skippable()) {
            return Added.SKIPPED;
        }
        throw new DataException(
                "Table " + table + ": a partial update (unchanged TOAST values were not sent) follows"
                        + " the delete of its row, so the row cannot be restored; REPLICA IDENTITY FULL on the source avoids it");
    }

    private void append(int layout, int partition, long offset) {
        int entry = entries.add();
        store(entry, layout);
        entries.kind(entry, Row.UPSERT);
        entries.position(entry, partition, offset);
        records++;
    }

    private void delete(int entry, int layout, long micros) {
        int before = entries.kind(entry);
        if (rules.deletes() == FoldRules.Deletes.HARD) {
            store(entry, layout);
            entries.kind(entry, Row.DELETE);
        } else if (before == 0) {
            store(entry, layout);
            entries.kind(entry, Row.FLAG);
            entries.micros(entry, micros);
        } else if (!isDeleted(before)) {
            entries.kind(entry, before | Row.DELETED);
            entries.micros(entry, micros);
        }
    }

    private void write(int entry, boolean known, int layout, boolean partial, boolean skippable) {
        int before = entries.kind(entry);
        // After a soft delete the row is still there, with the values of columns that the new one lacks.
        boolean reborn = (before & (Row.DELETE | AFTER_DELETE)) != 0;
        int merged = known && (before & Row.DELETE) == 0 ? addMissing(entry, layout) : layout;
        store(entry, merged);
        entries.micros(entry, 0);
        if (!partial || (before & Row.UPSERT) != 0) {
            entries.kind(entry, Row.UPSERT | (reborn ? AFTER_DELETE : 0));
        } else {
            boolean may = skippable && (!known || (before & Row.MAY_BE_ABSENT) != 0);
            entries.kind(entry, Row.PATCH | (may ? Row.MAY_BE_ABSENT : 0));
        }
    }

    /** Appends to the encoded row the fields of the buffered one whose columns it lacks. */
    private int addMissing(int entry, int layout) {
        int[] before = layouts.get(entries.layout(entry));
        if (entries.layout(entry) == layout) {
            return layout;
        }
        int[] places = Layouts.missing(before, layouts.get(layout));
        if (places.length == 0) {
            return layout;
        }
        byte[] chunk = log.chunk(entries.address(entry));
        int[] starts = FoldedRows.fieldStarts(
                chunk, log.offset(entries.address(entry)) + entries.keyLength(entry), before.length);
        List<Integer> members = new ArrayList<>();
        for (int column : layouts.get(layout)) {
            members.add(column);
        }
        for (int place : places) {
            encoder.bytes.put(chunk, starts[place], starts[place + 1] - starts[place]);
            members.add(before[place]);
        }
        return layouts.intern(members);
    }

    private void store(int entry, int layout) {
        int length = encoder.bytes.length();
        long address = log.append(encoder.bytes.array(), length);
        entries.data(entry, address, encoder.keyLength, length - encoder.keyLength, layout);
    }

    private boolean hasEncodedKey(int entry) {
        long address = entries.address(entry);
        int offset = log.offset(address);
        int length = entries.keyLength(entry);
        return length == encoder.keyLength
                && Arrays.equals(
                        log.chunk(address), offset, offset + length, encoder.bytes.array(), 0, encoder.keyLength);
    }

    private static boolean isDeleted(int kind) {
        return (kind & (Row.DELETE | Row.FLAG | Row.DELETED)) != 0;
    }
}

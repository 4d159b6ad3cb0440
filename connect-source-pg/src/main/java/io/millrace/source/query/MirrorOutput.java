package io.millrace.source.query;

import io.millrace.source.batch.Handoff;
import io.millrace.source.batch.Outlet;
import io.millrace.source.batch.RecordBatches;
import io.millrace.source.record.ControlRecords;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * A mirror's records on their way to Connect, from several readers, and its state among them. All of it goes under one
 * source partition, whose offset Connect stores as far as every record before is acknowledged: a record's offset is the
 * state when its batch is handed over, never an older one than that of the batch before. Thread-safe.
 */
final class MirrorOutput {
    private final Handoff handoff;
    private final Limits limits;
    private final ControlRecords control;
    private final Map<String, String> partition;
    private final String table;
    private final ReentrantLock order = new ReentrantLock();
    private volatile MirrorState state;
    private volatile @Nullable WatermarkType type;
    private volatile long followed = -1;

    /** How large batches are, see {@link RecordBatches}. */
    record Limits(int batchRecords, long requestBytes) {}

    MirrorOutput(
            Handoff handoff,
            Limits limits,
            ControlRecords control,
            Map<String, String> partition,
            String table,
            MirrorState fresh) {
        this.handoff = handoff;
        this.limits = limits;
        this.control = control;
        this.partition = partition;
        this.table = table;
        this.state = fresh;
    }

    MirrorState state() {
        return state;
    }

    Map<String, String> partition() {
        return partition;
    }

    /**
     * Begins where an offset says.
     *
     * @param of in which form watermarks stand in offsets; null where there are none
     */
    void restore(MirrorState from, @Nullable WatermarkType of) {
        type = of;
        state = from;
    }

    @Nullable
    WatermarkType type() {
        return type;
    }

    /** The state says from now on, where it has followed no signal, that those below this offset need not be followed. */
    void followFrom(long signal) {
        followed = signal;
    }

    /** Has that stored, if it has not been yet. */
    void tellFollowed() throws InterruptedException {
        if (followed >= 0 && state.signals() < 0) {
            advance("signals", now -> now);
        }
    }

    private MirrorState stamped(MirrorState of) {
        return followed >= 0 && of.signals() < 0 ? of.signal(followed - 1) : of;
    }

    /** Changes the state without a record: it is stored with whatever comes next. */
    void change(UnaryOperator<MirrorState> change) throws InterruptedException {
        order.lockInterruptibly();
        try {
            state = change.apply(state);
        } finally {
            order.unlock();
        }
    }

    /** Changes the state behind everything that was handed over, and has it stored. */
    void advance(String what, UnaryOperator<MirrorState> change) throws InterruptedException {
        advance(change, offset -> control.control(partition, offset, what, table));
    }

    /** @param carrier makes the record that carries the offset */
    void advance(UnaryOperator<MirrorState> change, Function<Map<String, Object>, SourceRecord> carrier)
            throws InterruptedException {
        order.lockInterruptibly();
        try {
            state = stamped(change.apply(state));
            handoff.put(new Handoff.Batch(List.of(carrier.apply(state.offset(type))), 0), () -> {});
        } finally {
            order.unlock();
        }
    }

    Lane lane() {
        return new Lane();
    }

    /** What one reader adds to. For one thread. */
    final class Lane implements Outlet {
        private final RecordBatches batches =
                new RecordBatches(this, limits.batchRecords(), limits.requestBytes(), false);
        private Late late = new Late();

        /** The offset that the next record gets. */
        Map<String, Object> offset() {
            return late;
        }

        void add(SourceRecord record, int size) throws InterruptedException {
            batches.add(record, size);
        }

        void flush() throws InterruptedException {
            batches.flush();
        }

        @Override
        public void put(Handoff.Batch batch, Handoff.Waiting waiting) throws InterruptedException {
            order.lockInterruptibly();
            try {
                late.resolve(state, type);
                late = new Late();
                handoff.put(batch, waiting);
            } finally {
                order.unlock();
            }
        }

        @Override
        public void awaitAcknowledged() throws InterruptedException {
            handoff.awaitAcknowledged();
        }
    }

    /** The offset of a batch's records, known when it is handed over; becomes entries when Connect stores it. */
    private static final class Late extends AbstractMap<String, Object> {
        private volatile @Nullable MirrorState state;
        private volatile @Nullable WatermarkType type;

        void resolve(MirrorState of, @Nullable WatermarkType with) {
            type = with;
            state = of;
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            MirrorState of = state;
            if (of == null) {
                throw new IllegalStateException("asked for before its batch was handed over");
            }
            return of.offset(type).entrySet();
        }
    }
}

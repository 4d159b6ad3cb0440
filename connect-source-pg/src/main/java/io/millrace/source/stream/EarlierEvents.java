package io.millrace.source.stream;

import io.millrace.source.catalog.TableId;
import io.millrace.source.position.CopiedRange;
import io.millrace.source.position.KeptRanges;
import io.millrace.source.position.Lsn;
import io.millrace.source.record.KeyOrder;
import io.millrace.source.record.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Events that commit before the snapshot that their row was copied from. Where it is certain from which one that was, the
 * copied row has shown what they say and they are left out: of a changed key each half is judged by itself. Elsewhere
 * they are repeated. Used by the stream's thread.
 */
public final class EarlierEvents {
    private final Map<TableId, Long> repeated = new HashMap<>();
    private final Map<TableId, KeptRanges> shown = new HashMap<>();
    private final Map<String, Judge> judges = new HashMap<>();
    private long end;

    /** Events of the table that commit before this LSN are repeated. */
    public void repeated(TableId table, long generation) {
        repeated.merge(table, generation, (a, b) -> Long.compareUnsigned(a, b) >= 0 ? a : b);
        include(generation);
    }

    /** All of the table's rows are from these snapshots. */
    public void shown(TableId table, KeptRanges from) {
        shown.put(table, from);
        include(from.generation());
    }

    private void include(long generation) {
        end = Long.compareUnsigned(generation, end) > 0 ? generation : end;
    }

    /** From here on no event is earlier than any snapshot. */
    long end() {
        return end;
    }

    long repeatedUntil(TableId table) {
        return repeated.getOrDefault(table, 0L);
    }

    /** What the table's records are written with from now on. */
    void describe(TableSchema schema) {
        KeptRanges from = shown.get(schema.table());
        if (from != null && !repeated.containsKey(schema.table())) {
            judges.put(schema.topic(), Judge.of(schema, from));
        }
    }

    /** Whether a copied row says it already. */
    boolean shows(String topic, @Nullable Struct key, long commitLsn) {
        Judge judge = judges.get(topic);
        return judge != null && Long.compareUnsigned(commitLsn, judge.snapshotOf(key)) < 0;
    }

    /** Tells which snapshot a key was copied from. */
    private record Judge(@Nullable KeyOrder order, List<Range> ranges, long rest) {
        private record Range(List<Object> above, List<Object> upTo, long lsn) {
            boolean contains(List<Object> key) {
                return (above.isEmpty() || KeyOrder.compare(key, above) > 0)
                        && (upTo.isEmpty() || KeyOrder.compare(key, upTo) <= 0);
            }
        }

        static Judge of(TableSchema schema, KeptRanges from) {
            if (from.ranges().isEmpty()) {
                return new Judge(null, List.of(), from.generation());
            }
            KeyOrder order = KeyOrder.of(schema, from.columns());
            if (order == null || !order.sorts()) {
                throw new ConnectException(schema.table() + " was copied from several snapshots by ranges of "
                        + from.columns() + ", which its records do not have any more in a form that can be compared."
                        + " Set message.key.columns and the handling modes of types as they were until the stream is"
                        + " past " + Lsn.text(from.generation()));
            }
            List<Range> ranges = new ArrayList<>();
            for (KeptRanges.Kept kept : from.ranges()) {
                CopiedRange range = kept.range();
                ranges.add(new Range(order.bound(range.above()), order.bound(range.upTo()), kept.lsn()));
            }
            return new Judge(order, ranges, from.generation());
        }

        /**
         * The LSN. What has no key is a truncate, which gives the table another file: ranges are kept only where the file
         * has stayed the same, so one before the last snapshot was before all of them.
         */
        long snapshotOf(@Nullable Struct key) {
            if (order == null || key == null) {
                return rest;
            }
            List<Object> values = order.values(key);
            for (Range range : ranges) {
                if (range.contains(values)) {
                    return range.lsn();
                }
            }
            return rest;
        }
    }
}

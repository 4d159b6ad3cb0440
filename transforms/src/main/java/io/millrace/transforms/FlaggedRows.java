package io.millrace.transforms;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** One method per form that a change can come in; each returns the record of a flagged row. */
final class FlaggedRows<R extends ConnectRecord<R>> {
    private static final TableName ANY = new TableName("", "");

    private final PlanCache<Plan> plans = new PlanCache<>();
    private final FlagColumns flags;
    private final ReplicaIdentity identity;

    FlaggedRows(FlagColumns flags, ReplicaIdentity identity) {
        this.flags = flags;
        this.identity = identity;
    }

    R ofEnvelope(R record) {
        Struct envelope = (Struct) record.value();
        Schema schema = envelope.schema();
        Plan plan = plans.plan(record.keySchema(), schema, ANY, () -> {
            FlaggedRow row = row(schema.field("after").schema(), Rebuild.keyColumns(record.keySchema()));
            return new Plan(Rebuild.envelope(schema, before -> row.schema()), row);
        });
        boolean delete = "d".equals(envelope.getString("op"));
        Struct changed = new Struct(plan.schema());
        for (Field field : plan.schema().fields()) {
            Object value = envelope.getWithoutDefault(field.name());
            if (value instanceof Struct row && Rebuild.isRow(field)) {
                changed.put(field, plan.row().live(row));
            } else if (value != null) {
                changed.put(field, value);
            }
        }
        if (delete) {
            changed.put("op", "u");
            changed.put("after", plan.row().deleted(before(record, envelope, plan.row()), timeOf(record, envelope)));
        }
        return Rebuild.withValue(record, plan.schema(), changed);
    }

    private Struct before(R record, Struct envelope, FlaggedRow row) {
        Struct before = envelope.schema().field("before") == null ? null : envelope.getStruct("before");
        if (before != null) {
            return before;
        }
        if (record.key() instanceof Struct key) {
            return key;
        }
        throw new DataException("A delete in topic " + record.topic() + " has neither before nor a key, for row "
                + row.schema().name() + ": give the table a REPLICA IDENTITY");
    }

    R ofRow(R record) {
        Struct row = (Struct) record.value();
        FlaggedRow plan = plans.plan(record.keySchema(), row.schema(), ANY, () -> {
                    FlaggedRow flagged = row(row.schema(), Rebuild.keyColumns(record.keySchema()));
                    return new Plan(flagged.schema(), flagged);
                })
                .row();
        Field deleted = row.schema().field(FlaggedRow.DELETED);
        boolean delete = deleted != null && "true".equals(String.valueOf(row.get(deleted)));
        return Rebuild.withValue(
                record, plan.schema(), delete ? plan.deleted(row, timeOf(record, row)) : plan.live(row));
    }

    R ofTombstone(R record) {
        if (record.key() instanceof Struct key) {
            Schema schema = key.schema();
            FlaggedRow plan = plans.plan(schema, null, ANY, () -> {
                        FlaggedRow flagged = row(schema, Rebuild.keyColumns(schema));
                        return new Plan(flagged.schema(), flagged);
                    })
                    .row();
            return Rebuild.withValue(record, plan.schema(), plan.deleted(key, timeOf(record)));
        }
        if (record.key() instanceof Map<?, ?> key) {
            return Rebuild.withValue(record, null, flag(MapRows.copy(key), timeOf(record)));
        }
        throw new DataException("A record without a value in topic " + record.topic()
                + " has no key made of columns, so there is no row to flag; " + SoftDelete.TOMBSTONES
                + "=drop ignores it");
    }

    R ofEnvelopeMap(R record) {
        Map<?, ?> envelope = (Map<?, ?>) record.value();
        Map<String, Object> changed = MapRows.edit(envelope, Shape.ENVELOPE, row -> flag(row, null));
        if ("d".equals(envelope.get("op"))) {
            Object before = envelope.get("before") == null ? record.key() : envelope.get("before");
            if (!(before instanceof Map<?, ?> row)) {
                throw new DataException("A delete in topic " + record.topic() + " has neither before nor a key");
            }
            Object commit = envelope.get("source") instanceof Map<?, ?> source ? source.get("ts_ms") : null;
            long at = commit instanceof Number time ? time.longValue() : timeOf(record);
            changed.put("op", "u");
            changed.put("after", deleted(MapRows.copy(row), record.key(), at));
        }
        return Rebuild.withValue(record, null, changed);
    }

    R ofRowMap(R record) {
        Map<String, Object> row = MapRows.copy((Map<?, ?>) record.value());
        boolean delete = "true".equals(String.valueOf(row.remove(FlaggedRow.DELETED)));
        return Rebuild.withValue(record, null, delete ? deleted(row, record.key(), timeOf(record)) : flag(row, null));
    }

    private Map<String, Object> deleted(Map<String, Object> row, @Nullable Object recordKey, long at) {
        if (recordKey instanceof Map<?, ?> key
                && identity != ReplicaIdentity.FULL
                && (identity == ReplicaIdentity.DEFAULT || KeyOnly.test(row, key.keySet()))) {
            row.replaceAll((name, value) -> KeyOnly.isKept(name, key.keySet()) ? value : null);
        }
        return flag(row, at);
    }

    private Map<String, Object> flag(Map<String, Object> row, @Nullable Long deletedAt) {
        row.put(flags.flag(), deletedAt != null);
        if (flags.hasTime()) {
            row.put(flags.time(), deletedAt);
        }
        return row;
    }

    private FlaggedRow row(Schema schema, Set<String> key) {
        return new FlaggedRow(schema, key, flags, identity);
    }

    private long timeOf(R record, Struct value) {
        Field source = value.schema().field("source");
        if (source != null
                && value.get(source) instanceof Struct block
                && block.schema().field("ts_ms") != null) {
            Long commit = block.getInt64("ts_ms");
            if (commit != null) {
                return commit;
            }
        }
        for (String name : new String[] {"__source_ts_ms", "__ts_ms"}) {
            if (value.schema().field(name) != null && value.get(name) instanceof Long time) {
                return time;
            }
        }
        return timeOf(record);
    }

    private long timeOf(R record) {
        return record.timestamp() == null ? System.currentTimeMillis() : record.timestamp();
    }

    private record Plan(Schema schema, FlaggedRow row) {}
}

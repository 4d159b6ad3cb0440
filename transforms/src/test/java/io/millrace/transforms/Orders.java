package io.millrace.transforms;

import java.math.BigDecimal;
import java.util.Map;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.NullUnmarked;

/** Records of one table as Debezium writes them: shop.public.orders(id, customer, total, note). */
@NullUnmarked // null is what many of these records are about
final class Orders {
    static final String TOPIC = "shop.public.orders";

    static final Schema KEY = SchemaBuilder.struct()
            .name("shop.public.orders.Key")
            .field("id", Schema.INT64_SCHEMA)
            .build();
    static final Schema ROW = SchemaBuilder.struct()
            .name("shop.public.orders.Value")
            .optional()
            .field("id", Schema.INT64_SCHEMA)
            .field(
                    "customer",
                    SchemaBuilder.string()
                            .parameter("__debezium.source.column.type", "VARCHAR")
                            .parameter("__debezium.source.column.length", "40")
                            .build())
            .field(
                    "total",
                    Decimal.builder(2).defaultValue(new BigDecimal("0.00")).build())
            .field("note", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    static final Schema SOURCE = SchemaBuilder.struct()
            .name("io.debezium.connector.postgresql.Source")
            .field("ts_ms", Schema.INT64_SCHEMA)
            .field("schema", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .build();
    static final Schema ENVELOPE = SchemaBuilder.struct()
            .name("shop.public.orders.Envelope")
            .version(2)
            .field("before", ROW)
            .field("after", ROW)
            .field("source", SOURCE)
            .field("op", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
            .build();

    private Orders() {}

    static Struct row(long id, String customer, String total, String note) {
        return new Struct(ROW)
                .put("id", id)
                .put("customer", customer)
                .put("total", new BigDecimal(total))
                .put("note", note);
    }

    static Struct key(long id) {
        return new Struct(KEY).put("id", id);
    }

    static SourceRecord envelope(String op, Struct before, Struct after) {
        Struct row = after == null ? before : after;
        Struct source = new Struct(SOURCE)
                .put("ts_ms", 1_700_000_000_000L)
                .put("schema", "public")
                .put("table", "orders");
        Struct value = new Struct(ENVELOPE)
                .put("before", before)
                .put("after", after)
                .put("source", source)
                .put("op", op)
                .put("ts_ms", 1_700_000_000_500L);
        return record(row == null ? null : KEY, row == null ? null : key(row.getInt64("id")), ENVELOPE, value);
    }

    static SourceRecord record(Schema keySchema, Object key, Schema schema, Object value) {
        return new SourceRecord(Map.of(), Map.of(), TOPIC, 0, keySchema, key, schema, value, 42L);
    }
}

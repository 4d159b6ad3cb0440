package io.millrace.transforms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.GoldenFile;
import java.math.BigDecimal;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked // null is what many of these records are about
class SoftDeleteTest {
    private static final Date COMMIT = new Date(1_700_000_000_000L);

    @Test
    void aDeleteBecomesAnUpdateWithTheLastValues() {
        SourceRecord out = transform().apply(Orders.envelope("d", Orders.row(1, "ann", "9.50", "x"), null));

        Struct value = (Struct) out.value();
        Struct after = value.getStruct("after");
        GoldenFile.check("transforms/src/test/resources/golden/flagged-envelope.txt", SchemaText.of(out.valueSchema()));
        assertThat(value.get("op")).isEqualTo("u");
        assertThat(values(after)).containsExactly(1L, "ann", new BigDecimal("9.50"), "x", true, COMMIT);
        assertThat(values(value.getStruct("before")))
                .containsExactly(1L, "ann", new BigDecimal("9.50"), "x", false, null);
        value.validate();
    }

    @Test
    void withTheKeyAloneOtherColumnsAreNullAndNotFillers() {
        SourceRecord out = transform().apply(Orders.envelope("d", Orders.row(1, "", "0.00", null), null));
        Struct after = ((Struct) out.value()).getStruct("after");
        assertThat(values(after)).containsExactly(1L, null, null, null, true, COMMIT);
        after.validate();
    }

    @Test
    void replicaIdentityCanBeSaid() {
        SourceRecord emptyRow = Orders.envelope("d", Orders.row(1, "", "0.00", null), null);
        SourceRecord full = transform("replica.identity", "full").apply(emptyRow);
        assertThat(values(((Struct) full.value()).getStruct("after")))
                .containsExactly(1L, "", new BigDecimal("0.00"), null, true, COMMIT);
        assertThat(full.valueSchema()
                        .field("after")
                        .schema()
                        .field("customer")
                        .schema()
                        .isOptional())
                .isFalse();

        SourceRecord byKey = transform("replica.identity", "default")
                .apply(Orders.envelope("d", Orders.row(1, "ann", "9.50", "x"), null));
        assertThat(values(((Struct) byKey.value()).getStruct("after")))
                .containsExactly(1L, null, null, null, true, COMMIT);
    }

    @Test
    void aReinsertClearsTheFlagUnderTheSameSchema() {
        SoftDelete<SourceRecord> transform = transform();
        SourceRecord delete = transform.apply(Orders.envelope("d", Orders.row(1, "", "0.00", null), null));
        SourceRecord insert = transform.apply(Orders.envelope("c", null, Orders.row(1, "ann", "9.50", "x")));
        Struct after = ((Struct) insert.value()).getStruct("after");
        assertThat(values(after)).containsExactly(1L, "ann", new BigDecimal("9.50"), "x", false, null);
        assertThat(((Struct) insert.value()).get("before")).isNull();
        assertThat(insert.valueSchema()).isSameAs(delete.valueSchema());
    }

    @Test
    void dropsTheTombstoneBehindADelete() {
        assertThat(transform().apply(Orders.record(Orders.KEY, Orders.key(1), null, null)))
                .isNull();
    }

    @Test
    void aTombstoneCanBeTheDelete() {
        SourceRecord out =
                transform("tombstone.handling", "delete").apply(Orders.record(Orders.KEY, Orders.key(1), null, null));
        assertThat(values((Struct) out.value())).containsExactly(1L, true, new Date(42));
        assertThat(out.valueSchema().isOptional()).isFalse();

        SourceRecord map =
                transform("tombstone.handling", "delete").apply(Orders.record(null, Map.of("id", 1), null, null));
        assertThat(map.value()).isEqualTo(Map.of("id", 1, "__deleted", true, "__deleted_at", 42L));

        assertThatThrownBy(() -> transform("tombstone.handling", "delete")
                        .apply(Orders.record(Schema.STRING_SCHEMA, "1", null, null)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(Orders.TOPIC);
    }

    @Test
    void flatRowsSayItThemselves() {
        Schema schema = SchemaBuilder.struct()
                .name("shop.public.orders.Value")
                .field("id", Schema.INT64_SCHEMA)
                .field("customer", Schema.STRING_SCHEMA)
                .field("__deleted", Schema.OPTIONAL_STRING_SCHEMA)
                .field("__op", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        Struct live = new Struct(schema).put("id", 1L).put("customer", "ann").put("__deleted", "false");
        Struct gone = new Struct(schema).put("id", 1L).put("customer", "ann").put("__deleted", "true");
        SoftDelete<SourceRecord> transform = transform();
        SourceRecord out = transform.apply(Orders.record(Orders.KEY, Orders.key(1), schema, live));
        GoldenFile.check("transforms/src/test/resources/golden/flagged-row.txt", SchemaText.of(out.valueSchema()));
        assertThat(values((Struct) out.value())).containsExactly(1L, "ann", null, false, null);
        out = transform.apply(Orders.record(Orders.KEY, Orders.key(1), schema, gone));
        assertThat(values((Struct) out.value())).containsExactly(1L, "ann", null, true, new Date(42));
        Struct filler = new Struct(schema)
                .put("id", 1L)
                .put("customer", "")
                .put("__deleted", "true")
                .put("__op", "d");
        out = transform.apply(Orders.record(Orders.KEY, Orders.key(1), schema, filler));
        assertThat(values((Struct) out.value())).containsExactly(1L, null, "d", true, new Date(42));
    }

    @Test
    void schemalessRowsAndEnvelopesWorkToo() {
        Map<String, Object> before = new HashMap<>(Map.of("id", 1, "customer", "", "qty", 0));
        Map<String, Object> value = new HashMap<>(Map.of(
                "op", "d", "before", before, "source", Map.of("schema", "public", "table", "orders", "ts_ms", 7L)));
        value.put("after", null);
        SourceRecord out = transform().apply(Orders.record(null, Map.of("id", 1), null, value));
        Map<String, Object> expected = new HashMap<>(Map.of("id", 1, "__deleted", true, "__deleted_at", 7L));
        expected.put("customer", null);
        expected.put("qty", null);
        assertThat(((Map<?, ?>) out.value()).get("after")).isEqualTo(expected);
        assertThat(((Map<?, ?>) out.value()).get("op")).isEqualTo("u");
        assertThat(value.get("op")).isEqualTo("d");

        SourceRecord row = transform()
                .apply(Orders.record(null, Map.of("id", 1), null, Map.of("id", 1, "qty", 5, "__deleted", "true")));
        assertThat(row.value()).isEqualTo(Map.of("id", 1, "qty", 5, "__deleted", true, "__deleted_at", 42L));
    }

    @Test
    void columnNamesAreChosen() {
        SoftDelete<SourceRecord> peerdb =
                transform("soft.delete.column", "_PEERDB_IS_DELETED", "deleted.at.column", "");
        SourceRecord out = peerdb.apply(Orders.envelope("d", Orders.row(1, "ann", "9.50", "x"), null));
        Schema row = out.valueSchema().field("after").schema();
        assertThat(row.fields()).hasSize(5);
        assertThat(row.field("_PEERDB_IS_DELETED")).isNotNull();

        assertThatThrownBy(() -> transform("soft.delete.column", "note")
                        .apply(Orders.envelope("c", null, Orders.row(1, "ann", "9.50", "x"))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("note")
                .hasMessageContaining("soft.delete.column");
    }

    @Test
    void aDeleteWithoutBeforeTakesTheKey() {
        Struct envelope = new Struct(Orders.ENVELOPE)
                .put(
                        "source",
                        new Struct(Orders.SOURCE)
                                .put("ts_ms", COMMIT.getTime())
                                .put("schema", "public")
                                .put("table", "orders"))
                .put("op", "d");
        SourceRecord out = transform().apply(Orders.record(Orders.KEY, Orders.key(9), Orders.ENVELOPE, envelope));
        assertThat(values(((Struct) out.value()).getStruct("after")))
                .containsExactly(9L, null, null, null, true, COMMIT);
        assertThatThrownBy(() -> transform().apply(Orders.record(null, null, Orders.ENVELOPE, envelope)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("REPLICA IDENTITY");
    }

    @Test
    void passesOtherRecordsAndTruncates() {
        Schema beat = SchemaBuilder.struct()
                .name("io.debezium.connector.common.Heartbeat")
                .field("ts_ms", Schema.INT64_SCHEMA)
                .build();
        SourceRecord heartbeat = Orders.record(null, null, beat, new Struct(beat).put("ts_ms", 1L));
        assertThat(transform().apply(heartbeat)).isSameAs(heartbeat);
        SourceRecord truncate = transform().apply(Orders.envelope("t", null, null));
        assertThat(((Struct) truncate.value()).get("op")).isEqualTo("t");
        assertThat(((Struct) truncate.value()).get("after")).isNull();
    }

    @Test
    void refusesUnknownSettings() {
        assertThatThrownBy(() -> transform("replica.identity", "maybe")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> transform("soft.delete.column", "")).isInstanceOf(ConfigException.class);
    }

    private static Object[] values(Struct row) {
        return row.schema().fields().stream()
                .map(field -> row.getWithoutDefault(field.name()))
                .toArray();
    }

    private static SoftDelete<SourceRecord> transform(String... config) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < config.length; i += 2) {
            map.put(config[i], config[i + 1]);
        }
        SoftDelete<SourceRecord> transform = new SoftDelete<>();
        transform.configure(map);
        return transform;
    }
}

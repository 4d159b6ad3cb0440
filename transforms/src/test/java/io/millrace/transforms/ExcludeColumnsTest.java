package io.millrace.transforms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.GoldenFile;
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
class ExcludeColumnsTest {
    @Test
    void leavesColumnsOutOfBeforeAfterAndTheirSchemas() {
        SourceRecord out = transform("public\\.orders\\.(total|note)")
                .apply(Orders.envelope("u", Orders.row(1, "ann", "9.50", "x"), Orders.row(1, "bob", "3.00", null)));

        Struct value = (Struct) out.value();
        GoldenFile.check(
                "transforms/src/test/resources/golden/excluded-envelope.txt", SchemaText.of(out.valueSchema()));
        assertThat(value.schema()).isSameAs(out.valueSchema());
        assertThat(value.getStruct("before").get("customer")).isEqualTo("ann");
        assertThat(value.getStruct("after").get("customer")).isEqualTo("bob");
        assertThat(value.getStruct("after").schema())
                .isSameAs(value.getStruct("before").schema());
        assertThat(value.getStruct("source").get("table")).isEqualTo("orders");
        assertThat(out.key()).isEqualTo(Orders.key(1));
        assertThat(out.timestamp()).isEqualTo(42L);
        value.validate();
    }

    @Test
    void sharesTheSchemaBetweenRecordsAlsoWhenTheConverterDoesNot() {
        ExcludeColumns<SourceRecord> transform = transform("public.orders.note");
        Schema first = transform
                .apply(Orders.envelope("c", null, Orders.row(1, "a", "1.00", "n")))
                .valueSchema();
        SourceRecord again = Orders.envelope("c", null, Orders.row(2, "b", "2.00", "n"));
        assertThat(transform.apply(again).valueSchema()).isSameAs(first);

        Schema equalRow = copy(Orders.ROW);
        Struct row = new Struct(equalRow);
        Orders.ROW
                .fields()
                .forEach(field ->
                        row.put(field.name(), Orders.row(3, "c", "3.00", "n").get(field)));
        Schema flat = transform.apply(flat(equalRow, row)).valueSchema();
        Struct other = new Struct(copy(Orders.ROW)).put("id", 4L).put("customer", "d");
        assertThat(transform.apply(flat(other.schema(), other)).valueSchema()).isSameAs(flat);
    }

    @Test
    void leavesOtherTablesAlone() {
        SourceRecord in = Orders.envelope("c", null, Orders.row(1, "a", "1.00", "n"));
        assertThat(transform("public\\.items\\.note").apply(in)).isSameAs(in);
        assertThat(transform("note").apply(in)).isSameAs(in);
    }

    @Test
    void readsTheTableOfAFlatRowFromTheSchemaNameOrTheTopic() {
        Struct row = Orders.row(1, "a", "1.00", "n");
        SourceRecord out = transform("PUBLIC.orders.note").apply(flat(Orders.ROW, row));
        assertThat(out.valueSchema().field("note")).isNull();
        assertThat(out.valueSchema().name()).isEqualTo("shop.public.orders.Value");
        assertThat(out.valueSchema().isOptional()).isTrue();

        Schema unnamed =
                SchemaBuilder.struct().field("note", Schema.STRING_SCHEMA).build();
        SourceRecord byTopic =
                transform("public.orders.note").apply(flat(unnamed, new Struct(unnamed).put("note", "n")));
        assertThat(byTopic.valueSchema().fields()).isEmpty();
    }

    @Test
    void keepsNullWhereTheColumnHasADefault() {
        Schema schema = SchemaBuilder.struct()
                .field("id", Schema.INT64_SCHEMA)
                .field("n", SchemaBuilder.int32().optional().defaultValue(7).build())
                .field("note", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        SourceRecord out = transform("public.orders.note")
                .apply(flat(schema, new Struct(schema).put("id", 1L).put("n", null)));
        assertThat(((Struct) out.value()).getWithoutDefault("n")).isNull();
    }

    @Test
    void refusesAColumnOfTheKeyByName() {
        SourceRecord in = Orders.envelope("c", null, Orders.row(1, "a", "1.00", "n"));
        assertThatThrownBy(() -> transform("public\\.orders\\..*").apply(in))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("public.orders.id")
                .hasMessageContaining("key");
        SourceRecord map = Orders.record(null, Map.of("id", 1), null, Map.of("id", 1, "note", "n"));
        assertThatThrownBy(() -> transform("public.orders.id").apply(map)).hasMessageContaining("public.orders.id");
    }

    @Test
    void editsCopiesOfSchemalessRows() {
        Map<String, Object> after = Map.of("id", 1, "note", "n");
        Map<String, Object> value = new HashMap<>(
                Map.of("op", "c", "after", after, "source", Map.of("schema", "public", "table", "orders")));
        value.put("before", null);
        SourceRecord out = transform("public.orders.note").apply(Orders.record(null, null, null, value));
        assertThat(((Map<?, ?>) out.value()).get("after")).isEqualTo(Map.of("id", 1));
        assertThat(((Map<?, ?>) out.value()).get("op")).isEqualTo("c");
        assertThat(value.get("after")).isSameAs(after);

        SourceRecord row = transform("public.orders.note").apply(Orders.record(null, null, null, after));
        assertThat(row.value()).isEqualTo(Map.of("id", 1));
    }

    @Test
    void passesWhatIsNoRow() {
        ExcludeColumns<SourceRecord> all = transform(".*");
        SourceRecord tombstone = Orders.record(Orders.KEY, Orders.key(1), null, null);
        assertThat(all.apply(tombstone)).isSameAs(tombstone);
        Schema beat = SchemaBuilder.struct()
                .name("io.debezium.connector.common.Heartbeat")
                .field("ts_ms", Schema.INT64_SCHEMA)
                .build();
        SourceRecord heartbeat = flat(beat, new Struct(beat).put("ts_ms", 1L));
        assertThat(all.apply(heartbeat)).isSameAs(heartbeat);
        Schema any = SchemaBuilder.struct().field("lsn", Schema.INT64_SCHEMA).build();
        SourceRecord control =
                new SourceRecord(Map.of(), Map.of(), "__millrace-control.shop", any, new Struct(any).put("lsn", 1L));
        assertThat(all.apply(control)).isSameAs(control);
    }

    @Test
    void truncatesGetTheSameEnvelopeSchemaAsRows() {
        ExcludeColumns<SourceRecord> transform = transform("public.orders.note");
        SourceRecord truncate = transform.apply(Orders.envelope("t", null, null));
        assertThat(((Struct) truncate.value()).get("op")).isEqualTo("t");
        assertThat(truncate.valueSchema().field("after").schema().field("note")).isNull();
    }

    @Test
    void refusesExpressionsThatAreNone() {
        assertThatThrownBy(() -> transform("a(b"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a(b");
        assertThatThrownBy(() -> transform(" , ")).isInstanceOf(ConfigException.class);
    }

    @Test
    void aCommaInsideAnExpressionIsEscaped() {
        ColumnPatterns patterns = ColumnPatterns.parse("s.t.a{1\\,2}, s.t.b");
        assertThat(patterns.match(new TableName("s", "t"), "aa")).isTrue();
        assertThat(patterns.match(new TableName("s", "t"), "B")).isTrue();
        assertThat(patterns.match(new TableName("s", "t"), "aaa")).isFalse();
    }

    private static SourceRecord flat(Schema schema, Struct row) {
        return Orders.record(null, null, schema, row);
    }

    private static Schema copy(Schema schema) {
        SchemaBuilder copy = Rebuild.struct(schema);
        schema.fields().forEach(field -> copy.field(field.name(), field.schema()));
        return copy.build();
    }

    private static ExcludeColumns<SourceRecord> transform(String list) {
        ExcludeColumns<SourceRecord> transform = new ExcludeColumns<>();
        transform.configure(Map.of("column.exclude.list", list));
        return transform;
    }
}

package io.millrace.source.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.source.catalog.TableId;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class NameAdjustmentTest {
    private static final TableId TABLE = new TableId("public", "order-lines");

    private static TableSchema schema(NameAdjustment adjustment, String... columns) {
        PlainCodec codec = new PlainCodec(Schema.STRING_SCHEMA, text -> text);
        return new TableSchema(
                TABLE,
                new TopicNames("my-shop", "beat", "transaction", adjustment),
                new SourceBlock("my-shop", "db"),
                List.of(columns).stream()
                        .map(name -> new TableSchema.Input(name, 25, codec))
                        .toList(),
                List.of(columns[0]),
                List.of(columns[0]),
                List.of());
    }

    private static List<String> fields(Schema schema) {
        return schema.fields().stream().map(Field::name).toList();
    }

    @Test
    void namesAreLeftAloneUnlessAsked() {
        TableSchema schema = schema(NameAdjustment.of("none", "none"), "order-id", "größe");
        assertThat(schema.row().name()).isEqualTo("my-shop.public.order-lines.Value");
        assertThat(fields(schema.row())).containsExactly("order-id", "größe");
    }

    @Test
    void avroTakesTheNamesOfSchemasAndFields() {
        TableSchema schema = schema(NameAdjustment.of("avro", "avro"), "order-id", "2nd");
        assertThat(schema.topic()).as("topics take more").isEqualTo("my-shop.public.order-lines");
        assertThat(schema.row().name()).isEqualTo("my_shop.public.order_lines.Value");
        assertThat(Objects.requireNonNull(schema.key()).name()).isEqualTo("my_shop.public.order_lines.Key");
        assertThat(fields(schema.row())).containsExactly("order_id", "_2nd");
        assertThat(fields(schema.key())).containsExactly("order_id");
        assertThat(schema.fieldOf("order-id")).isEqualTo("order_id");
        assertThat(Objects.requireNonNull(schema.keyField("order-id")).name()).isEqualTo("order_id");
        assertThat(schema.keyField("2nd")).isNull();
        assertThat(schema.textOnlyColumn()).as("the column's own name").isEqualTo("order-id");
    }

    @Test
    void twoColumnsOfOneFieldAreRefusedByName() {
        assertThatThrownBy(() -> schema(NameAdjustment.of("avro", "avro"), "a-b", "a_b"))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("a-b and a_b of public.order-lines")
                .hasMessageContaining("avro_unicode");
        assertThat(fields(schema(NameAdjustment.of("none", "avro_unicode"), "a-b", "a_b")
                        .row()))
                .doesNotHaveDuplicates();
    }
}

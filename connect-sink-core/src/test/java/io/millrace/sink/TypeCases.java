package io.millrace.sink;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;

/** A table of types: for each a column of the source, the type that is to be made for it, and values with their texts. */
public final class TypeCases {
    private record Case(
            String name, Schema schema, String type, List<@Nullable Object> values, List<@Nullable String> texts) {}

    private final List<Case> cases = new ArrayList<>();

    public void add(
            String tag,
            int length,
            int scale,
            Supplier<SchemaBuilder> builder,
            String type,
            @Nullable Object... valuesAndTexts) {
        Schema schema = SourceTable.tagged(builder.get().optional(), tag, length, scale);
        List<@Nullable Object> values = new ArrayList<>();
        List<@Nullable String> texts = new ArrayList<>();
        for (int i = 0; i < valuesAndTexts.length; i += 2) {
            values.add(valuesAndTexts[i]);
            texts.add((String) valuesAndTexts[i + 1]);
        }
        cases.add(new Case("c" + cases.size(), schema, type, values, texts));
    }

    public void add(String tag, Supplier<SchemaBuilder> builder, String type, @Nullable Object... valuesAndTexts) {
        add(tag, -1, -1, builder, type, valuesAndTexts);
    }

    public static Supplier<SchemaBuilder> named(Supplier<SchemaBuilder> builder, String name) {
        return () -> builder.get().name(name);
    }

    /** Debezium's numbers of any scale. */
    public static SchemaBuilder variable() {
        return SchemaBuilder.struct()
                .name("io.debezium.data.VariableScaleDecimal")
                .field("scale", Schema.INT32_SCHEMA)
                .field("value", Schema.BYTES_SCHEMA);
    }

    public static Struct decimal(Schema schema, String text) {
        BigDecimal number = new BigDecimal(text);
        return new Struct(schema)
                .put("scale", number.scale())
                .put("value", number.unscaledValue().toByteArray());
    }

    /** Rows of table {@code types} in this schema, with key {@code id} from 0; the last has NULL in every column. */
    public TopicLog log(String schema) {
        SourceTable table = SourceTable.of(schema, "types").key("id", Schema.INT32_SCHEMA);
        for (Case each : cases) {
            table = table.column(each.name, each.schema);
        }
        TopicLog log = new TopicLog();
        for (int row = 0; row < rows(); row++) {
            List<@Nullable Object> values = new ArrayList<>();
            values.add(row);
            for (Case each : cases) {
                values.add(row < each.values.size() ? each.values.get(row) : null);
            }
            log.insert(table, values.toArray());
        }
        return log;
    }

    /**
     * Compares with what the target has.
     *
     * @param types of the columns in their order, without the key's
     * @param texts the values of a column, in the order of the key
     */
    public void check(List<String> types, Function<String, List<String>> texts) {
        SoftAssertions softly = new SoftAssertions();
        for (int i = 0; i < cases.size(); i++) {
            Case each = cases.get(i);
            softly.assertThat(types.get(i))
                    .as(each.schema.parameters().toString())
                    .isEqualTo(each.type);
            List<@Nullable String> expected = new ArrayList<>(each.texts);
            while (expected.size() < rows()) {
                expected.add(null);
            }
            softly.assertThat(texts.apply(each.name))
                    .as(each.type + " of " + each.schema.parameters())
                    .isEqualTo(expected.stream().map(String::valueOf).toList());
        }
        softly.assertAll();
    }

    private int rows() {
        return 1 + cases.stream().mapToInt(each -> each.values.size()).max().orElseThrow();
    }
}

package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.ColumnDefault;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Cases of the contract: tables are made, and follow the records' schemas. */
public interface EvolutionCases extends ContractCase {
    SourceTable WITHOUT_B = ORDERS.without("b");

    private static SourceTable counted(Schema n) {
        return SourceTable.of("shop", "counted").key("id", Schema.INT32_SCHEMA).column("n", n);
    }

    private static Schema tagged(SchemaBuilder builder, String type) {
        return SourceTable.tagged(builder.optional(), type, -1, -1);
    }

    @Test
    default void aNewColumnIsAdded() {
        log().insert(WITHOUT_B, 1, "a");
        run();
        log().insert(ORDERS, 2, "c", "d");
        run();
        assertThat(orders()).containsExactly("1|a|null", "2|c|d");
    }

    @Test
    default void severalColumnsAreAddedInOneFlush() {
        SourceTable more = ORDERS.column("c", Schema.OPTIONAL_INT64_SCHEMA).column("d", Schema.OPTIONAL_STRING_SCHEMA);
        log().insert(WITHOUT_B, 1, "a").insert(ORDERS, 2, "a", "b").insert(more, 3, "a", "b", 4L, "d");
        run();
        log().update(more, 1, "x", "y", 5L, "z");
        run();
        assertThat(rows("orders", "id", "a", "b", "c", "d"))
                .containsExactly("1|x|y|5|z", "2|a|b|null|null", "3|a|b|4|d");
    }

    /** The task that made the narrow column runs on. */
    @Test
    default void aTypeThatWidensWhileATaskRunsIsFollowed() {
        SourceTable narrow = counted(SourceTable.tagged(SchemaBuilder.string().optional(), "VARCHAR", 3, -1));
        SourceTable wide = counted(SourceTable.tagged(SchemaBuilder.string().optional(), "VARCHAR", 9, -1));
        log().insert(narrow, 1, "abc");
        TaskDriver task = open().drain();
        // Both versions in one flush, and the narrow one last, as of another partition.
        log().insert(narrow, 2, "def").insert(wide, 3, "longer").insert(narrow, 4, "ghi");
        task.drain();
        SourceTable wider = counted(SourceTable.tagged(SchemaBuilder.string().optional(), "VARCHAR", 30, -1));
        log().insert(wider, 5, "longer than nine");
        task.drain().close();
        assertThat(rows("counted", "id", "n"))
                .containsExactly("1|abc", "2|def", "3|longer", "4|ghi", "5|longer than nine");
    }

    @Test
    default void anOlderRecordAfterANewerOneKeepsTheNewColumn() {
        log().insert(ORDERS, 1, "a", "b");
        run();
        log().update(ORDERS, 1, "c", "d").update(WITHOUT_B, 1, "e");
        run();
        assertThat(orders()).containsExactly("1|e|d");
    }

    @Test
    default void aDroppedColumnKeepsItsValues() {
        log().insert(ORDERS, 1, "a", "b");
        run();
        log().update(WITHOUT_B, 1, "c").insert(WITHOUT_B, 2, "e");
        run();
        assertThat(orders()).containsExactly("1|c|b", "2|e|null");
    }

    @Test
    default void aColumnCanComeBack() {
        log().insert(ORDERS, 1, "a", "b");
        run();
        log().insert(WITHOUT_B, 2, "c");
        run();
        log().insert(ORDERS, 3, "e", "f").update(ORDERS, 2, "g", "h");
        run();
        assertThat(orders()).containsExactly("1|a|b", "2|g|h", "3|e|f");
    }

    @Test
    default void theOrderOfColumnsDoesNotMatter() {
        SourceTable turned = SourceTable.of("shop", "orders")
                .column("b", Schema.OPTIONAL_STRING_SCHEMA)
                .column("a", Schema.OPTIONAL_STRING_SCHEMA)
                .key("id", Schema.INT32_SCHEMA);
        log().insert(ORDERS, 1, "a", "b").insert(turned, "b", "a", 2);
        run();
        log().update(turned, "d", "c", 1).insert(ORDERS, 3, "a", "b");
        run();
        assertThat(orders()).containsExactly("1|c|d", "2|a|b", "3|a|b");
    }

    @Test
    default void rowsThatAreThereGetAConstantDefault() {
        SourceTable defaulted = WITHOUT_B.column(
                "b", SchemaBuilder.string().optional().defaultValue("none").build());
        log().insert(WITHOUT_B, 1, "a");
        run();
        log().insert(defaulted, 2, "c", "d").insert(defaulted, 3, "c", null);
        run();
        assertThat(orders()).containsExactly("1|a|none", "2|c|d", "3|c|null");
    }

    /** As a default that the source computes for each row: the schema's value only stands for it. */
    @Test
    default void rowsThatAreThereGetNoDefaultThatIsComputed() {
        Schema computed = SchemaBuilder.string()
                .defaultValue("")
                .parameter(ColumnDefault.PARAMETER, ColumnDefault.COMPUTED.write())
                .build();
        log().insert(WITHOUT_B, 1, "a");
        run();
        log().insert(WITHOUT_B.column("b", computed), 2, "c", "d");
        run();
        assertThat(orders()).containsExactly("1|a|null", "2|c|d");
    }

    /** As of Debezium's connector, which tells of no default whether it is computed. */
    @Test
    default void rowsThatAreThereGetNoUuidOfZeros() {
        String zeros = "00000000-0000-0000-0000-000000000000";
        String uuid = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
        SchemaBuilder type =
                SchemaBuilder.string().name("io.debezium.data.Uuid").version(1).defaultValue(zeros);
        log().insert(WITHOUT_B, 1, "a");
        run();
        log().insert(WITHOUT_B.column("b", SourceTable.tagged(type, "UUID", -1, -1)), 2, "c", uuid);
        run();
        assertThat(orders()).containsExactly("1|a|null", "2|c|" + uuid);
    }

    @Test
    default void aRequiredColumnThatIsAddedIsNullInRowsThatAreThere() {
        SourceTable more = WITHOUT_B.column("b", Schema.STRING_SCHEMA);
        log().insert(WITHOUT_B, 1, "a");
        run();
        log().insert(more, 2, "c", "d");
        run();
        assertThat(orders()).containsExactly("1|a|null", "2|c|d");
    }

    /** By a statement they get what the same value becomes that a record brings. */
    @Test
    default void rowsThatAreThereGetAConstantDefaultOfEveryType() {
        SourceTable more = WITHOUT_B;
        List<@Nullable Object> values = new ArrayList<>(List.of(2, "a"));
        List<String> names = new ArrayList<>();
        for (Schema each : List.of(
                constant(SchemaBuilder.bool(), true, "BIT", 1, -1),
                constant(SchemaBuilder.bool(), true, "BOOL", -1, -1),
                constant(SchemaBuilder.int64(), -5L, "INT8", -1, -1),
                constant(SchemaBuilder.float32(), 0.1f, "FLOAT4", -1, -1),
                constant(SchemaBuilder.float64(), -1.5e-7, "FLOAT8", -1, -1),
                constant(Decimal.builder(2), new BigDecimal("-1.50"), "NUMERIC", 10, 2),
                constant(SchemaBuilder.int32().name("io.debezium.time.Date"), 18262, "DATE", -1, -1),
                constant(SchemaBuilder.int64().name("io.debezium.time.MicroTime"), 43_200_000_001L, "TIME", -1, -1),
                constant(
                        SchemaBuilder.int64().name("io.debezium.time.MicroTimestamp"),
                        1_577_836_800_123_456L,
                        "TIMESTAMP",
                        -1,
                        -1),
                constant(
                        SchemaBuilder.string().name("io.debezium.time.ZonedTimestamp"),
                        "2020-01-01T00:00:00.5Z",
                        "TIMESTAMPTZ",
                        -1,
                        -1),
                constant(
                        SchemaBuilder.string().name("io.debezium.data.Uuid"),
                        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                        "UUID",
                        -1,
                        -1),
                constant(SchemaBuilder.string().name("io.debezium.data.Json"), "{\"a\": \"it's\"}", "JSONB", -1, -1),
                constant(SchemaBuilder.string(), "it's a \\ \"text\"", "TEXT", -1, -1))) {
            names.add("c" + names.size());
            more = more.column(names.get(names.size() - 1), each);
            values.add(each.defaultValue());
        }
        log().insert(WITHOUT_B, 1, "a");
        run();
        log().insert(more, values.toArray());
        run();
        assertThat(rows("orders", "id")).containsExactly("1", "2");
        for (String name : names) {
            assertThat(Set.copyOf(rows("orders", name))).as(name).hasSize(1).doesNotContain("null");
        }
    }

    private static Schema constant(SchemaBuilder builder, Object value, String type, int length, int scale) {
        builder.parameter(ColumnDefault.PARAMETER, ColumnDefault.CONSTANT.write());
        return SourceTable.tagged(builder.defaultValue(value), type, length, scale);
    }

    @Test
    default void integersAreWidened() {
        log().insert(counted(tagged(SchemaBuilder.int32(), "INT4")), 1, 7);
        run();
        log().insert(counted(tagged(SchemaBuilder.int64(), "INT8")), 2, 1L << 40);
        run();
        assertThat(rows("counted", "id", "n")).containsExactly("1|7", "2|1099511627776");
    }

    @Test
    default void aTypeThatChangesWithinAFlush() {
        log().insert(counted(tagged(SchemaBuilder.int32(), "INT4")), 1, 7)
                .insert(counted(tagged(SchemaBuilder.int64(), "INT8")), 2, 1L << 40)
                .insert(counted(tagged(SchemaBuilder.int32(), "INT4")), 3, 8);
        run();
        assertThat(rows("counted", "id", "n")).containsExactly("1|7", "2|1099511627776", "3|8");
    }

    @Test
    default void anOlderNarrowerTypeFitsTheWidenedOne() {
        log().insert(counted(tagged(SchemaBuilder.int64(), "INT8")), 1, 1L << 40);
        run();
        log().insert(counted(tagged(SchemaBuilder.int32(), "INT4")), 2, 7);
        run();
        assertThat(rows("counted", "id", "n")).containsExactly("1|1099511627776", "2|7");
    }

    @Test
    default void withoutWideningANarrowTypeIsRefused() {
        log().insert(counted(tagged(SchemaBuilder.int32(), "INT4")), 1, 7);
        run();
        log().insert(counted(tagged(SchemaBuilder.int64(), "INT8")), 2, 1L << 40);
        TaskDriver task = open("schema.evolution", "add");
        assertThatThrownBy(task::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("shop.counted")
                .hasMessageContaining("n");
        task.kill();
        assertThat(rows("counted", "id", "n")).containsExactly("1|7");
    }

    @Test
    default void aTypeThatCannotHoldTheValuesIsRefused() {
        log().insert(counted(tagged(SchemaBuilder.int32(), "INT4")), 1, 7);
        run();
        log().insert(counted(tagged(SchemaBuilder.string(), "TEXT")), 2, "seven");
        TaskDriver task = open();
        assertThatThrownBy(task::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("shop.counted")
                .hasMessageContaining("\"n\"");
        task.kill();
        assertThat(rows("counted", "id", "n")).containsExactly("1|7");
    }

    @Test
    default void aRequiredColumnCanBecomeOptional() {
        log().insert(counted(Schema.INT32_SCHEMA), 1, 7);
        run();
        log().insert(counted(Schema.OPTIONAL_INT32_SCHEMA), 2, null);
        run();
        assertThat(rows("counted", "id", "n")).containsExactly("1|7", "2|null");
    }

    @Test
    default void evolutionNoneIgnoresAndFailStops() {
        log().insert(WITHOUT_B, 1, "a");
        run();
        log().insert(ORDERS, 2, "c", "d");
        TaskDriver failing = open("schema.evolution", "fail");
        assertThatThrownBy(failing::drain).hasMessageContaining("shop.orders").hasMessageContaining("b");
        failing.kill();
        run("schema.evolution", "none");
        assertThat(rows("orders", "id", "a")).containsExactly("1|a", "2|c");
    }

    @Test
    default void withoutAutoCreateAMissingTableStopsTheTask() {
        log().insert(ORDERS, 1, "a", "b");
        TaskDriver task = open("auto.create", "false");
        assertThatThrownBy(task::drain).hasMessageContaining("shop.orders").hasMessageContaining("auto.create");
        task.kill();
    }

    @Test
    default void twoTasksMakeAndChangeATableTogether() {
        TopicPartition second = new TopicPartition(ORDERS.topic(), 1);
        log().insert(WITHOUT_B, 1, "a").insert(ORDERS, 2, "a", "b");
        log().writeTo(ORDERS.topic(), 1).insert(WITHOUT_B, 3, "a").insert(ORDERS, 4, "a", "b");
        TaskDriver one = secondOfTwo().batch(1).open(List.of(FIRST));
        TaskDriver two = secondOfTwo().batch(1).open(List.of(second));
        for (int step = 0; step < 2; step++) {
            one.step();
            two.step();
        }
        two.drain();
        one.drain();
        one.close();
        two.close();
        assertThat(orders()).containsExactly("1|a|null", "2|a|b", "3|a|null", "4|a|b");
    }
}

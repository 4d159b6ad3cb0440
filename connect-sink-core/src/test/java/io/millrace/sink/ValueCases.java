package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;

/** Cases of the contract: values that every target holds, at their limits; each target's own test has its table of types. */
public interface ValueCases extends ContractCase {
    @Test
    default void textIsTakenAsItIs() {
        String[] texts = {
            "",
            " ",
            "null",
            "NULL",
            "\\N",
            "it's",
            "\"",
            "\\",
            "a\nb\r\n\tc",
            "ä€𝄞",
            "{\"a\": [1]}",
            "$1 ? %s {}",
            "'; DROP TABLE x; --",
            "\u0001\u007f"
        };
        for (int i = 0; i < texts.length; i++) {
            log().insert(ORDERS, i, texts[i], "before").insert(ORDERS, 100 + i, texts[i], null);
        }
        run();
        for (int i = 0; i < texts.length; i++) {
            log().update(ORDERS, i, KEPT, texts[i]);
        }
        run();
        List<String> found = orders();
        for (int i = 0; i < texts.length; i++) {
            assertThat(found).contains(i + "|" + texts[i] + "|" + texts[i], 100 + i + "|" + texts[i] + "|null");
        }
        assertThat(found).hasSize(2 * texts.length);
    }

    @Test
    default void aMegabyteOfText() {
        String big = "0123456789abcdef".repeat(1 << 16);
        log().insert(ORDERS, 1, big, null).insert(ORDERS, 2, "small", big + "!");
        run();
        assertThat(orders()).containsExactly("1|" + big + "|null", "2|small|" + big + "!");
    }

    @Test
    default void nullsInEveryColumn() {
        log().insert(ORDERS, 1, null, null).insert(ORDERS, 2, "a", "b");
        run();
        log().update(ORDERS, 2, null, null);
        run();
        assertThat(orders()).containsExactly("1|null|null", "2|null|null");
    }

    @Test
    default void integersAtTheirLimits() {
        SourceTable numbers = SourceTable.of("shop", "numbers")
                .key("id", Schema.INT64_SCHEMA)
                .column("small", Schema.OPTIONAL_INT16_SCHEMA)
                .column("plain", Schema.OPTIONAL_INT32_SCHEMA)
                .column("big", Schema.OPTIONAL_INT64_SCHEMA);
        log().insert(numbers, Long.MIN_VALUE, Short.MIN_VALUE, Integer.MIN_VALUE, Long.MIN_VALUE)
                .insert(numbers, 0L, (short) 0, 0, 0L)
                .insert(numbers, Long.MAX_VALUE, Short.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);
        run();
        log().update(numbers, Long.MAX_VALUE, (short) -1, -1, -1L);
        run();
        assertThat(rows("numbers", "id", "small", "plain", "big"))
                .containsExactlyInAnyOrder(
                        "-9223372036854775808|-32768|-2147483648|-9223372036854775808",
                        "0|0|0|0",
                        "9223372036854775807|-1|-1|-1");
    }

    @Test
    default void booleans() {
        SourceTable flags = SourceTable.of("shop", "flags")
                .key("id", Schema.INT32_SCHEMA)
                .column("flag", Schema.OPTIONAL_BOOLEAN_SCHEMA);
        log().insert(flags, 1, true).insert(flags, 2, false).insert(flags, 3, null);
        run();
        assertThat(rows("flags", "id", "flag")).containsExactly("1|true", "2|false", "3|null");
    }

    @Test
    default void decimalsKeepTheirDigits() {
        Schema money = SourceTable.tagged(Decimal.builder(4).optional(), "NUMERIC", 30, 4);
        SourceTable prices =
                SourceTable.of("shop", "prices").key("id", Schema.INT32_SCHEMA).column("price", money);
        log().insert(prices, 1, new BigDecimal("12345678901234567890123456.7890"))
                .insert(prices, 2, new BigDecimal("-0.0001"))
                .insert(prices, 3, new BigDecimal("0.0000"))
                .insert(prices, 4, new BigDecimal("99999999999999999999999999.9999"));
        run();
        assertThat(rows("prices", "price"))
                .containsExactly(
                        "-0.0001", "0.0000", "12345678901234567890123456.7890", "99999999999999999999999999.9999");
    }

    @Test
    default void aDecimalKeyIsOneRowWhateverItsDigits() {
        Schema key = SourceTable.tagged(
                SchemaBuilder.struct()
                        .name("io.debezium.data.VariableScaleDecimal")
                        .field("scale", Schema.INT32_SCHEMA)
                        .field("value", Schema.BYTES_SCHEMA),
                "NUMERIC",
                -1,
                -1);
        SourceTable keyed = SourceTable.of("shop", "keyed").key("n", key).column("v", Schema.OPTIONAL_STRING_SCHEMA);
        for (String flush : List.of("1000", "1")) {
            for (String number : List.of("1.0", "1.00", "1", "2.50")) {
                BigDecimal value = new BigDecimal(number);
                log().update(
                                keyed,
                                new org.apache.kafka.connect.data.Struct(key)
                                        .put("scale", value.scale())
                                        .put("value", value.unscaledValue().toByteArray()),
                                "v" + number + " " + flush);
            }
            run("max.batch.size", flush);
            assertThat(rows("keyed", "v")).containsExactly("v1 " + flush, "v2.50 " + flush);
        }
    }

    @Test
    default void aTableOfHundredsOfColumns() {
        SourceTable wide = SourceTable.of("shop", "wide").key("id", Schema.INT32_SCHEMA);
        List<Object> values = new ArrayList<>(List.of(1));
        for (int i = 0; i < 300; i++) {
            wide = wide.column("column_" + i, Schema.OPTIONAL_INT32_SCHEMA);
            values.add(i);
        }
        log().insert(wide, values.toArray());
        run();
        values.set(300, -1);
        log().update(wide, values.toArray());
        run();
        assertThat(rows("wide", "id", "column_0", "column_150", "column_299")).containsExactly("1|0|150|-1");
    }

    @Test
    default void thousandsOfRows() {
        for (int i = 0; i < 20_000; i++) {
            log().insert(ORDERS, i, "a" + i, null);
        }
        run("max.batch.size", "6000");
        for (int i = 0; i < 20_000; i += 2) {
            log().update(ORDERS, i, "b" + i, null);
        }
        run("max.batch.size", "6000");
        assertThat(rows("orders", "a"))
                .hasSize(20_000)
                .doesNotHaveDuplicates()
                .contains("b0", "a1", "b19998", "a19999")
                .doesNotContain("a0");
    }
}

package io.millrace.sink.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;

class NestedJsonTest {
    private static final JsonText NUMBER = (value, out) -> out.append(value);
    private static final JsonText TEXT = JsonText.quoted(String::valueOf);

    private static String written(JsonText json, Object value) {
        StringBuilder out = new StringBuilder();
        json.write(value, out);
        return out.toString();
    }

    @Test
    void listsInListsKeepNulls() {
        JsonText lists = NestedJson.list(NestedJson.list(NUMBER));
        assertThat(written(lists, List.of(Arrays.asList(1, null), List.of()))).isEqualTo("[[1,null],[]]");
        assertThat(written(NestedJson.list(JsonText::approximate), List.of(0.5, Double.NaN)))
                .isEqualTo("[0.5,\"NaN\"]");
    }

    @Test
    void namesOfMapsAreTexts() {
        Map<Integer, String> map = new LinkedHashMap<>();
        map.put(1, "a\"\n");
        map.put(2, null);
        assertThat(written(NestedJson.map(NUMBER, TEXT), map)).isEqualTo("{\"1\":\"a\\\"\\u000a\",\"2\":null}");
        assertThatThrownBy(() -> written(NestedJson.map(TEXT, TEXT), Collections.singletonMap(null, "a")))
                .isInstanceOf(DataException.class);
    }

    @Test
    void fieldsOfStructsComeInTheirOrder() {
        Schema point = SchemaBuilder.struct()
                .field("y", Schema.OPTIONAL_INT32_SCHEMA)
                .field("x", SchemaBuilder.int32().optional().defaultValue(9).build())
                .build();
        JsonText json = NestedJson.struct(List.of("y", "x"), List.of(NUMBER, NUMBER));
        assertThat(written(json, new Struct(point).put("y", 3))).isEqualTo("{\"y\":3,\"x\":null}");
    }

    @Test
    void numbersThatDoNotFitAreRefusedWithoutShowingThem() {
        assertThat(ExactNumber.unscaled(new BigDecimal("-9.9"), 3, 2, "DECIMAL(3,2)"))
                .isEqualTo(BigInteger.valueOf(-990));
        for (String each : List.of("10", "0.001")) {
            assertThatThrownBy(() -> ExactNumber.unscaled(new BigDecimal(each), 3, 2, "DECIMAL(3,2)"))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("DECIMAL(3,2)")
                    .hasMessageContaining("unrepresentable=text");
        }
        assertThat(ExactNumber.text(new BigDecimal("1.500E+3"))).isEqualTo("1500");
    }
}

package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;

class ColumnDefaultTest {
    private static SchemaBuilder told(String text) {
        return SchemaBuilder.string().parameter(ColumnDefault.PARAMETER, text);
    }

    @Test
    void readsWhatItWrites() {
        for (ColumnDefault each : ColumnDefault.values()) {
            assertThat(ColumnDefault.of(told(each.write()).build())).isEqualTo(each);
        }
    }

    @Test
    void readsNothingFromOtherSchemas() {
        assertThat(ColumnDefault.of(Schema.STRING_SCHEMA)).isNull();
        assertThat(ColumnDefault.of(
                        SchemaBuilder.string().parameter("length", "1").build()))
                .isNull();
        assertThat(ColumnDefault.of(told("something newer").build())).isNull();
    }
}

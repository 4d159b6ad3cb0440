package io.millrace.source.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.time.Date;
import io.debezium.time.MicroTimestamp;
import io.debezium.time.Timestamp;
import io.debezium.time.ZonedTimestamp;
import io.millrace.source.catalog.TableId;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
    private static final TableId TABLE = new TableId("public", "t");

    private static KeyOrder order(int type, PlainCodec codec) {
        return Objects.requireNonNull(KeyOrder.of(PlainCodec.keyed(TABLE, type, codec), List.of("k")));
    }

    @Test
    void aNumberThatIsAStringInRecordsIsNotComparedAsOne() {
        KeyOrder strings = order(1700, new PlainCodec(Schema.STRING_SCHEMA, text -> text));
        assertThat(strings.sorts()).isFalse();
        KeyOrder decimals = order(1700, new PlainCodec(Decimal.schema(0), BigDecimal::new));
        assertThat(decimals.sorts()).isTrue();
        assertThat(KeyOrder.compare(decimals.bound(List.of("10")), decimals.bound(List.of("9"))))
                .isPositive();
    }

    @Test
    void textsAreComparedByTheirBytes() {
        KeyOrder texts = order(25, new PlainCodec(Schema.STRING_SCHEMA, text -> text));
        assertThat(texts.sorts()).isTrue();
        assertThat(KeyOrder.compare(texts.bound(List.of("Z")), texts.bound(List.of("a"))))
                .isNegative();
    }

    @Test
    void aNumberThatIsAStringInRecordsStillHasItsText() {
        TableSchema schema = PlainCodec.keyed(TABLE, 1700, new PlainCodec(Schema.STRING_SCHEMA, text -> text));
        KeyOrder order = Objects.requireNonNull(KeyOrder.of(schema, List.of("k")));
        assertThat(order.texts(new Struct(schema.key()).put("k", "10"))).containsExactly("10");
    }

    @Test
    void valuesAreWrittenAsTheServerReadsThem() {
        assertThat(KeyText.of(Timestamp.schema(), 1_700_000_000_123L)).isEqualTo("2023-11-14 22:13:20.123000");
        assertThat(KeyText.of(Timestamp.schema(), -1L)).isEqualTo("1969-12-31 23:59:59.999000");
        assertThat(KeyText.of(MicroTimestamp.schema(), -1L)).isEqualTo("1969-12-31 23:59:59.999999");
        assertThat(KeyText.of(Date.schema(), 19_000)).isEqualTo("2022-01-08");
        assertThat(KeyText.of(ZonedTimestamp.schema(), "2024-01-01T00:30:00+01:00"))
                .isEqualTo("2023-12-31 23:30:00.000000+00");
        assertThat(KeyText.of(ZonedTimestamp.schema(), "-infinity")).isEqualTo("-infinity");
        assertThat(KeyText.of(Decimal.schema(0), new BigDecimal("1E+3"))).isEqualTo("1000");
        assertThat(KeyText.of(Schema.BOOLEAN_SCHEMA, true)).isEqualTo("true");
    }

    @Test
    void whatHasNoSureTextHasNone() {
        assertThat(KeyText.of(Date.schema(), 3_000_000)).as("year 10183").isNull();
        assertThat(KeyText.of(MicroTimestamp.schema(), Long.MAX_VALUE))
                .as("infinity")
                .isNull();
        assertThat(KeyText.of(Timestamp.schema(), Long.MAX_VALUE))
                .as("infinity")
                .isNull();
        assertThat(KeyText.of(MicroTimestamp.schema(), -62_200_000_000_000_000L))
                .as("before year 1")
                .isNull();
        assertThat(KeyText.of(ZonedTimestamp.schema(), "+10000-01-01T00:00:00Z"))
                .isNull();
        assertThat(KeyText.of(Schema.BYTES_SCHEMA, new byte[1])).isNull();
        assertThat(KeyText.of(Schema.STRING_SCHEMA, null)).isNull();
    }
}

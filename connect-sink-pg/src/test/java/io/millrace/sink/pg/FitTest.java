package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.destination.SourceColumn;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a numeric's modifier says. */
class FitTest {
    private static int modifier(int precision, int scale) {
        return (precision << 16 | scale & 0x7ff) + 4;
    }

    private static Fit judge(Schema schema, String form, int modifier) {
        LiveColumn live =
                new LiveColumn("n", "numeric(5,?)", "numeric", "numeric", modifier, false, false, false, false);
        return Fit.judge(SourceColumn.of("n", schema), form, live);
    }

    @ParameterizedTest
    @CsvSource({"0", "2", "1000", "-1", "-1000"})
    void scalesHaveASign(int scale) {
        assertThat(Fit.scaleOf(modifier(5, scale))).isEqualTo(scale);
    }

    @Test
    void whatWouldBeRoundedBeforeThePointIsRefused() {
        assertThat(judge(Schema.INT32_SCHEMA, "int4", modifier(5, 0)).fits()).isTrue();
        assertThat(judge(Schema.INT32_SCHEMA, "int4", modifier(5, 2)).fits()).isTrue();
        Fit rounded = judge(Schema.INT32_SCHEMA, "int4", modifier(5, -2));
        assertThat(rounded.fits()).isFalse();
        assertThat(rounded.problem()).contains("\"n\"").contains("rounded");
        assertThat(judge(Decimal.schema(2), "numeric", modifier(5, 2)).fits()).isTrue();
        assertThat(judge(Decimal.schema(0), "numeric", modifier(5, -2)).fits()).isFalse();
    }
}

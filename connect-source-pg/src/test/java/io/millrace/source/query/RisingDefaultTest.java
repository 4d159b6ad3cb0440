package io.millrace.source.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RisingDefaultTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "now()",
                "CURRENT_TIMESTAMP",
                "CURRENT_TIMESTAMP(3)",
                "LOCALTIMESTAMP",
                "clock_timestamp()",
                "(now() AT TIME ZONE 'utc'::text)",
                "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC'::text)",
                "timezone('utc'::text, now())",
                "(now())::timestamp without time zone",
                "(clock_timestamp())::timestamp(3) with time zone"
            })
    void theClockAsItIs(String expression) {
        assertThat(RisingDefault.is(WatermarkType.TIMESTAMP, expression)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(now() - '1 day'::interval)",
                "date_trunc('hour'::text, now())",
                "'2024-01-01 00:00:00+00'::timestamp with time zone",
                "my.now()",
                "CURRENT_DATE",
                "(now())::date",
                "uuidv7()"
            })
    void whatIsComputedFromItIsOfThePast(String expression) {
        assertThat(RisingDefault.is(WatermarkType.TIMESTAMPTZ, expression)).isFalse();
    }

    @Test
    void daysAndUuids() {
        assertThat(RisingDefault.is(WatermarkType.DATE, "CURRENT_DATE")).isTrue();
        assertThat(RisingDefault.is(WatermarkType.DATE, "(now())::date")).isTrue();
        assertThat(RisingDefault.is(WatermarkType.DATE, "(now() - '1 day'::interval)::date"))
                .isFalse();
        assertThat(RisingDefault.is(WatermarkType.UUID_V7, "uuidv7()")).isTrue();
        assertThat(RisingDefault.is(WatermarkType.UUID_V7, "uuidv7('-01:00:00'::interval)"))
                .isFalse();
        assertThat(RisingDefault.is(WatermarkType.UUID_V7, "gen_random_uuid()")).isFalse();
        assertThat(RisingDefault.is(WatermarkType.TIMESTAMPTZ, null)).isFalse();
    }
}

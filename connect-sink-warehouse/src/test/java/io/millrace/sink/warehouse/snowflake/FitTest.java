package io.millrace.sink.warehouse.snowflake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which types hold which, and which become which. */
class FitTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "NUMBER(38,0); NUMBER(10,0); true; false",
                "NUMBER(38,0); NUMBER(10,2); false; false",
                "NUMBER(12,4); NUMBER(10,2); true; false",
                "NUMBER(11,4); NUMBER(10,2); false; false",
                "NUMBER(5,0); NUMBER(10,0); false; true",
                "NUMBER(10,2); NUMBER(12,2); false; true",
                "NUMBER(10,2); NUMBER(12,4); false; false",
                "VARCHAR; VARCHAR(20); true; false",
                "VARCHAR(20); VARCHAR; false; true",
                "VARCHAR(20); VARCHAR(10); true; false",
                "VARCHAR; BINARY; false; false",
                "BINARY(10); BINARY; false; false",
                "TIMESTAMP_NTZ(9); TIMESTAMP_NTZ(6); true; false",
                "TIMESTAMP_NTZ(3); TIMESTAMP_NTZ(6); false; false",
                "TIMESTAMP_LTZ(9); TIMESTAMP_TZ(6); true; false",
                "TIMESTAMP_NTZ(9); TIMESTAMP_TZ(6); false; false",
                "TIME(9); TIME(6); true; false",
                "VARIANT; ARRAY; true; false",
                "ARRAY; VARIANT; false; false",
                "FLOAT; NUMBER(10,0); false; false"
            })
    void holdsOrWidens(String column, String source, boolean holds, boolean widens) {
        assertThat(Fit.holds(column, source)).isEqualTo(holds);
        assertThat(Fit.widens(column, source)).isEqualTo(widens);
    }
}

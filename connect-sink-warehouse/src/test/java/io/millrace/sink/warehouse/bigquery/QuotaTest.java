package io.millrace.sink.warehouse.bigquery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotaTest {
    @Test
    void fiveMinutesDoForHundredsOfTables() {
        assertThat(Quota.problem(300_000, 347)).isEmpty();
        assertThat(Quota.problem(300_000, 348)).isPresent();
    }

    @Test
    void noTableIsLoadedMoreOftenThanItMay() {
        assertThat(Quota.problem(57_600, 1)).isEmpty();
        assertThat(Quota.problem(57_599, 1))
                .hasValueSatisfying(problem ->
                        assertThat(problem).contains("at least 57600").contains("1500"));
        assertThat(Quota.problem(0, 0)).isPresent();
    }

    @Test
    void theProjectsQuotaIsForAllTables() {
        assertThat(Quota.problem(57_600, 66)).isEmpty();
        assertThat(Quota.problem(57_600, 200))
                .hasValueSatisfying(problem ->
                        assertThat(problem).contains("at least 172800").contains("200 tables"));
    }
}

package io.millrace.sink.warehouse.bigquery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.destination.Bookkeeping;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;

class ArrangementTest {
    private static final TableId ORDERS = TableId.of("shop", "orders");
    private static final TableId LOG = TableId.of("shop", "orders_log");

    private static String clauses(TableId made, boolean log, Map<TableId, List<String>> columns) {
        Password none = new Password("");
        BigQuerySettings settings = new BigQuerySettings(
                "p", "d", "EU", "staging", "", none, "", 0, 1, 0, 1, columns, "MONTH", columns, log);
        TableShape shape = new TableShape(made, List.of(), List.of("id"), new Bookkeeping(null, null, null));
        return new Arrangement(shape, Map.of("id", "INT64", "day", "DATE", "at", "TIMESTAMP"), settings).clauses();
    }

    @Test
    void aLogIsArrangedAsIsNamedForItsView() {
        assertThat(clauses(LOG, true, Map.of(ORDERS, List.of("day"))))
                .isEqualTo("\nPARTITION BY DATE_TRUNC(`day`, MONTH)\nCLUSTER BY `day`");
    }

    @Test
    void itsOwnNameComesFirst() {
        assertThat(clauses(LOG, true, Map.of(ORDERS, List.of("day"), LOG, List.of("at"))))
                .isEqualTo("\nPARTITION BY TIMESTAMP_TRUNC(`at`, MONTH)\nCLUSTER BY `at`");
    }

    @Test
    void aTableOfSuchANameIsNoLog() {
        assertThat(clauses(LOG, false, Map.of(ORDERS, List.of("day")))).isEqualTo("\nCLUSTER BY `id`");
    }
}

package io.millrace.source.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class TableFilterTest {
    private static final List<String> NONE = List.of();

    private static TableFilter tables(List<String> include, List<String> exclude) {
        return TableFilter.of(new TableFilter.Lists(NONE, NONE, include, exclude, NONE, NONE));
    }

    @Test
    void expressionsMatchWholeNamesWithoutRegardToCase() {
        TableFilter filter = tables(List.of("public\\.orders", "Sales\\..*"), NONE);
        assertThat(filter.includes(new TableId("public", "orders"))).isTrue();
        assertThat(filter.includes(new TableId("public", "Orders"))).isTrue();
        assertThat(filter.includes(new TableId("public", "orders_old"))).isFalse();
        assertThat(filter.includes(new TableId("sales", "select"))).isTrue();
    }

    @Test
    void systemSchemasAreNeverCaptured() {
        TableFilter filter = tables(List.of(".*"), NONE);
        assertThat(filter.includes(new TableId("pg_catalog", "pg_class"))).isFalse();
        assertThat(filter.includes(new TableId("information_schema", "tables"))).isFalse();
    }

    @Test
    void exclusionLeavesTheRest() {
        TableFilter filter = tables(NONE, List.of("public\\.log"));
        assertThat(filter.includes(new TableId("public", "log"))).isFalse();
        assertThat(filter.includes(new TableId("public", "orders"))).isTrue();
    }

    @Test
    void columnsGoByTableAndName() {
        TableFilter filter = TableFilter.of(
                new TableFilter.Lists(NONE, NONE, NONE, NONE, NONE, List.of("public\\.users\\.(password|token)")));
        assertThat(filter.includes(new TableId("public", "users"), "password")).isFalse();
        assertThat(filter.includes(new TableId("public", "users"), "name")).isTrue();
    }

    @Test
    void aPairOfListsOrABadExpressionIsRefusedByItsKey() {
        assertThatThrownBy(() -> tables(List.of("a"), List.of("b")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("table.include.list");
        assertThatThrownBy(() -> tables(List.of("("), NONE))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("table.include.list");
    }

    @Test
    void identifiersAreQuoted() {
        assertThat(new TableId("a\"b", "select").quoted()).isEqualTo("\"a\"\"b\".\"select\"");
        assertThat(Identifier.literal("it's \\ x")).isEqualTo(" E'it''s \\\\ x'");
    }
}

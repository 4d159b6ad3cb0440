package io.millrace.sink.warehouse.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.destination.Bookkeeping;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

class NamesTest {
    private static void check(String... columns) {
        List<SourceColumn> all = Arrays.stream(columns)
                .map(name -> SourceColumn.of(name, Schema.STRING_SCHEMA))
                .toList();
        Names.check(new TableShape(TableId.of("shop", "orders"), all, List.of(), Bookkeeping.NONE));
    }

    @Test
    void columnsAreFitted() {
        assertThat(Names.column("plain_1")).isEqualTo("plain_1");
        assertThat(Names.column("a.b c`d")).isEqualTo("a_b_c_d");
        assertThat(Names.column("1st")).isEqualTo("_1st");
        assertThat(Names.column("größe")).isEqualTo("größe");
    }

    @Test
    void twoThatBecomeOneAreRefused() {
        check("a.b", "a_c");
        assertThatThrownBy(() -> check("a.b", "a_b"))
                .hasMessageContaining("\"a.b\"")
                .hasMessageContaining("\"a_b\"");
        assertThatThrownBy(() -> check("a", "A")).hasMessageContaining("case");
    }

    @Test
    void whatBigQueryKeepsForItselfIsRefused() {
        for (String name : List.of("_TABLE_x", "_file_", "_PARTITIONTIME", "__root__x", "_CHANGE_TYPE")) {
            assertThatThrownBy(() -> check(name))
                    .as(name)
                    .hasMessageContaining(name)
                    .hasMessageContaining("keeps");
        }
        check("_tables", "__deleted");
    }

    @Test
    void tablesAreRefusedAndNotFitted() {
        Names.checkTable(TableId.of("shop", "größe und-mehr_1"));
        assertThatThrownBy(() -> Names.checkTable(TableId.of("shop", "a`b"))).hasMessageContaining("table.map");
        assertThatThrownBy(() -> Names.checkTable(TableId.of("my-shop", "a"))).hasMessageContaining("datasets");
        assertThatThrownBy(() -> Names.checkTable(TableId.of("a", "b", "c"))).hasMessageContaining("at most");
    }
}

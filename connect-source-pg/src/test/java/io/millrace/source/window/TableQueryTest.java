package io.millrace.source.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.TableId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TableQueryTest {
    private static final List<CatalogColumn> COLUMNS = List.of(
            new CatalogColumn("a", 25, 0, -1, true, null, false),
            new CatalogColumn("B", 23, 0, -1, true, null, false),
            new CatalogColumn("c", 1700, 0, -1, false, null, false));

    private static TableQuery query(char kind, @Nullable String filter, String... key) {
        CatalogTable table = new CatalogTable(1, new TableId("s", "t"), kind, false, 'd', 0, 0, COLUMNS, List.of(key));
        return new TableQuery(table, table.id(), COLUMNS, new boolean[] {true, false, false}, filter);
    }

    @Test
    void readsARangeInTheOrderOfTheKeyNotOfItsText() {
        assertThat(query('r', null, "a", "B").range(new KeyRange(List.of("it's", "1"), List.of("x", "2"))))
                .isEqualTo("COPY (SELECT \"a\"::text, \"B\", \"c\", \"s\".\"t\".\"a\"::text, \"s\".\"t\".\"B\"::text"
                        + " FROM ONLY \"s\".\"t\" WHERE (\"s\".\"t\".\"a\", \"s\".\"t\".\"B\") > ('it''s', '1')"
                        + " AND (\"s\".\"t\".\"a\", \"s\".\"t\".\"B\") <= ('x', '2')"
                        + " ORDER BY \"s\".\"t\".\"a\", \"s\".\"t\".\"B\") TO STDOUT (FORMAT binary)");
    }

    @Test
    void aFilterIsAConditionOfItsOwn() {
        assertThat(query('r', "c > 1 OR c IS NULL", "B").range(new KeyRange(null, List.of("7"))))
                .contains(" WHERE \"s\".\"t\".\"B\" <= '7' AND (c > 1 OR c IS NULL\n) ORDER BY");
        assertThat(query('r', "c > 1", "B").whole()).contains(" WHERE (c > 1\n)) TO");
    }

    @Test
    void aPartitionedTableHasItsRowsInItsPartitions() {
        assertThat(query('p', null, "B").lock()).isEqualTo("LOCK TABLE \"s\".\"t\" IN ACCESS SHARE MODE");
        assertThat(query('r', null, "B").lock()).isEqualTo("LOCK TABLE ONLY \"s\".\"t\" IN ACCESS SHARE MODE");
    }
}

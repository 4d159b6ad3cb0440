package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Manifest;
import io.millrace.sink.Copies;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Copies whose partitions take the place of the table's. */
class PartitionSwapIT {
    private static final SourceTable STOCK =
            SourceTable.of("public", "stock").key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();
    private final Copies copies = new Copies(log);

    private TaskDriver task() {
        return target.task(log, "insert.mode", "overwrite", "overwrite.strategy", "partition");
    }

    private void refused(String... words) {
        TaskDriver task = task();
        var failure = assertThatThrownBy(task::drain);
        for (String word : words) {
            failure.hasMessageContaining(word);
        }
        task.kill();
    }

    private List<String> stock() {
        return target.rows("SELECT id, v FROM stock ORDER BY id");
    }

    @Test
    void aMissingTableIsMadeWithOnePartition() {
        copies.copy(STOCK, "g1", Copies.of(1, "a"), Copies.of(2, "b"));
        task().drain().close();
        String first = target.rows("SELECT 'stock_rows'::regclass::oid").get(0);
        copies.copy(STOCK, "g2", Copies.of(2, "c"));
        task().drain().close();
        assertThat(stock()).containsExactly("2|c");
        assertThat(target.rows("SELECT 'stock_rows'::regclass::oid")).doesNotContain(first);
        assertThat(target.rows("SELECT relname FROM pg_class WHERE relname LIKE 'stock%' AND relkind IN ('r', 'p')"))
                .containsExactlyInAnyOrder("stock", "stock_rows");
    }

    @Test
    void aPartitionIsReplacedAmongOthers() {
        target.execute(
                "CREATE TABLE every (id int, v text, PRIMARY KEY (id)) PARTITION BY RANGE (id)",
                "CREATE TABLE stock PARTITION OF every FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE others PARTITION OF every DEFAULT",
                "INSERT INTO every VALUES (1, 'old'), (200, 'other')",
                "CREATE VIEW seen AS SELECT * FROM every",
                "CREATE ROLE reads_stock",
                "GRANT SELECT ON stock TO reads_stock",
                "COMMENT ON TABLE stock IS 'kept'");
        copies.copy(STOCK, "g1", Copies.of(2, "new"));
        task().drain().close();
        assertThat(target.rows("SELECT id, v FROM seen ORDER BY id")).containsExactly("2|new", "200|other");
        assertThat(target.rows("SELECT obj_description('stock'::regclass),"
                        + " has_table_privilege('reads_stock', 'stock', 'SELECT')"))
                .containsExactly("kept|t");
        copies.copy(STOCK, "g2", Copies.of(3, "new"), Copies.of(100, "belongs elsewhere"));
        refused("public.stock");
        assertThat(stock()).containsExactly("2|new");
        copies.copy(STOCK, "g3", Copies.of(4, "newer"));
        task().drain().close();
        assertThat(stock()).containsExactly("4|newer");
    }

    @Test
    void whatCannotBeExchangedIsRefused() {
        target.execute("CREATE TABLE stock (id int PRIMARY KEY, v text)");
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        refused("neither partitioned", "diff");
        target.execute(
                "DROP TABLE stock",
                "CREATE TABLE stock (id int PRIMARY KEY, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE rest PARTITION OF stock DEFAULT",
                "CREATE TABLE sold (stock int CONSTRAINT of_stock REFERENCES stock)");
        refused("of_stock");
        target.execute("DROP TABLE sold, rest", "CREATE TABLE rest PARTITION OF stock DEFAULT PARTITION BY RANGE (id)");
        refused("partitioned again");
    }

    @Test
    void whatPartitionsHaveOfTheirOwnIsCarriedOver() {
        target.execute(
                "CREATE TABLE stock (id int PRIMARY KEY, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE rest PARTITION OF stock DEFAULT WITH (fillfactor = 70)",
                "ALTER TABLE rest REPLICA IDENTITY FULL",
                "CREATE ROLE reads_v",
                "GRANT SELECT (v), UPDATE (v) ON rest TO reads_v");
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        task().drain().close();
        assertThat(stock()).containsExactly("1|a");
        assertThat(target.rows(
                        "SELECT relreplident, reloptions, has_column_privilege('reads_v', 'rest', 'v', 'SELECT'),"
                                + " has_column_privilege('reads_v', 'rest', 'v', 'UPDATE'),"
                                + " has_column_privilege('reads_v', 'rest', 'id', 'SELECT')"
                                + " FROM pg_class WHERE relname = 'rest'"))
                .containsExactly("f|{fillfactor=70}|t|t|f");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "ALTER TABLE rest ENABLE ROW LEVEL SECURITY; row security",
                "CREATE POLICY p ON rest USING (true); policy",
                "CREATE TRIGGER t BEFORE UPDATE ON rest FOR EACH ROW EXECUTE FUNCTION"
                        + " suppress_redundant_updates_trigger(); trigger t",
                "CREATE RULE r AS ON DELETE TO rest DO ALSO NOTIFY gone; rule r",
                "CREATE PUBLICATION all_of_rest FOR TABLE rest; publication all_of_rest",
                "ALTER TABLE rest ADD CONSTRAINT self FOREIGN KEY (id) REFERENCES rest; foreign key",
                "ALTER TABLE rest REPLICA IDENTITY USING INDEX rest_pkey; replica identity"
            })
    void whatCannotBeCarriedOverIsRefused(String ddl, String word) {
        target.execute(
                "CREATE TABLE stock (id int PRIMARY KEY, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE rest PARTITION OF stock DEFAULT",
                ddl);
        copies.copy(STOCK, "g1", Copies.of(1, "a"));
        refused(word, "use diff");
    }

    @Test
    void whatCameMeanwhileIsNotLost() {
        target.execute(
                "CREATE TABLE stock (id int PRIMARY KEY, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE rest PARTITION OF stock DEFAULT",
                "INSERT INTO stock VALUES (1, 'old')");
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g1", copies.next());
        copies.row(STOCK, "g1", 2, "new");
        task().drain().close();
        target.execute("CREATE POLICY p ON rest USING (true)");
        copies.tell(Manifest.Kind.END, STOCK, "g1", copies.order());
        task().drain().close();
        assertThat(stock()).containsExactly("2|new");
        assertThat(target.rows("SELECT polname FROM pg_policy")).containsExactly("p");
    }

    @Test
    void partitionsThatWereAddedMeanwhileAreKept() {
        target.execute(
                "CREATE TABLE stock (id int PRIMARY KEY, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE low PARTITION OF stock FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE mid PARTITION OF stock FOR VALUES FROM (10) TO (20)",
                "INSERT INTO stock VALUES (1, 'old'), (11, 'old')");
        copies.tell(Manifest.Kind.BEGIN, STOCK, "g1", copies.next());
        copies.row(STOCK, "g1", 2, "new");
        task().drain().close();
        target.execute("CREATE TABLE high PARTITION OF stock FOR VALUES FROM (20) TO (30)");
        copies.tell(Manifest.Kind.END, STOCK, "g1", copies.order());
        task().drain().close();
        assertThat(stock()).containsExactly("2|new");
        target.execute("INSERT INTO stock VALUES (25, 'x')");
        assertThat(target.rows("SELECT v FROM high")).containsExactly("x");
    }
}

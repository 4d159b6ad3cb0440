package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.TableIndex;
import io.millrace.core.TableIndex.Column;
import io.millrace.testing.PostgresServer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the schemas of rows tell of the table's indexes. */
class SourceIndexesIT {
    private static @Nullable String told(SourceRecord record) {
        Schema row = record.valueSchema().field("after").schema();
        return row.parameters() == null ? null : row.parameters().get(TableIndex.PARAMETER);
    }

    @Test
    void indexesThatNameColumns() {
        try (PostgresServer server = PostgresServer.start()) {
            server.execute(
                    "CREATE SCHEMA indexed",
                    "CREATE TABLE indexed.t (id int4 PRIMARY KEY, \"a,b\" text, j jsonb, r int4range)",
                    "CREATE UNIQUE INDEX i1 ON indexed.t (\"a,b\" text_pattern_ops DESC NULLS LAST, id NULLS FIRST) INCLUDE (j)",
                    "CREATE INDEX i2 ON indexed.t USING gin (j jsonb_path_ops)",
                    "CREATE INDEX i3 ON indexed.t USING gist (r)",
                    "CREATE INDEX i4 ON indexed.t USING hash (\"a,b\")",
                    "CREATE INDEX i5 ON indexed.t USING brin (id, r range_inclusion_ops)",
                    "CREATE INDEX x1 ON indexed.t (lower(\"a,b\"))",
                    "CREATE INDEX x2 ON indexed.t (id) WHERE id > 5",
                    "CREATE INDEX x3 ON indexed.t (\"a,b\" COLLATE \"C\")",
                    "INSERT INTO indexed.t VALUES (1, 'x', '{}', '[1,2)')");
            Map<String, String> config = CdcMirror.config(server, "indexed");
            MemoryOffsets offsets = new MemoryOffsets();
            String copied;
            try (TaskRun run = TaskRun.start(config, offsets)) {
                assertThat(told(run.take("indexed.indexed.t", 1).get(0))).isNull();
                config.put("table.propagate.source.indexes", "true");
                config.put("slot.name", "again");
                config.put("topic.prefix", "again");
            }
            try (TaskRun run = TaskRun.start(config, new MemoryOffsets())) {
                copied = told(run.take("again.indexed.t", 1).get(0));
                server.execute("INSERT INTO indexed.t VALUES (2, 'y', '{}', '[1,2)')");
                assertThat(told(run.take("again.indexed.t", 2).get(1))).isEqualTo(copied);
            }
            assertThat(TableIndex.read(String.valueOf(copied)))
                    .containsExactly(
                            new TableIndex(
                                    "i1",
                                    "btree",
                                    true,
                                    List.of(
                                            new Column("a,b", true, false, "text_pattern_ops"),
                                            new Column("id", false, true, "")),
                                    List.of("j")),
                            new TableIndex(
                                    "i2",
                                    "gin",
                                    false,
                                    List.of(new Column("j", false, false, "jsonb_path_ops")),
                                    List.of()),
                            new TableIndex("i3", "gist", false, List.of(new Column("r", false, false, "")), List.of()),
                            new TableIndex(
                                    "i4", "hash", false, List.of(new Column("a,b", false, false, "")), List.of()),
                            new TableIndex(
                                    "i5",
                                    "brin",
                                    false,
                                    List.of(new Column("id", false, false, ""), new Column("r", false, false, "")),
                                    List.of()));
        }
    }
}

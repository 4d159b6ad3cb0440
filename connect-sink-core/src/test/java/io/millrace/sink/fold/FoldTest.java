package io.millrace.sink.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Headers;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TopicLog;
import io.millrace.sink.change.Change;
import io.millrace.sink.change.ChangeReader;
import io.millrace.sink.change.KeyMode;
import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Bookkeeping;
import io.millrace.sink.destination.MemoryDestination;
import io.millrace.sink.destination.Row;
import io.millrace.sink.fold.FoldRules.Deletes;
import io.millrace.sink.route.Router;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** Every row of the table of folding in the design. */
class FoldTest {
    private static final SourceTable TABLE = SourceTable.of("public", "t")
            .key("id", Schema.INT32_SCHEMA)
            .column("a", Schema.OPTIONAL_STRING_SCHEMA)
            .column("b", Schema.OPTIONAL_STRING_SCHEMA);
    private static final SourceTable OLDER = TABLE.without("b");
    private static final String KEPT = SourceTable.UNAVAILABLE;

    private final TopicLog log = new TopicLog();

    @Test
    void lastOfManyUpsertsWins() {
        log.insert(TABLE, 1, "a1", "b1").update(TABLE, 1, "a2", "b2").update(TABLE, 1, null, "b3");
        assertThat(fold(Deletes.HARD)).containsExactly("UPSERT {a=null, b=b3, id=1}");
    }

    @Test
    void insertThenDeleteIsADelete() {
        log.insert(TABLE, 1, "a", "b").delete(TABLE, 1, null, null);
        assertThat(fold(Deletes.HARD)).containsExactly("DELETE {id=1}");
    }

    @Test
    void deleteThenInsertIsAnUpsert() {
        log.delete(TABLE, 1, null, null).insert(TABLE, 1, "a", "b");
        assertThat(fold(Deletes.HARD)).containsExactly("UPSERT {a=a, b=b, id=1}");
    }

    @Test
    void insertThenSoftDeleteIsAFlaggedRowWithValues() {
        log.insert(TABLE, 1, "a", "b").delete(TABLE, 1, null, null);
        assertThat(fold(Deletes.SOFT)).containsExactly("UPSERT DELETED {a=a, b=b, id=1}");
    }

    @Test
    void softDeleteAloneIsAFlag() {
        log.delete(TABLE, 1, null, null);
        assertThat(fold(Deletes.SOFT)).containsExactly("FLAG {id=1}");
    }

    @Test
    void insertAfterSoftDeleteClearsTheFlag() {
        log.delete(TABLE, 1, null, null).insert(TABLE, 1, "a", "b");
        assertThat(fold(Deletes.SOFT)).containsExactly("UPSERT {a=a, b=b, id=1}");
    }

    @Test
    void ignoredDeleteLeavesTheRow() {
        log.insert(TABLE, 1, "a", "b").delete(TABLE, 1, null, null);
        assertThat(fold(Deletes.IGNORE)).containsExactly("UPSERT {a=a, b=b, id=1}");
    }

    @Test
    void partialUpdateIsAPatch() {
        log.update(TABLE, 1, "a", KEPT);
        assertThat(fold(Deletes.HARD)).containsExactly("PATCH {a=a, id=1}");
    }

    @Test
    void partialUpdateOfABufferedRowIsWhole() {
        log.insert(TABLE, 1, "a", "b").update(TABLE, 1, "a2", KEPT);
        assertThat(fold(Deletes.HARD)).containsExactly("UPSERT {a=a2, b=b, id=1}");
    }

    @Test
    void patchesOfDifferentColumnsAdd() {
        log.update(TABLE, 1, "a", KEPT).update(TABLE, 1, KEPT, "b");
        assertThat(fold(Deletes.HARD)).containsExactly("PATCH {a=a, b=b, id=1}");
    }

    @Test
    void wholeRowAfterAPatchIsWhole() {
        log.update(TABLE, 1, "a", KEPT).update(TABLE, 1, "a2", "b2");
        assertThat(fold(Deletes.HARD)).containsExactly("UPSERT {a=a2, b=b2, id=1}");
    }

    @Test
    void partialUpdateThenHardDeleteIsADelete() {
        log.update(TABLE, 1, "a", KEPT).delete(TABLE, 1, null, null);
        assertThat(fold(Deletes.HARD)).containsExactly("DELETE {id=1}");
    }

    @Test
    void partialUpdateThenSoftDeletePatchesThenFlags() {
        log.update(TABLE, 1, "a", KEPT).delete(TABLE, 1, null, null);
        assertThat(fold(Deletes.SOFT)).containsExactly("PATCH DELETED {a=a, id=1}");
    }

    @Test
    void partialUpdateAfterDeleteIsRejected() {
        log.delete(TABLE, 1, null, null).update(TABLE, 1, "a", KEPT);
        assertThatThrownBy(() -> fold(Deletes.HARD))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("public.t")
                .hasMessageContaining("REPLICA IDENTITY FULL");
    }

    @Test
    void partialUpdateAfterDeleteIsSkippedInAReplayWindow() {
        log.delete(TABLE, 1, null, null).updateMarked(TABLE, Headers.REPLAY, 1, "a", KEPT);
        assertThat(fold(Deletes.HARD)).containsExactly("DELETE {id=1}");
    }

    @Test
    void patchOfARowThatIsGoneMayMissIt() {
        log.updateMarked(TABLE, Headers.GONE, 1, "a", KEPT);
        assertThat(fold(Deletes.HARD)).containsExactly("PATCH MAY_BE_ABSENT {a=a, id=1}");
    }

    @Test
    void columnAbsentFromAnOlderSchemaIsKept() {
        log.insert(TABLE, 1, "a", "b").insert(OLDER, 2, "a").update(OLDER, 1, "a2");
        assertThat(fold(Deletes.HARD)).containsExactly("UPSERT {a=a2, b=b, id=1}", "UPSERT {a=a, id=2}");
    }

    @Test
    void columnAbsentAfterADeleteIsNull() {
        log.insert(TABLE, 1, "a", "b").delete(TABLE, 1, null, null).insert(OLDER, 1, "a2");
        assertThat(fold(Deletes.HARD)).containsExactly("UPSERT {a=a2, b=null, id=1}");
    }

    @Test
    void everyFormOfThePlaceholderIsKept() {
        SourceTable forms = SourceTable.of("public", "forms")
                .key("id", Schema.INT32_SCHEMA)
                .column("bytes", Schema.OPTIONAL_BYTES_SCHEMA)
                .column("texts", optionalArray(Schema.OPTIONAL_STRING_SCHEMA))
                .column("ints", optionalArray(Schema.OPTIONAL_INT32_SCHEMA))
                .column("longs", optionalArray(Schema.OPTIONAL_INT64_SCHEMA))
                .column("uuids", optionalArray(Schema.OPTIONAL_STRING_SCHEMA))
                .column(
                        "map",
                        org.apache.kafka.connect.data.SchemaBuilder.map(
                                        Schema.STRING_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA)
                                .optional()
                                .build());
        byte[] bytes = KEPT.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        List<Integer> ints = new ArrayList<>();
        List<Long> longs = new ArrayList<>();
        for (byte b : bytes) {
            ints.add((int) b);
            longs.add((long) b);
        }
        log.update(
                forms,
                1,
                java.nio.ByteBuffer.wrap(bytes),
                List.of(KEPT),
                ints,
                longs,
                List.of(java.util.UUID.nameUUIDFromBytes(bytes).toString()),
                Map.of(KEPT, KEPT));
        assertThat(fold(Deletes.HARD)).containsExactly("PATCH {id=1}");
    }

    @Test
    void truncateIsABarrier() {
        log.insert(TABLE, 1, "a", "b").truncate(TABLE);
        assertThat(add(new FoldRules(false, Deletes.HARD))).containsExactly(Added.TAKEN, Added.BARRIER);
    }

    @Test
    void changedTypeIsABarrier() {
        SourceTable retyped = TABLE.without("b").column("b", Schema.OPTIONAL_INT32_SCHEMA);
        log.insert(TABLE, 1, "a", "b").insert(retyped, 2, "a", 7);
        assertThat(add(new FoldRules(false, Deletes.HARD))).containsExactly(Added.TAKEN, Added.BARRIER);
    }

    @Test
    void nullInTheKeyIsRefused() {
        SourceTable nullable = SourceTable.of("public", "t").key("id", Schema.OPTIONAL_INT32_SCHEMA);
        log.insert(nullable, (Object) null);
        assertThatThrownBy(() -> fold(Deletes.HARD))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("\"id\"");
    }

    @Test
    void deletesAloneStillTellTheWholeTable() {
        log.delete(TABLE, 1, null, null);
        TableBuffer buffer =
                new TableBuffer(io.millrace.sink.destination.TableId.of("public", "t"), hard(), new RowEncoder());
        changes().forEach(change -> buffer.add(change, 0, 0));
        assertThat(buffer.batch(Bookkeeping.NONE).columns().stream().map(Batch.Column::name))
                .containsExactly("id", "a", "b");
    }

    private static FoldRules hard() {
        return new FoldRules(false, Deletes.HARD);
    }

    private static Schema optionalArray(Schema element) {
        return org.apache.kafka.connect.data.SchemaBuilder.array(element)
                .optional()
                .build();
    }

    private List<Added> add(FoldRules rules) {
        List<Added> results = new ArrayList<>();
        TableBuffer buffer =
                new TableBuffer(io.millrace.sink.destination.TableId.of("public", "t"), rules, new RowEncoder());
        int offset = 0;
        for (Change change : changes()) {
            results.add(buffer.add(change, 0, offset++));
        }
        return results;
    }

    private List<Change> changes() {
        MemoryDestination destination = new MemoryDestination(new MemoryDestination.Database(), "sink");
        ChangeReader reader = new ChangeReader(
                new Router("${source.schema}.${source.table}", Map.of()),
                new KeyMode.Key(KeyMode.RECORD_KEY, List.of()),
                null,
                KEPT,
                destination::encoding);
        List<Change> changes = new ArrayList<>();
        for (TopicPartition partition : log.partitions()) {
            for (SinkRecord record : log.records(partition)) {
                Change change = reader.read(record);
                if (change != null) {
                    changes.add(change);
                }
            }
        }
        return changes;
    }

    private List<String> fold(Deletes deletes) {
        TableBuffer buffer = new TableBuffer(
                io.millrace.sink.destination.TableId.of("public", "t"),
                new FoldRules(false, deletes),
                new RowEncoder());
        changes().forEach(change -> assertThat(buffer.add(change, 0, 0)).isNotEqualTo(Added.BARRIER));
        return describe(buffer.batch(Bookkeeping.NONE));
    }

    static List<String> describe(Batch batch) {
        List<String> rows = new ArrayList<>();
        try {
            batch.rows()
                    .forEach((kind, layout, bytes, offset, length, micros) -> rows.add(
                            names(kind) + " " + new TreeMap<>(MemoryDestination.decode(batch, layout, bytes, offset))));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return rows;
    }

    private static String names(int kind) {
        Map<Integer, String> bits = new TreeMap<>(Map.of(
                Row.DELETE, "DELETE",
                Row.UPSERT, "UPSERT",
                Row.PATCH, "PATCH",
                Row.MAY_BE_ABSENT, "MAY_BE_ABSENT",
                Row.FLAG, "FLAG",
                Row.DELETED, "DELETED"));
        List<String> names = new ArrayList<>();
        bits.forEach((bit, name) -> {
            if ((kind & bit) != 0) {
                names.add(name);
            }
        });
        return String.join(" ", names);
    }
}

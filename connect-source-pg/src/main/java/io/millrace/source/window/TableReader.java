package io.millrace.source.window;

import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.Lsn;
import io.millrace.source.record.EnvelopeWriter;
import io.millrace.source.record.RowReader;
import io.millrace.source.record.TableSchema;
import io.millrace.source.record.TableSchemas;
import io.millrace.source.record.Tuple;
import io.millrace.source.snapshot.CopyRows;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Reads a table as it is at a known set of transactions, by ranges of its key or whole. Safe for several threads. */
final class TableReader {
    private static final int LOCK_TIMEOUT_MILLIS = 30_000;

    /** The WAL position is taken after the snapshot: whatever the snapshot shows has committed before it. */
    private static final String POINT = "SELECT pg_catalog.pg_current_snapshot()::text, pg_catalog.pg_is_in_recovery(),"
            + " CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()"
            + " ELSE pg_catalog.pg_current_wal_insert_lsn() END::text";

    private final CopiedTable copied;
    private final TableSchema schema;
    private final TableSchemas schemas;
    private final TableQuery query;
    private final boolean[] text;
    private final boolean byKey;
    private final List<String> keyFields;

    /** @param part the partition to read alone; null for the whole table */
    TableReader(CopiedTable copied, @Nullable TableId part, TableSchemas schemas, @Nullable String filter) {
        List<CatalogColumn> columns = schemas.carried(copied.table());
        this.copied = copied;
        this.schemas = schemas;
        this.schema = schemas.of(copied.table().id(), columns, copied.table().key(), Set.of());
        this.text = new boolean[columns.size()];
        for (int i = 0; i < text.length; i++) {
            text[i] = !schema.binary(i);
        }
        this.byKey = copied.byKey()
                && columns.stream()
                        .map(CatalogColumn::name)
                        .toList()
                        .containsAll(copied.table().key());
        this.keyFields =
                byKey ? copied.table().key().stream().map(schema::fieldOf).toList() : List.of();
        this.query = new TableQuery(
                copied.table(),
                part == null ? copied.table().id() : part,
                columns,
                text,
                both(filter, schemas.rows(copied.table().id())));
    }

    /** What is asked for, of what the stream carries as well. */
    private static @Nullable String both(@Nullable String asked, @Nullable String carried) {
        return asked == null ? carried : carried == null ? asked : "(" + asked + "\n) AND (" + carried + ")";
    }

    TableId table() {
        return copied.table().id();
    }

    TableSchema schema() {
        return schema;
    }

    /** Names of the rows' fields that are the key, in its order; none of a table that is not read by key. */
    List<String> keyFields() {
        return keyFields;
    }

    List<String> key() {
        return copied.table().key();
    }

    String shape() {
        return copied.shape();
    }

    /** Whether it can be read in ranges: records have to carry the key as well. */
    boolean byKey() {
        return byKey;
    }

    /** What a transaction sees. @param mark all that it sees commits before this LSN */
    record Point(Visibility visibility, long mark) {}

    /**
     * Begins a transaction on the session that sees the table at one point. The lock comes first: a table that is
     * emptied or rewritten between snapshot and lock would be read as empty.
     */
    Point begin(Connection session) throws SQLException, TableChangedException {
        session.setAutoCommit(false);
        session.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        session.setReadOnly(true);
        try (Statement statement = session.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = " + LOCK_TIMEOUT_MILLIS);
            statement.execute(query.lock());
            Point point;
            try (ResultSet row = statement.executeQuery(POINT)) {
                row.next();
                point = new Point(Visibility.parse(row.getString(1), !row.getBoolean(2)), Lsn.parse(row.getString(3)));
            }
            if (!copied.shape().equals(CopiedTable.shape(session, copied.table().oid()))) {
                throw new TableChangedException(table().toString());
            }
            return point;
        }
    }

    /** The keys that divide what lies behind a key into so many ranges of so many rows; fewer where the table ends. */
    List<List<String>> bounds(Connection session, @Nullable List<String> after, int rows, int bounds)
            throws SQLException {
        List<List<String>> found = new ArrayList<>();
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(query.bounds(after, rows, bounds))) {
            while (row.next()) {
                List<String> key = new ArrayList<>();
                for (int i = 1; i <= query.keyColumns(); i++) {
                    key.add(row.getString(i));
                }
                found.add(key);
            }
        }
        return found;
    }

    /** Reads a range inside {@link #begin}'s transaction, or as much of it as has so many bytes: that ends the session. */
    Chunk range(Connection session, Point point, KeyRange range, long mostBytes) throws SQLException {
        int width = text.length;
        boolean[] withKey = new boolean[width + query.keyColumns()];
        System.arraycopy(text, 0, withKey, 0, width);
        java.util.Arrays.fill(withKey, width, withKey.length, true);
        CopyRows rows = new CopyRows(withKey);
        Tuple tuple = new Tuple();
        Struct source = source(point);
        List<Chunk.Row> read = new ArrayList<>();
        CopyOut copy = session.unwrap(PGConnection.class).getCopyAPI().copyOut(query.range(range));
        long bytes = 0;
        for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
            if (rows.read(message, tuple) != CopyRows.Found.ROW) {
                continue;
            }
            bytes += message.length;
            List<String> key = key(tuple, width);
            // The key's texts behind the row's columns are no part of the row.
            tuple.begin(tuple.bytes(), width);
            read.add(row(tuple, key, source, message.length));
            if (bytes >= mostBytes) {
                // Not by a request to cancel, which may arrive late and hit whatever the session does next.
                session.abort(Runnable::run);
                return new Chunk(read, point.mark(), point.visibility(), key);
            }
        }
        return new Chunk(read, point.mark(), point.visibility(), null);
    }

    /** What takes the rows of a whole table. */
    interface Rows {
        void row(Chunk.Row row) throws SQLException, InterruptedException;
    }

    /** Reads everything inside {@link #begin}'s transaction. */
    void whole(Connection session, Point point, Rows into) throws SQLException, InterruptedException {
        CopyRows rows = new CopyRows(text);
        Tuple tuple = new Tuple();
        Struct source = source(point);
        CopyOut copy = session.unwrap(PGConnection.class).getCopyAPI().copyOut(query.whole());
        for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
            if (rows.read(message, tuple) == CopyRows.Found.ROW) {
                into.row(row(tuple, List.of(), source, message.length));
            }
        }
    }

    private Struct source(Point point) {
        return schemas.source().incremental(schema.table(), point.mark(), System.currentTimeMillis() * 1000);
    }

    private Chunk.Row row(Tuple tuple, List<String> position, Struct source, int size) {
        Struct row = RowReader.current(schema, tuple, null).values();
        return new Chunk.Row(
                RowKey.of(row, position.isEmpty() ? List.of() : keyFields),
                position,
                schema.keyOf(row),
                schema.envelope().write(EnvelopeWriter.READ, null, row, source),
                size);
    }

    private static List<String> key(Tuple tuple, int width) {
        List<String> key = new ArrayList<>(tuple.columns() - width);
        for (int i = width; i < tuple.columns(); i++) {
            key.add(new String(tuple.bytes(), tuple.offset(i), tuple.length(i), StandardCharsets.UTF_8));
        }
        return key;
    }
}

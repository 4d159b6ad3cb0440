package io.millrace.source.window;

import io.debezium.document.Array;
import io.debezium.document.Document;
import io.millrace.source.catalog.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One table that is to be copied while the stream runs, and how far that has come. Immutable.
 *
 * @param id what asked for it: a signal's id, or one made up for tables that were added
 * @param part the partition of the table whose rows alone are to be copied; null for all of them
 * @param filter a condition that rows have to meet, as SQL
 * @param after the key up to which rows have been emitted; null before the first
 * @param shape of the table when that was so: the key of another shape says nothing
 * @param rows how many have been
 */
public record CopyRequest(
        String id,
        TableId table,
        @Nullable TableId part,
        Kind kind,
        @Nullable String filter,
        @Nullable List<String> after,
        @Nullable String shape,
        long rows) {

    public CopyRequest {
        after = after == null ? null : List.copyOf(after);
    }

    /** Why and how. */
    public enum Kind {
        /** The table is new to the mirror: what it had before is copied, while others go on. */
        ADDED,
        /**
         * As before, for a table that is copied at one point: what the stream has of it before the point is left out,
         * since the copy has it too and nothing tells that it is the same.
         */
        ADDED_WHOLE,
        /** A signal asked for it, while the stream goes on. */
        INCREMENTAL,
        /** A signal asked for it, and the stream waits. */
        BLOCKING,
        /** A signal asked for it in a topic of its own. */
        DETACHED
    }

    /** For a table that is new to the mirror. */
    public static CopyRequest added(Connection connection, String id, TableId table) throws SQLException {
        boolean byKey =
                CopiedTable.find(connection, table).map(CopiedTable::byKey).orElse(true);
        return of(id, table, byKey ? Kind.ADDED : Kind.ADDED_WHOLE, null);
    }

    /**
     * For a partition that came with rows to a table that is captured by its root. A table without a usable key is read at
     * a point where the stream waits; nothing of it is held back, as most of its rows are there already.
     */
    public static CopyRequest attached(Connection connection, String id, TableId root, TableId partition)
            throws SQLException {
        boolean byKey =
                CopiedTable.find(connection, root).map(CopiedTable::byKey).orElse(true);
        return new CopyRequest(id, root, partition, byKey ? Kind.ADDED : Kind.BLOCKING, null, null, null, 0);
    }

    public static CopyRequest of(String id, TableId table, Kind kind, @Nullable String filter) {
        return new CopyRequest(id, table, null, kind, filter, null, null, 0);
    }

    /** What is copied. */
    String name() {
        return part == null ? table.toString() : part + ", a partition of " + table;
    }

    boolean isAdded() {
        return kind == Kind.ADDED || kind == Kind.ADDED_WHOLE;
    }

    CopyRequest upTo(@Nullable List<String> key, String shapeNow, long moreRows) {
        return new CopyRequest(id, table, part, kind, filter, key, shapeNow, rows + moreRows);
    }

    CopyRequest fromTheStart() {
        return new CopyRequest(id, table, part, kind, filter, null, null, 0);
    }

    Document document() {
        Document document = Document.create()
                .setString("id", id)
                .setString("schema", table.schema())
                .setString("table", table.name())
                .setString("kind", kind.name())
                .setNumber("rows", rows);
        if (part != null) {
            document.setString("part_schema", part.schema());
            document.setString("part", part.name());
        }
        if (filter != null) {
            document.setString("filter", filter);
        }
        if (after != null) {
            document.setString("shape", shape);
            document.setArray("after", Array.create(after.toArray()));
        }
        return document;
    }

    static CopyRequest of(Document document) {
        Array after = document.getArray("after");
        List<String> key = null;
        if (after != null) {
            key = new ArrayList<>();
            for (Array.Entry entry : after) {
                key.add(entry.getValue().asString());
            }
        }
        String part = document.getString("part");
        return new CopyRequest(
                document.getString("id"),
                new TableId(document.getString("schema"), document.getString("table")),
                part == null ? null : new TableId(document.getString("part_schema"), part),
                Kind.valueOf(document.getString("kind")),
                document.getString("filter"),
                key,
                document.getString("shape"),
                document.getLong("rows", 0));
    }
}

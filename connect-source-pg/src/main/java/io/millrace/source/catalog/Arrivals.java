package io.millrace.source.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When tables came to be and partitions were attached, by the transactions that wrote their catalog rows. Transactions go
 * by the lower halves of their ids, which wrap around: what is older than half of them may count as new, never the other
 * way round.
 */
public final class Arrivals {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String YOUNG = " BETWEEN 0 AND pg_catalog.age(?::text::xid)";

    /** The row of the column ctid is written with the table and never again, that of its type when it is renamed or moved. */
    private static final String MADE = """
            SELECT a.xmin::text, pg_catalog.age(a.xmin)"""
            + YOUNG
            + """
            , a.xmin = y.xmin AND (c.relkind = 'p' OR c.relfilenode = c.oid)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = -1
            JOIN pg_catalog.pg_type y ON y.oid = c.reltype
            WHERE n.nspname = ? AND c.relname = ?""";

    private static final String PARTITIONS =
            """
            WITH RECURSIVE t(root, relid, path) AS (
                SELECT c.oid, c.oid, '{}'::xid[] FROM pg_catalog.pg_class c WHERE c.relkind = 'p' AND NOT c.relispartition
                UNION ALL
                SELECT t.root, i.inhrelid, CASE WHEN pg_catalog.age(i.xmin)"""
                    + YOUNG
                    + """
             THEN t.path || i.xmin ELSE t.path END
                FROM t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.relid AND NOT i.inhdetachpending)
            SELECT rn.nspname, r.relname, n.nspname, c.relname, t.path::text[], a.xmin::text
            FROM t JOIN pg_catalog.pg_class r ON r.oid = t.root JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
            JOIN pg_catalog.pg_class c ON c.oid = t.relid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = -1
            WHERE c.relkind = 'r' ORDER BY 1, 2, 3, 4""";

    private final Connection connection;

    /** @param connection in autocommit: each look is as of now */
    public Arrivals(Connection connection) {
        this.connection = connection;
    }

    /**
     * A table's making.
     *
     * @param xid the transaction that made it
     * @param young whether that may not have ended when another given one began
     * @param untouched whether it has had its name, its schema and its file from the beginning
     */
    public record Made(String xid, boolean young, boolean untouched) {}

    /**
     * A table that holds rows of a partitioned one.
     *
     * @param attachedBy transactions that have brought it there, of those that were asked for
     * @param madeBy the one that made it
     */
    public record Partition(TableId root, TableId table, List<String> attachedBy, String madeBy) {
        public Partition {
            attachedBy = List.copyOf(attachedBy);
        }

        /** Whether it was made where it is: what was written to it before was so by that same transaction. */
        public boolean madeAttached() {
            return !attachedBy.isEmpty() && attachedBy.stream().allMatch(madeBy::equals);
        }

        /** The same, of the transactions only those that may have ended after another began. */
        public Partition since(String xid) {
            List<String> later =
                    attachedBy.stream().filter(by -> isFrom(by, xid)).toList();
            return new Partition(root, table, later, madeBy);
        }

        /** Tells it from one of the same name that comes another time. */
        public String name() {
            return table + "@" + String.join("/", attachedBy);
        }
    }

    /** Every transaction before this one has ended, and its work is seen by whoever looks from now on. */
    public String oldest() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT (pg_catalog.pg_snapshot_xmin("
                        + "pg_catalog.pg_current_snapshot())::text::numeric % 4294967296)::text")) {
            row.next();
            return row.getString(1);
        }
    }

    private static boolean isFrom(String xid, String oldest) {
        return (int) Long.parseLong(xid) - (int) Long.parseLong(oldest) >= 0;
    }

    /** Something that changes with every partition that is attached or detached. */
    public String shape() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT concat_ws(' ', count(*), sum(inhrelid::int8 * 31 +"
                                + " inhparent::int8 * 17 + xmin::text::int8)) FROM pg_catalog.pg_inherits WHERE NOT inhdetachpending")) {
            row.next();
            return row.getString(1);
        }
    }

    /** @param since a transaction; empty for a table that is gone */
    public Optional<Made> made(TableId table, String since) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(MADE)) {
            statement.setString(1, since);
            statement.setString(2, table.schema());
            statement.setString(3, table.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Made(row.getString(1), row.getBoolean(2), row.getBoolean(3)))
                        : Optional.empty();
            }
        }
    }

    /** All partitions with rows of their own; {@code attachedBy} tells transactions from a given one on. */
    public List<Partition> partitions(String since) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PARTITIONS)) {
            statement.setString(1, since);
            try (ResultSet rows = statement.executeQuery()) {
                List<Partition> partitions = new ArrayList<>();
                while (rows.next()) {
                    partitions.add(new Partition(
                            new TableId(rows.getString(1), rows.getString(2)),
                            new TableId(rows.getString(3), rows.getString(4)),
                            List.of((String[]) rows.getArray(5).getArray()),
                            rows.getString(6)));
                }
                return partitions;
            }
        }
    }

    /** Whether a table has rows that a transaction wrote. One that may not be read counts as having them. */
    public boolean hasRowsBy(TableId table, String xid) throws SQLException {
        return hasRows(table, " WHERE xmin = " + Identifier.literal(xid) + "::xid");
    }

    /** Whether a partition has rows older than its coming. One that may not be read counts as having them. */
    public boolean broughtRows(Partition partition) throws SQLException {
        List<String> by = partition.attachedBy();
        return hasRows(
                partition.table(),
                by.isEmpty()
                        ? ""
                        : " WHERE pg_catalog.age(xmin) >= pg_catalog.age(" + Identifier.literal(by.get(by.size() - 1))
                                + "::xid)");
    }

    private boolean hasRows(TableId table, String condition) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT EXISTS (SELECT FROM ONLY " + table.quoted() + condition + ")")) {
            row.next();
            return row.getBoolean(1);
        } catch (SQLException e) {
            if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                throw e;
            }
            return true;
        }
    }
}

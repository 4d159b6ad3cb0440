package io.millrace.quickstart.database;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A table that a publication carries, with its size when asked. Partitioned tables appear as the publication shows them. */
public record MirroredTable(Relation relation, long rows, double bytesPerRow) {
    /** All tables of a publication; empty while it does not exist yet. Rows are the planner's estimate. */
    public static List<MirroredTable> of(Connection source, String publication) throws SQLException {
        return of(
                source,
                "(SELECT schemaname, tablename FROM pg_publication_tables WHERE pubname = ?)",
                query -> query.setString(1, publication));
    }

    /** These tables. */
    public static List<MirroredTable> of(Connection source, List<Relation> tables) throws SQLException {
        return of(source, "(SELECT * FROM unnest(?::text[], ?::text[]) AS t(schemaname, tablename))", query -> {
            query.setArray(1, names(source, tables.stream().map(Relation::schema)));
            query.setArray(2, names(source, tables.stream().map(Relation::table)));
        });
    }

    private static Array names(Connection source, Stream<String> names) throws SQLException {
        return source.createArrayOf("text", names.toArray());
    }

    private interface Binding {
        void bind(PreparedStatement query) throws SQLException;
    }

    /** @param which a query of schema and name, in parentheses */
    private static List<MirroredTable> of(Connection source, String which, Binding binding) throws SQLException {
        List<MirroredTable> tables = new ArrayList<>();
        try (var query = source.prepareStatement(
                """
                SELECT p.schemaname, p.tablename,
                    (SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint
                     FROM pg_partition_tree(r.oid) t JOIN pg_class c ON c.oid = t.relid WHERE t.isleaf),
                    (SELECT coalesce(sum(pg_table_size(t.relid)), 0)::bigint FROM pg_partition_tree(r.oid) t WHERE t.isleaf),
                    greatest(r.reltuples, 0)::bigint, pg_table_size(r.oid)
                FROM """
                        + which
                        + """
                 p
                JOIN pg_namespace n ON n.nspname = p.schemaname
                JOIN pg_class r ON r.relname = p.tablename AND r.relnamespace = n.oid
                ORDER BY 1, 2""")) {
            binding.bind(query);
            try (var rows = query.executeQuery()) {
                while (rows.next()) {
                    // A table that is no partition and has none is not in its own partition tree before Postgres 18.
                    long count = Math.max(rows.getLong(3), rows.getLong(5));
                    long bytes = Math.max(rows.getLong(4), rows.getLong(6));
                    tables.add(new MirroredTable(
                            new Relation(rows.getString(1), rows.getString(2)),
                            count,
                            count == 0 ? 0 : (double) bytes / count));
                }
            }
        }
        return tables;
    }
}

package io.millrace.source.snapshot;

import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Identifier;
import io.millrace.source.position.CopiedRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds the values that cut a column into ranges of about so many rows, from a sample of the relation's blocks. In one
 * snapshot the sample is the same in every session: the blocks are chosen by their numbers, and those that came later hold
 * nothing that the snapshot shows. Statistics would not do, they are too coarse for large relations and missing for new
 * ones. However uneven the values, a range has few rows more, unless one value has them all.
 */
final class KeyRanges {
    /** Sampled rows for each range. */
    private static final int SAMPLES = 500;

    private static final int SEED = 20;

    private KeyRanges() {}

    /** @param none nothing but the columns, of which the first exists in the table; {@code connection} is inside the snapshot */
    static Cut.Ranges of(Connection connection, CatalogTable table, Cut.Ranges none) throws SQLException {
        String column = none.names().get(0);
        boolean nulls = table.columns().stream().noneMatch(one -> one.name().equals(column) && one.required());
        List<List<String>> bounds = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        query(none.relation(), none.relation() + "." + Identifier.quoted(column), none))) {
            while (row.next()) {
                bounds.add(List.of(row.getString(1)));
            }
        }
        return new Cut.Ranges(
                none.relation(), none.rows(), none.names(), bounds, nulls, none.keyed(), none.file(), none.kept());
    }

    /** The same cut, but for ranges that are not to be read again: each is a chunk by itself, and kept. */
    static Cut.Ranges keeping(Connection connection, Cut.Ranges cut, List<CopiedRange> ranges) throws SQLException {
        Set<List<String>> all = new LinkedHashSet<>(cut.bounds());
        for (CopiedRange range : ranges) {
            all.add(range.above());
            all.add(range.upTo());
        }
        all.remove(List.<String>of());
        List<List<String>> sorted = sorted(connection, cut, List.copyOf(all));
        BitSet inside = new BitSet();
        for (CopiedRange range : ranges) {
            // A chunk is named by the bound that it goes up to.
            int from = range.above().isEmpty() ? 0 : sorted.indexOf(range.above()) + 1;
            int to = range.upTo().isEmpty() ? sorted.size() : sorted.indexOf(range.upTo());
            if (from <= to) {
                inside.set(from, to + 1);
            }
        }
        List<List<String>> bounds = new ArrayList<>();
        BitSet kept = new BitSet();
        for (int chunk = 0; chunk <= sorted.size(); chunk++) {
            if (chunk < sorted.size() && inside.get(chunk) && inside.get(chunk + 1)) {
                // Nothing is read on either side of this bound.
                continue;
            }
            kept.set(bounds.size(), inside.get(chunk));
            if (chunk < sorted.size()) {
                bounds.add(sorted.get(chunk));
            }
        }
        return new Cut.Ranges(
                cut.relation(), cut.rows(), cut.names(), bounds, cut.nulls(), cut.keyed(), cut.file(), kept);
    }

    /** In the order of the rows, for which the server is asked: by their columns' types and collations. */
    private static List<List<String>> sorted(Connection connection, Cut.Ranges cut, List<List<String>> bounds)
            throws SQLException {
        List<String> types = types(connection, cut);
        List<String> arrays = new ArrayList<>();
        List<String> order = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            arrays.add("?::text[]");
            // A bound of fewer columns stands behind all that begin with them.
            order.add("c" + i + "::" + types.get(i) + " NULLS LAST");
        }
        String names = IntStream.range(0, types.size()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        List<List<String>> sorted = new ArrayList<>(bounds.size());
        try (PreparedStatement statement = connection.prepareStatement("SELECT n FROM unnest("
                + String.join(", ", arrays) + ") WITH ORDINALITY AS u(" + names + ", n) ORDER BY "
                + String.join(", ", order))) {
            for (int i = 0; i < types.size(); i++) {
                int column = i;
                Object[] texts = bounds.stream()
                        .map(bound -> column < bound.size() ? bound.get(column) : null)
                        .toArray();
                statement.setArray(i + 1, connection.createArrayOf("text", texts));
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    sorted.add(bounds.get(row.getInt(1) - 1));
                }
            }
        }
        return sorted;
    }

    private static List<String> types(Connection connection, Cut.Ranges cut) throws SQLException {
        List<String> types = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                """
                SELECT pg_catalog.format_type(a.atttypid, NULL)
                       || coalesce(' COLLATE ' || quote_ident(n.nspname) || '.' || quote_ident(c.collname), '')
                FROM unnest(?::text[]) WITH ORDINALITY AS w(name, n)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = ?::regclass AND a.attname = w.name
                LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
                LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
                ORDER BY w.n""")) {
            statement.setArray(1, connection.createArrayOf("text", cut.names().toArray()));
            statement.setString(2, cut.relation());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    types.add(row.getString(1));
                }
            }
        }
        return types;
    }

    private static String query(String relation, String column, Cut.Ranges of) {
        // What is stored nowhere cannot be sampled.
        double percent = of.file() == 0 ? 100 : Math.min(100, 100.0 * SAMPLES / of.rows());
        long each = Math.max(1, Math.round(of.rows() * percent / 100));
        String sample = of.file() == 0
                ? ""
                : String.format(Locale.ROOT, " TABLESAMPLE SYSTEM (%.6f) REPEATABLE (%d)", percent, SEED);
        return String.format(
                Locale.ROOT,
                "SELECT b.k::text FROM (SELECT DISTINCT k FROM (SELECT %1$s AS k, row_number() OVER (ORDER BY %1$s) AS n"
                        + " FROM ONLY %2$s%3$s WHERE %1$s IS NOT NULL) AS s"
                        + " WHERE n %% %4$d = 0) AS b ORDER BY b.k",
                column,
                relation,
                sample,
                each);
    }
}

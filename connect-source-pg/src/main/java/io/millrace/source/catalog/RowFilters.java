package io.millrace.source.catalog;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The conditions of {@code row.filter}, by {@code schema.table}. Immutable. */
public final class RowFilters {
    private static final Pattern SUBQUERY = Pattern.compile("\\bselect\\b", Pattern.CASE_INSENSITIVE);
    private static final String UNDEFINED_COLUMN = "42703";

    private final Map<String, String> conditions;

    public RowFilters(Map<String, String> conditions) {
        this.conditions = Map.copyOf(conditions);
    }

    public boolean isEmpty() {
        return conditions.isEmpty();
    }

    /** The names of the tables that have one. */
    public Set<String> tables() {
        return conditions.keySet();
    }

    /** A table's condition; null for all its rows. */
    public @Nullable String of(TableId table) {
        return conditions.get(table.toString());
    }

    /** What the copy takes where there is no publication. */
    public Published published(Iterable<CatalogTable> tables) {
        Map<TableId, Published.Entry> entries = new HashMap<>();
        for (CatalogTable table : tables) {
            String condition = of(table.id());
            if (condition != null) {
                entries.put(table.id(), new Published.Entry(null, condition));
            }
        }
        return new Published(entries);
    }

    /**
     * Why a table cannot have its condition, or nothing. Reads only: the condition is planned over a row that has no
     * column but those it may name.
     *
     * @param visible the columns that the condition may name: the replica identity's, where a stream follows
     */
    public static Optional<String> problem(
            Connection connection, TableId table, String condition, Set<String> visible, boolean streams)
            throws SQLException {
        if (SUBQUERY.matcher(condition).find()) {
            return Optional.of("the condition of " + table + " has a subquery, which a publication cannot have;"
                    + " joins are for the query connector");
        }
        if (visible.isEmpty()) {
            return Optional.of(table + " has no replica identity, so no condition can be published for its updates and"
                    + " deletes; give it a primary key, or ALTER TABLE " + table.quoted() + " REPLICA IDENTITY FULL");
        }
        String columns = visible.stream().sorted().map(Identifier::quoted).collect(Collectors.joining(", "));
        String query = "SELECT 1 FROM (SELECT " + columns + " FROM ONLY " + table.quoted() + ") AS "
                + Identifier.quoted(table.name()) + " WHERE (" + condition + "\n) LIMIT 0";
        try (Statement statement = connection.createStatement()) {
            statement.execute(query);
            return Optional.empty();
        } catch (SQLException e) {
            String reason = "the condition of " + table + " cannot be used: " + e.getMessage();
            boolean hidden = streams && UNDEFINED_COLUMN.equals(e.getSQLState());
            return Optional.of(
                    hidden
                            ? reason + ". It may only name columns of the table's replica identity (" + columns
                                    + "), or every UPDATE and DELETE of your own would fail; make it so by ALTER TABLE "
                                    + table.quoted() + " REPLICA IDENTITY FULL"
                            : reason);
        }
    }
}

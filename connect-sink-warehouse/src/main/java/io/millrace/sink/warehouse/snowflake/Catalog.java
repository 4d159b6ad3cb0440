package io.millrace.sink.warehouse.snowflake;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks Snowflake what is there; never cached. */
final class Catalog {
    private static final Pattern SIZED = Pattern.compile("(VARCHAR|BINARY)\\((\\d+)\\)");
    private static final long DEFAULT_TEXT = 16_777_216;
    private static final long DEFAULT_BINARY = 8_388_608;

    private Catalog() {}

    /**
     * Empty when there is none, or the role may not see it. Needs no warehouse.
     *
     * @param table as a statement names it
     * @see <a href="https://docs.snowflake.com/en/sql-reference/sql/desc-table">DESCRIBE TABLE</a>
     */
    static Optional<LiveTable> find(Connection connection, String table) throws SQLException {
        List<LiveColumn> columns;
        try {
            columns = Statements.query(
                    connection,
                    "DESCRIBE TABLE " + table,
                    row -> new LiveColumn(
                            row.getString("name"), type(row.getString("type")), "N".equals(row.getString("null?"))));
        } catch (SQLException e) {
            if (SqlErrors.isMissing(e)) {
                return Optional.empty();
            }
            throw e;
        }
        Map<String, LiveColumn> byName = new LinkedHashMap<>();
        columns.forEach(column -> byName.put(column.name(), column));
        return Optional.of(new LiveTable(byName));
    }

    static String type(String described) {
        String type = described.toUpperCase(Locale.ROOT);
        Matcher sized = SIZED.matcher(type);
        if (!sized.matches()) {
            return type;
        }
        long length = Long.parseLong(sized.group(2));
        boolean plain = length >= (sized.group(1).equals("BINARY") ? DEFAULT_BINARY : DEFAULT_TEXT);
        return plain ? sized.group(1) : type;
    }

    static boolean hasSchema(Connection connection, Place place, String schema) throws SQLException {
        return !Statements.query(
                        connection,
                        "SELECT schema_name FROM " + information(place) + ".SCHEMATA WHERE schema_name = "
                                + Sql.text(schema),
                        row -> row.getString(1))
                .isEmpty();
    }

    /** The table's comment, empty without one. */
    static String comment(Connection connection, Place place, String schema, String table) throws SQLException {
        return Statements.query(
                        connection,
                        "SELECT comment FROM " + information(place) + ".TABLES WHERE table_schema = " + Sql.text(schema)
                                + " AND table_name = " + Sql.text(table),
                        row -> Optional.ofNullable(row.getString(1)).orElse(""))
                .stream()
                .findFirst()
                .orElse("");
    }

    private static String information(Place place) {
        return Sql.name(place.name(place.database())) + ".INFORMATION_SCHEMA";
    }
}

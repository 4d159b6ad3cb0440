package io.millrace.quickstart.proof;

import io.millrace.quickstart.database.Relation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A column's value as text that Postgres and DuckDB write the same: each by its own functions, since their casts to text
 * differ for times, intervals, bytes, arrays and numbers.
 *
 * @param postgres the text in Postgres's SQL
 * @param duckDb the text in DuckDB's
 */
record Portable(String postgres, String duckDb) {
    /**
     * The columns of a table in the source, in order, without generated ones: those are not mirrored.
     *
     * @param lists whether arrays are lists there, and intervals intervals; if not they are JSON and text
     */
    static List<Portable> columns(Connection source, Relation table, boolean lists) throws SQLException {
        return MirroredColumn.of(source, table).stream()
                .map(column -> {
                    String name = "t." + Relation.quote(column.name());
                    Portable portable = of(name, column.type(), column.sized());
                    return switch (column.type()) {
                        case "array" -> lists ? portable : new Portable(portable.postgres, jsonList(name));
                        case "interval" -> lists ? portable : new Portable(portable.postgres, isoInterval(name));
                        default -> portable;
                    };
                })
                .toList();
    }

    private static String jsonList(String column) {
        return "array_to_string(list_transform(from_json(" + column
                + ", '[\"VARCHAR\"]'), lambda x: coalesce(x, '<null>')), chr(1))";
    }

    /** From text such as P1Y2M3DT4H5M6.7S; of NULL Postgres's parts make an empty text. */
    private static String isoInterval(String column) {
        return "CASE WHEN " + column + " IS NULL THEN '' ELSE concat_ws(' ', " + part(column, "^P(-?[0-9]+)Y")
                + " * 12 + " + part(column, "^P[^T]*?(-?[0-9]+)M") + ", " + part(column, "^P[^T]*?(-?[0-9]+)D") + ", "
                + part(column, "T(-?[0-9]+)H") + " * 3600000000 + " + part(column, "T[^M]*?(-?[0-9]+)M")
                + " * 60000000 + (coalesce(nullif(regexp_extract(" + column
                + ", '(-?[0-9.]+)S', 1), ''), '0')::DECIMAL(18, 6) * 1000000)::BIGINT) END";
    }

    private static String part(String column, String pattern) {
        return "coalesce(nullif(regexp_extract(" + column + ", '" + pattern + "', 1), ''), '0')::BIGINT";
    }

    /** Count and checksum of a table in the source: the sum over all rows of 60 bits of the md5 of these texts. */
    static Digest digest(Statement source, Relation table, List<String> columns) throws SQLException {
        return digest(source, table.sql(), texts(columns), "('x0' || left(md5(%s), 15))::bit(64)::bigint::numeric");
    }

    /** The texts as one, each behind a character that parts them, and another one in place of NULL. */
    static String texts(List<String> columns) {
        return columns.stream()
                .map(column -> "coalesce(" + column + ", chr(2))")
                .collect(Collectors.joining(", ", "concat_ws(chr(31), ", ")"));
    }

    /** {@code table} is its name in a statement, {@code number} makes a row's text, in place of its %s, a number. */
    static Digest digest(Statement statement, String table, String row, String number) throws SQLException {
        try (var rows = statement.executeQuery("SELECT count(*), coalesce(sum(" + String.format(number, row)
                + "), 0)::decimal(38, 0) FROM " + table + " t")) {
            rows.next();
            return new Digest(rows.getLong(1), rows.getBigDecimal(2));
        }
    }

    private static Portable of(String column, String type, boolean sized) {
        String text = column + "::text";
        String varchar = column + "::VARCHAR";
        return switch (type) {
            case "bpchar" -> new Portable(text, "rtrim(" + column + ")");
            // Debezium's records do not tell 1.50 from 1.5 where the column has no scale of its own.
            case "numeric" ->
                sized
                        ? new Portable(text, varchar)
                        : new Portable(
                                "trim_scale(" + column + ")::text", "regexp_replace(" + varchar + ", '\\.?0+$', '')");
            case "float4", "float8" -> new Portable(text, "regexp_replace(" + varchar + ", '\\.0$', '')");
            case "timestamp", "timestamptz", "time" ->
                new Portable(
                        "(extract(epoch FROM " + column + ") * 1000000)::bigint::text",
                        "epoch_us(" + column + ")::VARCHAR");
            case "interval" -> new Portable(interval(column, "::numeric::bigint"), interval(column, "::BIGINT"));
            case "bytea" -> new Portable("encode(" + column + ", 'hex')", "lower(hex(" + column + "))");
            case "array" ->
                new Portable(
                        "array_to_string(" + column + ", chr(1), '<null>')",
                        "array_to_string(list_transform(" + column
                                + ", lambda x: coalesce(x::VARCHAR, '<null>')), chr(1))");
            default -> new Portable(text, varchar);
        };
    }

    /** Months, days and microseconds. */
    static String interval(String column, String integer) {
        return "concat_ws(' ', (extract(year FROM " + column + ") * 12 + extract(month FROM " + column + "))" + integer
                + ", extract(day FROM " + column + ")" + integer + ", (extract(hour FROM " + column
                + ") * 3600000000 + extract(minute FROM " + column + ") * 60000000 + extract(microseconds FROM "
                + column
                + "))" + integer + ")";
    }
}

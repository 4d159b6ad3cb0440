package io.millrace.quickstart.proof;

import io.millrace.quickstart.database.Relation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A column's value as text that Postgres and DuckDB write the same: each by its own functions, since their casts to text
 * differ for times, intervals, bytes, arrays and numbers.
 *
 * @param postgres the text in Postgres's SQL
 * @param duckDb the text in DuckDB's
 */
record Portable(String postgres, String duckDb) {
    /** The columns of a table in the source, in order, without generated ones: those are not mirrored. */
    static List<Portable> columns(Connection source, Relation table) throws SQLException {
        List<Portable> columns = new ArrayList<>();
        try (var query = source.prepareStatement(
                """
                SELECT a.attname, t.typname, t.typcategory, a.atttypmod FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                WHERE a.attrelid = ?::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                ORDER BY a.attnum""")) {
            query.setString(1, table.sql());
            try (var rows = query.executeQuery()) {
                while (rows.next()) {
                    columns.add(of(
                            "t." + Relation.quote(rows.getString(1)),
                            rows.getString(3).equals("A") ? "array" : rows.getString(2),
                            rows.getInt(4) >= 0));
                }
            }
        }
        return columns;
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

    private static String interval(String column, String integer) {
        return "concat_ws(' ', (extract(year FROM " + column + ") * 12 + extract(month FROM " + column + "))" + integer
                + ", extract(day FROM " + column + ")" + integer + ", (extract(hour FROM " + column
                + ") * 3600000000 + extract(minute FROM " + column + ") * 60000000 + extract(microseconds FROM "
                + column
                + "))" + integer + ")";
    }
}

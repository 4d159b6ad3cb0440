package io.millrace.testing.snowflake;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** Brings rows into staging tables: from files in a stage, or from binds. */
final class Loads {
    private static final Pattern FIELD = Pattern.compile("\\$1:(\\w+)::");
    private static final Pattern FILE = Pattern.compile("FROM '(@[^']+/)'\\)\\s+FILES = \\('([^'/]+)'\\)");

    private Loads() {}

    /**
     * A COPY of an Avro file that is removed behind it; one that would take a text for NULL is refused. Snowflake refuses
     * one that names a file which is not there, and calls one that finds no file done: it is the latter that is easily
     * overlooked, so that is the answer here.
     *
     * @see <a href="https://docs.snowflake.com/en/sql-reference/sql/copy-into-table">COPY INTO</a>
     */
    static Result copy(DuckDBConnection connection, Stages stages, String sql, List<String> table)
            throws SQLException, IOException, Refused {
        List<String> fields = new ArrayList<>();
        Matcher field = FIELD.matcher(sql);
        while (field.find()) {
            fields.add(field.group(1));
        }
        Matcher from = FILE.matcher(sql);
        if (!from.find() || !sql.contains("NULL_IF = ()") || !sql.contains("PURGE = TRUE")) {
            throw new Refused(1003, "42000", "SQL compilation error: a COPY that the stand-in does not know");
        }
        String name = from.group(1) + from.group(2);
        Path file = stages.path(name);
        if (!Files.exists(file)) {
            return new Result(
                    Result.COPY,
                    List.of("status"),
                    List.of(false),
                    List.of(List.of("Copy executed with 0 files processed.")));
        }
        long rows = AvroCopy.run(connection, table, fields, file);
        Files.delete(file);
        return new Result(
                Result.COPY,
                List.of("file", "status", "rows_parsed", "rows_loaded"),
                List.of(false, false, true, true),
                List.of(List.of(name, "LOADED", String.valueOf(rows), String.valueOf(rows))));
    }

    /** An array of values for each parameter; a single value where there is one row. */
    static Result insert(DuckDBConnection connection, List<String> table, JsonNode binds) throws SQLException {
        JsonNode first = binds.path("1").path("value");
        int count = first.isArray() ? first.size() : 1;
        try (DuckDBAppender appender = connection.createAppender(table.get(0), table.get(1), table.get(2))) {
            for (int row = 0; row < count; row++) {
                appender.beginRow();
                for (int i = 1; i <= binds.size(); i++) {
                    JsonNode bind = binds.path(String.valueOf(i));
                    JsonNode value = bind.path("value");
                    append(appender, bind.path("type").asText(), value.isArray() ? value.get(row) : value);
                }
                appender.endRow();
            }
        }
        return Result.counts(Result.INSERT, List.of("number of rows inserted"), count);
    }

    private static void append(DuckDBAppender appender, String type, JsonNode value) throws SQLException {
        if (value.isNull()) {
            appender.appendNull();
            return;
        }
        switch (type) {
            case "FIXED" -> appender.append(Long.parseLong(value.asText()));
            case "BOOLEAN" -> appender.append(Boolean.parseBoolean(value.asText()));
            default -> appender.append(value.asText());
        }
    }
}

package io.millrace.sink.warehouse.duckdb.encode;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.Arrays;
import org.duckdb.DuckDBAppender;

/** Moves a staged field into an Appender; one for each form, resolved once a batch. */
@FunctionalInterface
public interface FieldWriter {
    /** @param field the whole row; its position is not used and not moved */
    void write(DuckDBAppender appender, ByteBuffer field, int offset, int length) throws SQLException;

    static FieldWriter of(String form) {
        if (form.startsWith("DECIMAL(")) {
            return decimal(Integer.parseInt(form.substring("DECIMAL(".length(), form.indexOf(','))));
        }
        return switch (Mapping.stagedType(form)) {
            case "BOOLEAN" -> (appender, row, at, length) -> appender.append(row.get(at) != 0);
            case "TINYINT" -> (appender, row, at, length) -> appender.append(row.get(at));
            case "SMALLINT" -> (appender, row, at, length) -> appender.append(row.getShort(at));
            case "INTEGER" -> (appender, row, at, length) -> appender.append(row.getInt(at));
            case "BIGINT" -> (appender, row, at, length) -> appender.append(row.getLong(at));
            case "FLOAT" -> (appender, row, at, length) -> appender.append(row.getFloat(at));
            case "DOUBLE" -> (appender, row, at, length) -> appender.append(row.getDouble(at));
            case "VARCHAR", "BLOB" ->
                (appender, row, at, length) -> appender.append(Arrays.copyOfRange(row.array(), at, at + length));
            case "DATE" -> (appender, row, at, length) -> appender.appendEpochDays(row.getInt(at));
            case "TIME" -> (appender, row, at, length) -> appender.appendDayMicros(row.getLong(at));
            case "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" ->
                (appender, row, at, length) -> appender.appendEpochMicros(row.getLong(at));
            case "UUID" ->
                (appender, row, at, length) -> appender.appendUUID(row.getLong(at), row.getLong(at + Long.BYTES));
            default -> throw new IllegalStateException("Nothing writes the form " + form);
        };
    }

    /** The width of DuckDB's integer behind a DECIMAL follows from its precision. */
    private static FieldWriter decimal(int precision) {
        if (precision <= 4) {
            return (appender, row, at, length) -> appender.appendDecimal((short) row.getLong(at));
        }
        if (precision <= 9) {
            return (appender, row, at, length) -> appender.appendDecimal((int) row.getLong(at));
        }
        if (precision <= 18) {
            return (appender, row, at, length) -> appender.appendDecimal(row.getLong(at));
        }
        return (appender, row, at, length) -> appender.appendDecimal(row.getLong(at + Long.BYTES), row.getLong(at));
    }
}

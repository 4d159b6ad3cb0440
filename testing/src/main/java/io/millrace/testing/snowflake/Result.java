package io.millrace.testing.snowflake;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a statement answers.
 *
 * @param kind the driver's number of the kind of statement
 * @param names of the columns
 * @param numbers which of them are whole numbers; others are text
 */
record Result(int kind, List<String> names, List<Boolean> numbers, List<List<@Nullable String>> rows) {
    static final int SELECT = 0x1000;
    static final int INSERT = 0x3100;
    static final int UPDATE = 0x3200;
    static final int DELETE = 0x3300;
    static final int MERGE = 0x3400;
    static final int COPY = 0x3600;
    static final int OTHER = 0x6000;

    static Result none() {
        return new Result(
                OTHER, List.of("status"), List.of(false), List.of(List.of("Statement executed successfully.")));
    }

    /** Counts, by what they count. */
    static Result counts(int kind, List<String> names, long... counts) {
        List<@Nullable String> row = new ArrayList<>();
        for (long count : counts) {
            row.add(String.valueOf(count));
        }
        Boolean[] numbers = new Boolean[counts.length];
        Arrays.fill(numbers, true);
        return new Result(kind, names, List.of(numbers), List.of(row));
    }

    static Result of(ResultSet found) throws SQLException {
        ResultSetMetaData columns = found.getMetaData();
        List<String> names = new ArrayList<>();
        List<Boolean> numbers = new ArrayList<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            names.add(columns.getColumnName(i).toUpperCase(java.util.Locale.ROOT));
            String type = columns.getColumnTypeName(i);
            numbers.add(type.matches("(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\\(\\d+,0\\)"));
        }
        List<List<@Nullable String>> rows = new ArrayList<>();
        while (found.next()) {
            List<@Nullable String> row = new ArrayList<>();
            for (int i = 1; i <= names.size(); i++) {
                row.add(found.getString(i));
            }
            rows.add(row);
        }
        return new Result(SELECT, names, numbers, rows);
    }
}

package io.millrace.transforms;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A comma-separated list of regular expressions, each matched against the whole of {@code schema.table.column} without
 * regard to case, as Debezium's {@code column.exclude.list} does. A comma inside an expression is written {@code \,}.
 */
final class ColumnPatterns {
    private final List<Pattern> patterns;

    private ColumnPatterns(List<Pattern> patterns) {
        this.patterns = patterns;
    }

    /** Throws {@link PatternSyntaxException} or {@link IllegalArgumentException}. */
    static ColumnPatterns parse(String list) {
        List<Pattern> patterns = new ArrayList<>();
        for (String part : list.split("(?<!\\\\),")) {
            String expression = part.trim().replace("\\,", ",");
            if (!expression.isEmpty()) {
                patterns.add(Pattern.compile(expression, Pattern.CASE_INSENSITIVE));
            }
        }
        if (patterns.isEmpty()) {
            throw new IllegalArgumentException("it names no column");
        }
        return new ColumnPatterns(List.copyOf(patterns));
    }

    boolean match(TableName table, String column) {
        String name = table.column(column);
        for (Pattern pattern : patterns) {
            if (pattern.matcher(name).matches()) {
                return true;
            }
        }
        return false;
    }
}

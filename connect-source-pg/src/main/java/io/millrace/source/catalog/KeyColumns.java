package io.millrace.source.catalog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigException;

/**
 * {@code message.key.columns}: keys other than the primary key, as {@code table:column,column;table:column} with regular
 * expressions for both, each matched against the whole of {@code schema.table.column} without regard to case. Immutable.
 */
public final class KeyColumns {
    public static final String KEY = "message.key.columns";

    private static final Pattern ENTRY = Pattern.compile("\\s*([^:]+):([^:,]+(?:,[^:,]+)*)\\s*");

    private final List<Pattern> patterns;

    private KeyColumns(List<Pattern> patterns) {
        this.patterns = List.copyOf(patterns);
    }

    /** @throws ConfigException for what is not such a list */
    public static KeyColumns of(String text) {
        List<Pattern> patterns = new ArrayList<>();
        for (String entry : text.split(";")) {
            if (entry.isBlank()) {
                continue;
            }
            var parts = ENTRY.matcher(entry);
            if (!parts.matches()) {
                throw new ConfigException(KEY, text, "must be table:column,column;table:column");
            }
            Arrays.stream(parts.group(2).split(","))
                    .map(column -> parts.group(1).strip() + "." + column.strip())
                    .forEach(expression -> patterns.add(compiled(expression)));
        }
        return new KeyColumns(patterns);
    }

    private static Pattern compiled(String expression) {
        try {
            return Pattern.compile(expression, Pattern.CASE_INSENSITIVE);
        } catch (PatternSyntaxException e) {
            throw new ConfigException(KEY, expression, "not a regular expression: " + e.getDescription());
        }
    }

    /** The key of a table with these columns: those asked for, in the order asked for, else its own. */
    public List<String> of(TableId table, List<String> columns, List<String> own) {
        Set<String> key = new LinkedHashSet<>();
        for (Pattern pattern : patterns) {
            for (String column : columns) {
                if (pattern.matcher(table + "." + column).matches()) {
                    key.add(column);
                }
            }
        }
        return key.isEmpty() ? own : List.copyOf(key);
    }
}

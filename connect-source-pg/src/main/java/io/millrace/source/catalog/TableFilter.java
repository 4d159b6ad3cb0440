package io.millrace.source.catalog;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Which tables and columns a connector captures, by Debezium's rules: lists of regular expressions, anchored, without
 * regard to case, matched against {@code schema}, {@code schema.table} and {@code schema.table.column}.
 */
public final class TableFilter {
    private static final List<String> SYSTEM_SCHEMAS = List.of("pg_catalog", "information_schema", "pg_toast");

    private final Predicate<String> schemas;
    private final Predicate<String> tables;
    private final Predicate<String> columns;
    private final Set<String> named;

    private TableFilter(
            Predicate<String> schemas, Predicate<String> tables, Predicate<String> columns, Set<String> named) {
        this.named = named;
        this.schemas = schemas;
        this.tables = tables;
        this.columns = columns;
    }

    /** The six lists of Debezium's configuration. Of a pair at most one may be set. */
    public record Lists(
            List<String> schemaInclude,
            List<String> schemaExclude,
            List<String> tableInclude,
            List<String> tableExclude,
            List<String> columnInclude,
            List<String> columnExclude) {}

    public static TableFilter of(Lists lists) {
        return new TableFilter(
                either("schema", lists.schemaInclude, lists.schemaExclude),
                either("table", lists.tableInclude, lists.tableExclude),
                either("column", lists.columnInclude, lists.columnExclude),
                lists.tableInclude.stream().map(TableFilter::literal).collect(Collectors.toUnmodifiableSet()));
    }

    /** The same and one table more, whatever the lists say of it; null for none. */
    public TableFilter and(@Nullable TableId table) {
        if (table == null) {
            return this;
        }
        return new TableFilter(
                schemas.or(table.schema()::equals),
                name -> tables.test(name) && schemas.test(name.substring(0, name.indexOf('.')))
                        || name.equals(table.toString()),
                columns,
                named);
    }

    /** An expression that stands for one name, as that name. */
    private static String literal(String expression) {
        return expression.strip().replaceAll("\\\\(.)", "$1").toLowerCase(Locale.ROOT);
    }

    /** Whether it is included, and that by its own name rather than by an expression which others fit as well. */
    public boolean names(TableId table) {
        return includes(table) && named.contains(table.toString().toLowerCase(Locale.ROOT));
    }

    public boolean includes(TableId table) {
        return !SYSTEM_SCHEMAS.contains(table.schema())
                && schemas.test(table.schema())
                && tables.test(table.toString());
    }

    public boolean includes(TableId table, String column) {
        return columns.test(table + "." + column);
    }

    /** Names by the same rules, from the lists {@code what.include.list} and {@code what.exclude.list}. */
    public static Predicate<String> names(String what, List<String> include, List<String> exclude) {
        return either(what, include, exclude);
    }

    private static Predicate<String> either(String what, List<String> include, List<String> exclude) {
        if (!include.isEmpty() && !exclude.isEmpty()) {
            throw new ConfigException(
                    what + ".include.list",
                    include,
                    "set either " + what + ".include.list or " + what + ".exclude.list, not both");
        }
        if (!include.isEmpty()) {
            return any(what + ".include.list", include);
        }
        return exclude.isEmpty()
                ? name -> true
                : any(what + ".exclude.list", exclude).negate();
    }

    private static Predicate<String> any(String key, List<String> expressions) {
        return expressions.stream()
                .map(expression -> compiled(key, expression).asMatchPredicate())
                .reduce(name -> false, Predicate::or);
    }

    private static Pattern compiled(String key, String expression) {
        try {
            return Pattern.compile(expression.strip(), Pattern.CASE_INSENSITIVE);
        } catch (PatternSyntaxException e) {
            throw new ConfigException(key, expression, "not a regular expression: " + e.getDescription());
        }
    }
}

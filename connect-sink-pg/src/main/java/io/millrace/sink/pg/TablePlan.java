package io.millrace.sink.pg;

import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.pg.encode.Encodings;
import io.millrace.sink.sql.ConstantDefault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * The statements that make a table what the records want. Pure: refusing happens here, before anything is changed.
 *
 * @param wishes statements without which values are taken too, as far as they fit
 * @param ignored columns that the table lacks and will not get
 * @param doubts {@link io.millrace.sink.destination.Evolution#doubts}
 */
record TablePlan(List<String> ddl, List<String> wishes, Set<String> ignored, Map<String, String> doubts) {
    /** A type that holds every value of another, each unchanged: internal names. */
    private static final Map<String, Set<String>> WIDENS = Map.of(
            "int2", Set.of("integer", "bigint", "numeric"),
            "int4", Set.of("bigint", "numeric"),
            "int8", Set.of("numeric"));

    /** Creates the table with the source's types; {@code types} answers the type of a column. */
    static TablePlan create(TableShape wanted, Function<SourceColumn, String> types) {
        List<String> lines = new ArrayList<>();
        for (SourceColumn column : wanted.columns()) {
            boolean required = !column.nullable() || wanted.key().contains(column.name());
            lines.add(Sql.name(column.name()) + " " + types.apply(column) + (required ? " NOT NULL" : ""));
        }
        extra(wanted).forEach((name, type) -> lines.add(Sql.name(name) + " " + type));
        if (!wanted.key().isEmpty()) {
            lines.add("PRIMARY KEY (" + Sql.names(wanted.key()) + ")");
        }
        String ddl = "CREATE TABLE IF NOT EXISTS " + Sql.table(wanted.table()) + " (\n  " + String.join(",\n  ", lines)
                + "\n)";
        return new TablePlan(List.of(ddl), List.of(), Set.of(), Map.of());
    }

    /** @throws ConnectException for everything about the live table that cannot be put right, all in one message */
    static TablePlan alter(
            TableShape wanted, LiveTable live, EvolutionPolicy policy, Function<SourceColumn, String> types) {
        List<String> problems = new ArrayList<>();
        List<String> actions = new ArrayList<>();
        List<String> wishes = new ArrayList<>();
        Set<String> ignored = new HashSet<>();
        Map<String, String> doubts = new HashMap<>();
        for (SourceColumn column : wanted.columns()) {
            LiveColumn existing = live.columns().get(column.name());
            if (existing == null) {
                missing(wanted, column, policy, types, actions, ignored, doubts, problems);
            } else {
                present(wanted, column, existing, policy, types, actions, wishes, problems);
            }
        }
        extra(wanted).forEach((name, type) -> {
            if (!live.columns().containsKey(name)
                    && (policy == EvolutionPolicy.NONE || policy == EvolutionPolicy.FAIL)) {
                problems.add("it lacks the column \"" + name + "\" that the sink's settings ask for");
            } else if (!live.columns().containsKey(name)) {
                actions.add("ADD COLUMN IF NOT EXISTS " + Sql.name(name) + " " + type);
            }
        });
        if (!wanted.key().isEmpty() && !live.isUnique(wanted.key())) {
            problems.add("it has no primary key or unique constraint on exactly (" + String.join(", ", wanted.key())
                    + "), which upserts need; a partitioned table's key has to hold the partition column");
        }
        if (!problems.isEmpty()) {
            throw new ConnectException("Table " + wanted.table() + " does not fit: " + String.join("; ", problems));
        }
        String alter = "ALTER TABLE " + Sql.table(wanted.table()) + " ";
        return new TablePlan(
                actions.isEmpty() ? List.of() : List.of(alter + String.join(", ", actions)),
                wishes.stream().map(alter::concat).toList(),
                ignored,
                doubts);
    }

    private static void missing(
            TableShape wanted,
            SourceColumn column,
            EvolutionPolicy policy,
            Function<SourceColumn, String> types,
            List<String> actions,
            Set<String> ignored,
            Map<String, String> doubts,
            List<String> problems) {
        if (wanted.key().contains(column.name())) {
            problems.add("it lacks the key's column \"" + column.name() + "\"");
        } else if (policy == EvolutionPolicy.NONE) {
            ignored.add(column.name());
        } else if (policy == EvolutionPolicy.FAIL) {
            problems.add("it lacks the column \"" + column.name() + "\" (schema.evolution=fail)");
        } else {
            String type = types.apply(column);
            // Rows that are there already got the constant default in the source too, without an event for each.
            String standard = DefaultClause.of(column, type);
            actions.add("ADD COLUMN IF NOT EXISTS " + Sql.name(column.name()) + " " + type + standard);
            String doubt = ConstantDefault.doubt(column, !standard.isEmpty());
            if (doubt != null) {
                doubts.put(column.name(), doubt);
            }
        }
    }

    private static void present(
            TableShape wanted,
            SourceColumn column,
            LiveColumn existing,
            EvolutionPolicy policy,
            Function<SourceColumn, String> types,
            List<String> actions,
            List<String> wishes,
            List<String> problems) {
        boolean widen = policy == EvolutionPolicy.ADD_AND_WIDEN;
        Fit fit = Fit.judge(column, Encodings.of(column).form(), existing);
        if (!fit.fits()) {
            String type = types.apply(column);
            if (widen && widens(column, existing, type)) {
                actions.add("ALTER COLUMN " + Sql.name(column.name()) + " TYPE " + type);
            } else {
                problems.add(fit.problem());
            }
        } else if (widen && existing.base().equals("varchar") && existing.modifier() >= 0 && Fit.isUnbounded(column)) {
            String type = types.apply(column);
            if (widens(column, existing, type)) {
                wishes.add("ALTER COLUMN " + Sql.name(column.name()) + " TYPE " + type);
            }
        }
        if (widen && column.nullable() && existing.notNull() && !wanted.key().contains(column.name())) {
            actions.add("ALTER COLUMN " + Sql.name(column.name()) + " DROP NOT NULL");
        }
    }

    /** Integers upwards, longer or unlimited text, numerics that lose neither digits nor decimal places. */
    private static boolean widens(SourceColumn column, LiveColumn from, String to) {
        if (WIDENS.getOrDefault(from.base(), Set.of()).contains(to)) {
            return true;
        }
        return switch (from.base()) {
            case "varchar" -> to.equals("text") || to.equals("varchar") || size(to, "varchar(") > from.modifier() - 4;
            case "numeric" -> to.equals("numeric") || widerNumeric(from.modifier() - 4, to);
            // The scale is part of what a value of these types says, so only a longer fraction of the same type is
            // wider.
            case "timestamp", "timestamptz", "time" ->
                from.modifier() >= 0
                        && from.base()
                                .equals(
                                        column.type() == null
                                                ? ""
                                                : lower(column.type().name()))
                        && (to.equals(from.base()) || size(to, from.base() + "(") > from.modifier());
            default -> false;
        };
    }

    private static boolean widerNumeric(int modifier, String to) {
        int precision = modifier >> 16 & 0xffff;
        int scale = Fit.scaleOf(modifier + 4);
        if (!to.startsWith("numeric(")) {
            return false;
        }
        String[] sizes = to.substring("numeric(".length(), to.length() - 1).split(",", -1);
        int toScale = Integer.parseInt(sizes[1]);
        return toScale >= scale && Integer.parseInt(sizes[0]) - toScale >= precision - scale;
    }

    private static int size(String type, String prefix) {
        return type.startsWith(prefix) ? Integer.parseInt(type.substring(prefix.length(), type.length() - 1)) : -1;
    }

    private static String lower(String text) {
        return text.toLowerCase(java.util.Locale.ROOT);
    }

    private static Map<String, String> extra(TableShape wanted) {
        Map<String, String> extra =
                wanted.bookkeeping().values("boolean NOT NULL DEFAULT false", "timestamptz", "timestamptz");
        for (SourceColumn column : wanted.columns()) {
            if (extra.containsKey(column.name())) {
                throw new ConnectException(
                        "Table " + wanted.table() + ": the source has a column \"" + column.name()
                                + "\" and the sink is to add one of that name; change soft.delete.column, deleted.at.column or synced.at.column");
            }
        }
        return extra;
    }
}

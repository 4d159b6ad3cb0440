package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.sql.ConstantDefault;
import io.millrace.sink.warehouse.bigquery.encode.Mappings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;

/** How to make a table what the records want. Refusing happens here, before anything is changed. */
final class TablePlan {
    private final TableShape wanted;
    private final BigQuerySettings settings;
    private final String table;
    private final Mappings mappings;
    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, String> extra = new LinkedHashMap<>();
    private final List<String> ddl = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> ignored = new HashSet<>();
    private final Map<String, String> doubts = new HashMap<>();

    /** @throws ConnectException for names that BigQuery does not take */
    TablePlan(TableShape wanted, Mappings mappings, BigQuerySettings settings) {
        this.wanted = wanted;
        this.mappings = mappings;
        this.settings = settings;
        table = settings.place().sql(wanted.table());
        Names.check(wanted);
        wanted.bookkeeping()
                .values("BOOL", "TIMESTAMP", "TIMESTAMP")
                .forEach((name, type) -> extra.put(Names.column(name), type));
        if (settings.orderedLog()) {
            extra.put(BigQuerySettings.ORDER_COLUMN, "NUMERIC");
        }
        for (SourceColumn column : wanted.columns()) {
            String type = mappings.of(column).type();
            if (type.equals("JSON") && wanted.key().contains(column.name())) {
                throw new ConnectException("Table " + wanted.table() + ": the key's column \"" + column.name()
                        + "\" is " + column.describe() + ", which becomes JSON, and BigQuery does not compare JSON");
            }
            if (settings.orderedLog() && !Names.column(column.name()).equals(column.name())) {
                throw new ConnectException(
                        "Table " + wanted.table() + ": the column \"" + column.name()
                                + "\" cannot have its name in BigQuery, and the view of a log looks for it by that name; rename it by a transformation");
            }
            types.put(column.name(), type);
        }
    }

    List<String> ddl() {
        return ddl;
    }

    /** Columns that the table lacks and will not get. */
    Set<String> ignored() {
        return ignored;
    }

    /** {@link io.millrace.sink.destination.Evolution#doubts}. */
    Map<String, String> doubts() {
        return doubts;
    }

    TablePlan create() {
        List<String> lines = new ArrayList<>();
        for (SourceColumn column : wanted.columns()) {
            boolean required = !column.nullable() || wanted.key().contains(column.name());
            lines.add(Sql.name(Names.column(column.name())) + " " + type(column) + (required ? " NOT NULL" : ""));
        }
        extra.forEach((name, type) ->
                lines.add(Sql.name(name) + " " + type + (isFlag(name) ? " DEFAULT FALSE NOT NULL" : "")));
        ddl.add("CREATE TABLE IF NOT EXISTS " + table + " (\n  " + String.join(",\n  ", lines) + "\n)"
                + new Arrangement(wanted, types, settings).clauses());
        return this;
    }

    /** @throws ConnectException for everything about the live table that cannot be put right, all in one message */
    TablePlan alter(LiveTable live, EvolutionPolicy policy) {
        for (SourceColumn column : wanted.columns()) {
            LiveColumn existing = live.column(column.name());
            if (existing == null) {
                missing(column, policy);
            } else {
                present(column, existing, policy);
            }
        }
        extra.forEach((name, type) -> {
            if (live.column(name) != null) {
                return;
            }
            if (policy == EvolutionPolicy.NONE || policy == EvolutionPolicy.FAIL) {
                problems.add("it lacks the column \"" + name + "\" that the sink's settings ask for");
            } else {
                add(name, type);
                if (isFlag(name)) {
                    fill(name, "FALSE", true);
                }
            }
        });
        if (!problems.isEmpty()) {
            throw new ConnectException("Table " + wanted.table() + " does not fit: " + String.join("; ", problems));
        }
        return this;
    }

    private boolean isFlag(String name) {
        String flag = wanted.bookkeeping().softDelete();
        return flag != null && name.equals(Names.column(flag));
    }

    private void missing(SourceColumn column, EvolutionPolicy policy) {
        if (wanted.key().contains(column.name())) {
            problems.add("it lacks the key's column \"" + column.name() + "\"");
        } else if (policy == EvolutionPolicy.NONE) {
            ignored.add(column.name());
        } else if (policy == EvolutionPolicy.FAIL) {
            problems.add("it lacks the column \"" + column.name() + "\" (schema.evolution=fail)");
        } else {
            add(Names.column(column.name()), type(column));
            // Rows that are there already got the constant default in the source too, without an event for each.
            String standard = ConstantDefault.literal(column, value -> Literals.of(mappings.of(column), value));
            if (standard != null) {
                fill(Names.column(column.name()), standard, Literals.isConstant(type(column), standard));
            }
            doubt(column, standard != null);
        }
    }

    private void doubt(SourceColumn column, boolean filled) {
        String doubt = ConstantDefault.doubt(column, filled);
        if (doubt != null) {
            doubts.put(column.name(), doubt);
        }
    }

    private void present(SourceColumn column, LiveColumn existing, EvolutionPolicy policy) {
        boolean widen = policy == EvolutionPolicy.ADD_AND_WIDEN;
        String type = type(column);
        if (!Fit.holds(existing.type(), type)) {
            if (widen && Fit.widens(existing.type(), type)) {
                change(existing.name(), "SET DATA TYPE " + type);
            } else {
                problems.add("the column \"" + column.name() + "\" is " + existing.type()
                        + ", which does not hold every value of the source's " + column.describe() + " (" + type + ")"
                        + (widen ? "" : "; schema.evolution=add-and-widen changes types where no value changes"));
            }
        }
        if (widen && column.nullable() && existing.required() && !wanted.key().contains(column.name())) {
            change(existing.name(), "DROP NOT NULL");
        }
    }

    private void add(String name, String type) {
        ddl.add("ALTER TABLE " + table + " ADD COLUMN IF NOT EXISTS " + Sql.name(name) + " " + type);
    }

    /** A column cannot be added with a default: rows that are there get it by an UPDATE. */
    private void fill(String name, String literal, boolean constant) {
        if (constant) {
            change(name, "SET DEFAULT " + literal);
        }
        ddl.add("UPDATE " + table + " SET " + Sql.name(name) + " = " + literal + " WHERE " + Sql.name(name)
                + " IS NULL");
    }

    private void change(String name, String what) {
        ddl.add("ALTER TABLE " + table + " ALTER COLUMN " + Sql.name(name) + " " + what);
    }

    private String type(SourceColumn column) {
        return Objects.requireNonNull(types.get(column.name()));
    }
}

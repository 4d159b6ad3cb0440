package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.sql.ConstantDefault;
import io.millrace.sink.warehouse.duckdb.encode.Mapping;
import io.millrace.sink.warehouse.duckdb.encode.Mappings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;

/** How to make a table what the records want. Refusing happens here, before anything is changed. */
final class TablePlan {
    private final TableShape wanted;
    private final String table;
    private final Map<String, Mapping> mappings = new LinkedHashMap<>();
    private final Map<String, String> extra;
    private final List<String> ddl = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> ignored = new HashSet<>();
    private final Map<String, String> doubts = new HashMap<>();

    /** @throws ConnectException for names that DuckDB does not tell apart */
    TablePlan(String catalog, TableShape wanted, Mappings types) {
        this.wanted = wanted;
        table = Sql.table(catalog, wanted.table());
        extra = wanted.bookkeeping().values("BOOLEAN", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH TIME ZONE");
        wanted.columns().forEach(column -> mappings.put(column.name(), types.of(column)));
        checkCase();
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

    /**
     * The table has no primary key: DuckDB's indexes have to fit into memory and make each write slower, and keys are
     * unique because the sink is the only writer.
     */
    TablePlan create() {
        List<String> lines = new ArrayList<>();
        for (SourceColumn column : wanted.columns()) {
            boolean required = !column.nullable() || wanted.key().contains(column.name());
            lines.add(Sql.name(column.name()) + " " + type(column) + (required ? " NOT NULL" : ""));
        }
        extra.forEach((name, type) -> lines.add(Sql.name(name) + " " + type
                + (name.equals(wanted.bookkeeping().softDelete()) ? " NOT NULL DEFAULT false" : "")));
        ddl.add("CREATE TABLE IF NOT EXISTS " + table + " (\n  " + String.join(",\n  ", lines) + "\n)");
        return this;
    }

    /** @throws ConnectException for everything about the live table that cannot be put right, all in one message */
    TablePlan alter(LiveTable live, EvolutionPolicy policy) {
        checkTableCase(live);
        Map<String, String> folded = new HashMap<>();
        live.columns().keySet().forEach(name -> folded.put(Sql.folded(name), name));
        for (SourceColumn column : wanted.columns()) {
            LiveColumn existing = live.columns().get(column.name());
            String similar = folded.get(Sql.folded(column.name()));
            if (existing != null) {
                present(column, existing, live, policy);
            } else if (similar != null) {
                problems.add("it has the column \"" + similar + "\" where the source has \"" + column.name()
                        + "\": DuckDB does not tell names apart by case; rename the table's column");
            } else {
                missing(column, policy);
            }
        }
        extra.forEach((name, type) -> {
            if (live.columns().containsKey(name)) {
                return;
            }
            if (policy == EvolutionPolicy.NONE || policy == EvolutionPolicy.FAIL) {
                problems.add("it lacks the column \"" + name + "\" that the sink's settings ask for");
            } else {
                add(name, type + (name.equals(wanted.bookkeeping().softDelete()) ? " DEFAULT false" : ""));
            }
        });
        if (!problems.isEmpty()) {
            throw new ConnectException("Table " + wanted.table() + " does not fit: " + String.join("; ", problems));
        }
        return this;
    }

    private void missing(SourceColumn column, EvolutionPolicy policy) {
        if (wanted.key().contains(column.name())) {
            problems.add("it lacks the key's column \"" + column.name() + "\"");
        } else if (policy == EvolutionPolicy.NONE) {
            ignored.add(column.name());
        } else if (policy == EvolutionPolicy.FAIL) {
            problems.add("it lacks the column \"" + column.name() + "\" (schema.evolution=fail)");
        } else {
            // Rows that are there already got the constant default in the source too, without an event for each.
            String constant = ConstantDefault.literal(column, value -> literal(mapping(column), value));
            add(column.name(), type(column) + (constant == null ? "" : " DEFAULT " + constant));
            doubt(column, constant != null);
        }
    }

    /** As an element of a list is staged, of which there is one for each type. */
    private static String literal(Mapping mapping, Object value) {
        StringBuilder list = new StringBuilder("[");
        mapping.json().write(value, list);
        return "CAST(CAST(CAST(" + Sql.text(list + "]") + " AS JSON) AS " + mapping.inside() + "[])[1] AS "
                + mapping.type() + ")";
    }

    private void doubt(SourceColumn column, boolean filled) {
        String doubt = ConstantDefault.doubt(column, filled);
        if (doubt != null) {
            doubts.put(column.name(), doubt);
        }
    }

    private void present(SourceColumn column, LiveColumn existing, LiveTable live, EvolutionPolicy policy) {
        boolean widen = policy == EvolutionPolicy.ADD_AND_WIDEN;
        Mapping mapping = mapping(column);
        if (!Fit.holds(existing.type(), mapping.type(), mapping.form().equals("VARCHAR"))) {
            if (!widen || !Fit.widens(existing.type(), mapping.type())) {
                problems.add("the column \"" + column.name() + "\" is " + existing.type()
                        + ", which does not hold every value of the source's " + column.describe() + " ("
                        + mapping.type() + ")"
                        + (widen ? "" : "; schema.evolution=add-and-widen changes types where no value changes"));
            } else if (live.indexed().contains(column.name())) {
                problems.add("the column \"" + column.name() + "\" has to become " + mapping.type()
                        + ", and DuckDB does not change the type of a column with a unique constraint");
            } else {
                change(column.name(), "SET DATA TYPE " + mapping.type());
            }
        }
        if (widen && column.nullable() && existing.notNull() && !wanted.key().contains(column.name())) {
            change(column.name(), "DROP NOT NULL");
        }
    }

    private void add(String name, String definition) {
        ddl.add("ALTER TABLE " + table + " ADD COLUMN IF NOT EXISTS " + Sql.name(name) + " " + definition);
    }

    private void change(String name, String what) {
        ddl.add("ALTER TABLE " + table + " ALTER COLUMN " + Sql.name(name) + " " + what);
    }

    private Mapping mapping(SourceColumn column) {
        return java.util.Objects.requireNonNull(mappings.get(column.name()));
    }

    private String type(SourceColumn column) {
        return mapping(column).type();
    }

    private void checkCase() {
        Map<String, String> seen = new HashMap<>();
        extra.keySet().forEach(name -> seen.put(Sql.folded(name), name));
        for (String name : mappings.keySet()) {
            String other = seen.put(Sql.folded(name), name);
            if (other != null && extra.containsKey(other)) {
                throw new ConnectException(
                        "Table " + wanted.table() + ": the source has a column \"" + name
                                + "\" and the sink is to add one of that name; change soft.delete.column, deleted.at.column or synced.at.column");
            } else if (other != null) {
                throw new ConnectException(
                        "Table " + wanted.table() + ": the columns \"" + other + "\" and \"" + name
                                + "\" differ in case only, which DuckDB does not tell apart; rename or leave out one by a transformation");
            }
        }
    }

    private void checkTableCase(LiveTable live) {
        String schema = Sql.schema(wanted.table());
        if (!live.name().equals(wanted.table().name()) || !live.schema().equals(schema)) {
            throw new ConnectException("Table " + wanted.table() + ": the database has " + live.schema() + "."
                    + live.name()
                    + ", and DuckDB does not tell names apart by case; give one of the two another name by table.map");
        }
    }
}

package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.sql.ConstantDefault;
import io.millrace.sink.warehouse.snowflake.encode.Mapping;
import io.millrace.sink.warehouse.snowflake.encode.Mappings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** How to make a table what the records want. Refusing happens here, before anything is changed. */
final class TablePlan {
    static final String INSTANT = "TIMESTAMP_TZ(6)";
    private static final Set<String> NO_KEYS = Set.of("VARIANT", "ARRAY", "OBJECT");

    private final TableShape wanted;
    private final Place place;
    private final String table;
    private final Mappings mappings;
    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, String> extra = new LinkedHashMap<>();
    private final List<String> ddl = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> ignored = new HashSet<>();
    private final Map<String, String> doubts = new HashMap<>();

    /** @throws ConnectException for names and keys that Snowflake does not take */
    TablePlan(TableShape wanted, Mappings mappings, Place place, boolean orderedLog) {
        this.wanted = wanted;
        this.mappings = mappings;
        this.place = place;
        place.check(wanted);
        table = place.sql(wanted.table());
        extra.putAll(wanted.bookkeeping().values("BOOLEAN", INSTANT, INSTANT));
        if (orderedLog) {
            extra.put(SnowflakeSettings.ORDER_COLUMN, "NUMBER(38,0)");
        }
        for (SourceColumn column : wanted.columns()) {
            String type = mappings.of(column).type();
            if (NO_KEYS.contains(type) && wanted.key().contains(column.name())) {
                throw new ConnectException("Table " + wanted.table() + ": the key's column \"" + column.name()
                        + "\" is " + column.describe() + ", which becomes " + type
                        + ", and rows are not told apart by that; choose other columns by "
                        + io.millrace.sink.SinkConfig.PRIMARY_KEY_FIELDS);
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
            lines.add(place.column(column.name()) + " " + type(column) + (required ? " NOT NULL" : ""));
        }
        extra.forEach((name, type) ->
                lines.add(place.column(name) + " " + type + (isFlag(name) ? " DEFAULT FALSE NOT NULL" : "")));
        ddl.add("CREATE TABLE IF NOT EXISTS " + table + " (\n  " + String.join(",\n  ", lines) + "\n)");
        return this;
    }

    /** @throws ConnectException for everything about the live table that cannot be put right, all in one message */
    TablePlan alter(LiveTable live, EvolutionPolicy policy) {
        for (SourceColumn column : wanted.columns()) {
            LiveColumn existing = live.columns().get(place.name(column.name()));
            if (existing == null) {
                missing(column, policy);
            } else {
                present(column, existing, policy);
            }
        }
        extra.forEach((name, type) -> {
            if (live.columns().containsKey(place.name(name))) {
                return;
            }
            if (policy == EvolutionPolicy.NONE || policy == EvolutionPolicy.FAIL) {
                problems.add("it lacks the column \"" + name + "\" that the sink's settings ask for");
            } else {
                add(name, type, isFlag(name) ? "FALSE" : null);
            }
        });
        if (!problems.isEmpty()) {
            throw new ConnectException("Table " + wanted.table() + " does not fit: " + String.join("; ", problems));
        }
        return this;
    }

    private boolean isFlag(String name) {
        return name.equals(wanted.bookkeeping().softDelete());
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
            Mapping mapping = mappings.of(column);
            String staged = ConstantDefault.literal(column, value -> Literals.staged(mapping, value));
            String literal = staged == null ? null : Literals.constant(mapping, staged);
            add(column.name(), type(column), literal);
            if (staged != null && literal == null) {
                String name = place.column(column.name());
                ddl.add("UPDATE " + table + " SET " + name + " = " + Mapping.read(mapping.type(), staged) + " WHERE "
                        + name + " IS NULL");
            }
            doubt(column, staged != null);
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
                change(column.name(), "SET DATA TYPE " + type);
            } else {
                problems.add("the column \"" + column.name() + "\" is " + existing.type()
                        + ", which does not hold every value of the source's " + column.describe() + " (" + type + ")"
                        + (widen ? "" : "; schema.evolution=add-and-widen changes types where no value changes"));
            }
        }
        if (widen && column.nullable() && existing.required() && !wanted.key().contains(column.name())) {
            change(column.name(), "DROP NOT NULL");
        }
    }

    /** IF NOT EXISTS and a default exclude each other. */
    private void add(String name, String type, @Nullable String standard) {
        ddl.add("ALTER TABLE " + table + " ADD COLUMN " + (standard == null ? "IF NOT EXISTS " : "")
                + place.column(name) + " " + type + (standard == null ? "" : " DEFAULT " + standard));
    }

    private void change(String name, String what) {
        ddl.add("ALTER TABLE " + table + " ALTER COLUMN " + place.column(name) + " " + what);
    }

    private String type(SourceColumn column) {
        return Objects.requireNonNull(types.get(column.name()));
    }
}

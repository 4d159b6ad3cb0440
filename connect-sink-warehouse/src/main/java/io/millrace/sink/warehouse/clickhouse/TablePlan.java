package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.sql.ConstantDefault;
import io.millrace.sink.warehouse.clickhouse.encode.Mapping;
import io.millrace.sink.warehouse.clickhouse.encode.Mappings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.connect.errors.ConnectException;

/** How to make a table what the records want. Refusing happens here, before anything is changed. Pure. */
final class TablePlan {
    static final String INSTANT = "DateTime64(6, 'UTC')";

    private final TableShape wanted;
    private final ClickHouseSettings settings;
    private final String table;
    private final Map<String, Mapping> mappings = new LinkedHashMap<>();
    private final Map<String, String> extra;
    private final List<String> ddl = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> ignored = new HashSet<>();
    private final Map<String, String> doubts = new HashMap<>();

    /** {@code wanted}: of a table with its database. */
    TablePlan(TableShape wanted, ClickHouseSettings settings, Mappings types) {
        this.wanted = wanted;
        this.settings = settings;
        table = Sql.table(wanted.table());
        extra = wanted.bookkeeping().values("Bool", "Nullable(" + INSTANT + ")", INSTANT);
        wanted.columns().forEach(column -> mappings.put(column.name(), types.of(column)));
        checkNames();
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
            lines.add(Sql.name(column.name()) + " " + type(column));
        }
        extra.forEach((name, type) -> lines.add(Sql.name(name) + " " + type));
        lines.add(Sql.name(settings.versionColumn()) + " UInt64");
        String engine = "MergeTree ORDER BY " + Sql.name(settings.versionColumn()) + " SETTINGS " + window();
        if (!wanted.key().isEmpty()) {
            lines.add(Sql.name(settings.deletedColumn()) + " UInt8");
            engine = "ReplacingMergeTree(" + Sql.name(settings.versionColumn()) + ", "
                    + Sql.name(settings.deletedColumn()) + ") ORDER BY (" + Sql.names(wanted.key()) + ")";
        }
        ddl.add("CREATE TABLE IF NOT EXISTS " + table + " (\n  " + String.join(",\n  ", lines) + "\n) ENGINE = "
                + engine);
        return this;
    }

    private String window() {
        return "non_replicated_deduplication_window = " + settings.window();
    }

    /** @throws ConnectException for everything about the live table that cannot be put right, all in one message */
    TablePlan alter(LiveTable live, EvolutionPolicy policy) {
        boolean adds = policy == EvolutionPolicy.ADD || policy == EvolutionPolicy.ADD_AND_WIDEN;
        engine(live, adds);
        for (SourceColumn column : wanted.columns()) {
            LiveColumn existing = live.columns().get(column.name());
            if (existing == null) {
                missing(column, policy);
            } else {
                present(column, existing, policy);
            }
        }
        extra.forEach((name, type) -> {
            LiveColumn existing = live.columns().get(name);
            if (existing == null && !adds) {
                problems.add("it lacks the column \"" + name + "\" that the sink's settings ask for");
            } else if (existing == null) {
                // Rows that are there were written at a time that is not known.
                add(name, type.equals(INSTANT) ? "Nullable(" + INSTANT + ")" : type);
            } else if (!Fit.same(existing.base(), new LiveColumn(name, type, "", false).base())) {
                problems.add("the column \"" + name + "\" is " + existing.type() + " and has to be " + type);
            } else if (name.equals(wanted.bookkeeping().deletedAt()) && !existing.nullable()) {
                nullable(name, type, existing, policy);
            }
        });
        exactly(settings.versionColumn(), "UInt64", live);
        if (!wanted.key().isEmpty()) {
            exactly(settings.deletedColumn(), "UInt8", live);
        }
        if (!problems.isEmpty()) {
            throw new ConnectException("Table " + wanted.table() + " does not fit: " + String.join("; ", problems));
        }
        return this;
    }

    private void nullable(String name, String type, LiveColumn existing, EvolutionPolicy policy) {
        if (policy == EvolutionPolicy.ADD_AND_WIDEN && !existing.key()) {
            change(name, type);
        } else {
            problems.add("the column \"" + name + "\" is " + existing.type()
                    + ", and rows that are not deleted have NULL" + " there: it has to be " + type);
        }
    }

    /** Of a column of the sink's own that rows are ordered or hidden by, if it is there. */
    private void exactly(String name, String type, LiveTable live) {
        LiveColumn existing = live.columns().get(name);
        if (existing != null && (!existing.type().equals(type) || !existing.isWritten())) {
            problems.add("the column \"" + name + "\" is " + existing.type()
                    + (existing.isWritten() ? "" : " " + existing.kind()) + " and has to be " + type);
        }
    }

    private void engine(LiveTable live, boolean adds) {
        if (live.isView()) {
            throw new ConnectException("Table " + wanted.table() + ": there is a view of this name");
        }
        if (!wanted.key().isEmpty()) {
            if (!live.replaces(settings.versionColumn(), settings.deletedColumn())) {
                problems.add("its engine is " + live.engine() + ", and an upsert needs ReplacingMergeTree("
                        + settings.versionColumn() + ", " + settings.deletedColumn()
                        + "); let the sink make the table, or use insert.mode=append");
            } else if (!live.key().equals(new TreeSet<>(wanted.key()))) {
                problems.add("it is ordered by " + live.key() + " and the key is " + new TreeSet<>(wanted.key()));
            }
            return;
        }
        if (!live.engine().endsWith("MergeTree")) {
            problems.add("its engine is " + live.engine() + ", which does not remember inserts");
        } else if (!live.columns().containsKey(settings.versionColumn())) {
            if (adds) {
                add(settings.versionColumn(), "UInt64");
            } else {
                problems.add("it lacks the column \"" + settings.versionColumn() + "\" UInt64");
            }
        }
        boolean remembers =
                live.engine().startsWith("Replicated") || live.engine().startsWith("Shared") || live.window() > 0;
        if (!remembers && adds) {
            ddl.add("ALTER TABLE " + table + " MODIFY SETTING " + window());
        } else if (!remembers) {
            problems.add("it does not remember inserts: ALTER TABLE " + table + " MODIFY SETTING " + window());
        }
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
            Mapping mapping = mapping(column);
            String constant = ConstantDefault.literal(column, value -> Literals.of(mapping, value));
            add(
                    column.name(),
                    constant == null ? "Nullable(" + mapping.type() + ")" : type(column) + " DEFAULT " + constant);
            doubt(column, constant != null);
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
        String type = mapping(column).type();
        boolean required = !column.nullable() || wanted.key().contains(column.name());
        boolean loosen = widen && !required && !existing.nullable() && !existing.key();
        if (Fit.holds(existing.base(), type)) {
            if (loosen) {
                change(column.name(), "Nullable(" + existing.base() + ")");
            }
        } else if (!widen || !Fit.widens(existing.base(), type)) {
            problems.add("the column \"" + column.name() + "\" is " + existing.type()
                    + ", which does not hold every value of the source's " + column.describe() + " (" + type + ")"
                    + (widen ? "" : "; schema.evolution=add-and-widen changes types where no value changes"));
        } else if (existing.key()) {
            problems.add("the column \"" + column.name() + "\" has to become " + type
                    + ", and ClickHouse does not change the type of a column that the table is ordered by");
        } else {
            change(column.name(), existing.nullable() || loosen ? "Nullable(" + type + ")" : type);
        }
    }

    private void add(String name, String definition) {
        ddl.add("ALTER TABLE " + table + " ADD COLUMN IF NOT EXISTS " + Sql.name(name) + " " + definition);
    }

    private void change(String name, String type) {
        ddl.add("ALTER TABLE " + table + " MODIFY COLUMN " + Sql.name(name) + " " + type);
    }

    private Mapping mapping(SourceColumn column) {
        return Objects.requireNonNull(mappings.get(column.name()));
    }

    private String type(SourceColumn column) {
        String type = mapping(column).type();
        return column.nullable() && !wanted.key().contains(column.name()) ? "Nullable(" + type + ")" : type;
    }

    private void checkNames() {
        Sql.checkTable(wanted.table());
        for (String name : mappings.keySet()) {
            Sql.checkName(name, "Table " + wanted.table() + ": the column");
            if (extra.containsKey(name)) {
                throw new ConnectException(
                        "Table " + wanted.table() + ": the source has a column \"" + name
                                + "\" and the sink is to add one of that name; change soft.delete.column, deleted.at.column or synced.at.column");
            }
            if (name.equals(settings.versionColumn()) || name.equals(settings.deletedColumn())) {
                throw new ConnectException("Table " + wanted.table() + ": the source has a column \"" + name
                        + "\", which the sink keeps for itself; change " + ClickHouseWarehouse.VERSION_COLUMN + " or "
                        + ClickHouseWarehouse.DELETED_COLUMN);
            }
        }
    }
}

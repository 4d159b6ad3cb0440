package io.millrace.sink.warehouse;

import io.millrace.sink.SinkConfig;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.TargetTables;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.TableId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Compares the tables that the settings name with those of the warehouse. What only records tell is left for them.
 *
 * @param <E> what looking a table up throws
 */
public final class ExistingTables<E extends Exception> {
    private final SinkSettings settings;
    private final Types types;
    private final Lookup<E> lookup;
    private final List<Warehouse.Problem> problems = new ArrayList<>();

    /** The warehouse's words for a truth value and for a point in time. */
    public record Types(String flag, String instant) {}

    /** A table that is there. */
    public interface Live {
        /** The type of a column of the source's; empty without the column. */
        Optional<String> type(String column);
    }

    /** Looks tables up. */
    public interface Lookup<E extends Exception> {
        /**
         * Empty when there is none.
         *
         * @throws ConnectException for a name that the warehouse does not take, and for what is no table
         */
        Optional<Live> find(TableId table) throws E;
    }

    public ExistingTables(SinkSettings settings, Types types, Lookup<E> lookup) {
        this.settings = settings;
        this.types = types;
        this.lookup = lookup;
    }

    /** What is wrong with them, at the key that is to be changed. */
    public List<Warehouse.Problem> check(Collection<String> topics) throws E {
        for (TableId table : TargetTables.of(settings, topics)) {
            TableId written = TargetTables.written(settings, table);
            Optional<Live> live;
            try {
                live = lookup.find(written);
            } catch (ConnectException e) {
                boolean mapped = settings.tables().containsValue(table);
                problem(mapped ? SinkConfig.TABLE_MAP : SinkConfig.TABLE_NAME_FORMAT, String.valueOf(e.getMessage()));
                continue;
            }
            if (live.isPresent()) {
                compare(written, live.orElseThrow());
            } else if (!settings.create()) {
                problem(SinkConfig.AUTO_CREATE, "table " + written + " does not exist, and auto.create=false");
            }
        }
        return problems;
    }

    private void compare(TableId table, Live live) {
        for (String field : settings.key().fields()) {
            if (live.type(field).isEmpty()) {
                problem(SinkConfig.PRIMARY_KEY_FIELDS, "table " + table + " has no column \"" + field + "\"");
            }
        }
        column(
                table,
                live,
                SinkConfig.SOFT_DELETE_COLUMN,
                settings.bookkeeping().softDelete(),
                types.flag);
        column(table, live, SinkConfig.DELETED_AT_COLUMN, settings.bookkeeping().deletedAt(), types.instant);
        column(table, live, SinkConfig.SYNCED_AT_COLUMN, settings.bookkeeping().syncedAt(), types.instant);
    }

    private void column(TableId table, Live live, String key, @Nullable String name, String type) {
        if (name == null) {
            return;
        }
        Optional<String> found = live.type(name);
        boolean adds =
                settings.evolution() == EvolutionPolicy.ADD || settings.evolution() == EvolutionPolicy.ADD_AND_WIDEN;
        if (found.isEmpty() && !adds) {
            problem(key, "table " + table + " has no column \"" + name + "\", and schema.evolution does not add it");
        } else if (found.isPresent() && !found.orElseThrow().equals(type)) {
            problem(
                    key,
                    "column \"" + name + "\" of table " + table + " is " + found.orElseThrow() + " and has to be "
                            + type);
        }
    }

    private void problem(String key, String message) {
        problems.add(new Warehouse.Problem(key, message));
    }
}

package io.millrace.sink;

import io.millrace.sink.destination.TableId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables that the configuration names and that nothing feeds, as far as is known: a name that is misspelt would be passed
 * over without a word. Nothing but a warning comes of it, as a table may have no changes yet, or those of another task.
 * Not safe for several threads.
 */
public final class NamedTables {
    private static final Logger LOG = LoggerFactory.getLogger(NamedTables.class);
    private static final int SHOWN = 20;

    private final SinkSettings settings;

    /** The keys that name each. */
    private final Map<TableId, List<String>> unfed = new TreeMap<>(Comparator.comparing(TableId::toString));

    private final Set<TableId> known = new HashSet<>();
    private boolean changes;

    /** @param more tables that keys of the target name, by key */
    public NamedTables(SinkSettings settings, Map<String, Set<TableId>> more) {
        this.settings = settings;
        name(SinkConfig.TABLES_PAUSED, settings.operators().paused());
        name(SinkConfig.TABLES_DROPPED, settings.operators().dropped());
        more.forEach(this::name);
    }

    private void name(String key, Collection<TableId> tables) {
        tables.forEach(table ->
                unfed.computeIfAbsent(table, first -> new ArrayList<>()).add(key));
    }

    /** For a configuration alone: warns of what neither its topics nor {@code table.map} feed; of nothing without topics. */
    public void warn(Collection<String> topics) {
        see(TargetTables.fed(settings, topics));
        if (!topics.isEmpty()) {
            warnings().forEach(LOG::warn);
        }
    }

    /** Tables that are fed, or will be. */
    void see(Collection<TableId> tables) {
        tables.forEach(this::known);
    }

    /** The table of a change. */
    void change(TableId table) {
        // Asked for every record: nearly always there is nothing left to be told.
        if (!unfed.isEmpty()) {
            changes = true;
            known(table);
        }
    }

    private void known(TableId table) {
        if (known.add(table)) {
            unfed.remove(table);
            unfed.remove(TargetTables.written(settings, table));
        }
    }

    /** Warns once, when changes have come. */
    void warnOnce() {
        if (changes) {
            warnings().forEach(LOG::warn);
            unfed.clear();
            known.clear();
            changes = false;
        }
    }

    List<String> warnings() {
        String fed = known.stream().map(TableId::toString).sorted().limit(SHOWN).collect(Collectors.joining(", "));
        String shown = fed + (known.size() > SHOWN ? " and " + (known.size() - SHOWN) + " more" : "");
        List<String> warnings = new ArrayList<>();
        unfed.forEach((table, keys) -> warnings.add(String.join(", ", keys) + " names table " + table
                + ", which nothing feeds so far: it has no effect unless that is a table of the target's, its name written as"
                + " there, case and schema included. Fed are " + shown));
        return warnings;
    }
}

package io.millrace.source;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Publication;
import io.millrace.source.catalog.TableFilter;
import io.millrace.source.catalog.TableId;
import io.millrace.source.stream.TablesLostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the publication lets out less than before. The stream itself does not tell: from Postgres 18 on a dropped
 * publication is passed over, and a table that was taken out is silent in every version. Thread-safe.
 */
final class PublicationWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PublicationWatch.class);

    private final String name;
    private final TableFilter filter;
    private Set<TableId> before = Set.of();
    private Set<TableId> partitions = Set.of();
    private Map<TableId, Set<Long>> entries = Map.of();

    PublicationWatch(String name, TableFilter filter) {
        this.name = name;
        this.filter = filter;
    }

    /**
     * @return captured tables that were taken out and added again since the last look, or whose names other tables took
     * @throws ConnectException when there is no publication any more, {@link TablesLostException} when captured tables are
     *     published no more, though they are there
     */
    synchronized Set<TableId> look(Connection connection) throws SQLException {
        Publication publication = new Publication(connection, name);
        if (!publication.exists()) {
            throw dropped(name);
        }
        Set<TableId> now = new HashSet<>(publication.published().tables());
        now.removeIf(table -> !filter.includes(table));
        Set<TableId> gone = new HashSet<>(before);
        gone.removeAll(now);
        if (!gone.isEmpty()) {
            List<CatalogTable> tables = new Catalog(connection).tables(filter, false);
            Set<TableId> silent = new HashSet<>();
            for (CatalogTable table : tables) {
                boolean detached = partitions.contains(table.id()) && !table.partition();
                if (detached && gone.contains(table.id())) {
                    LOG.warn(
                            "{} is no partition any more, and was published as one: what changes of it from now on is not"
                                    + " seen. To go on with it as a table of its own add it to publication \"{}\" (under"
                                    + " publication.autocreate.mode=filtered restarting the task does that); it is then"
                                    + " copied again",
                            table.id(),
                            name);
                } else if (gone.contains(table.id())) {
                    silent.add(table.id());
                }
            }
            if (!silent.isEmpty()) {
                throw new TablesLostException(
                        silent,
                        "publication.name: " + names(silent) + " was taken out of publication \"" + name
                                + "\" while the mirror streamed, and is silent since. Add it again (under"
                                + " publication.autocreate.mode=filtered that is done here) and restart the task, which"
                                + " then copies it again; or leave it out by table.exclude.list");
            }
        }
        Map<TableId, Set<Long>> entriesNow = publication.entries();
        Set<TableId> back = new HashSet<>();
        for (TableId table : now) {
            Set<Long> earlier = entries.getOrDefault(table, Set.of());
            Set<Long> later = entriesNow.getOrDefault(table, Set.of());
            if (before.contains(table)
                    && !earlier.isEmpty()
                    && !later.isEmpty()
                    && Collections.disjoint(earlier, later)) {
                back.add(table);
            }
        }
        if (!back.isEmpty()) {
            LOG.warn(
                    "{} was taken out of publication \"{}\" and added again, or another table took its name: what changed"
                            + " between may be missing in the stream, so it is copied again, unless it is in the stream from"
                            + " its first row on. What was deleted then stays in the target",
                    names(back),
                    name);
        }
        entries = entriesNow;
        before = now;
        partitions = new Catalog(connection).partitions();
        return back;
    }

    /** The captured tables that were published when it was looked last. */
    synchronized Set<TableId> tables() {
        return before;
    }

    /** The publication is changed by this connector, in one transaction: nothing is missing. */
    synchronized void changedHere() {
        entries = Map.of();
    }

    private static Set<String> names(Set<TableId> tables) {
        return tables.stream().map(TableId::toString).collect(Collectors.toCollection(TreeSet::new));
    }

    static ConnectException dropped(String name) {
        return new ConnectException("publication.name: publication \"" + name + "\" was dropped, and one made now would"
                + " not exist for the slot, which is older. What changed since is lost to the stream: drop the slot and"
                + " delete the connector's offsets to make both and copy the tables again");
    }
}

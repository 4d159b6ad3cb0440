package io.millrace.source;

import io.millrace.source.catalog.Arrivals;
import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Publication;
import io.millrace.source.catalog.TableId;
import io.millrace.source.window.CopyRequest;
import io.millrace.source.window.CopyState;
import io.millrace.source.window.Looked;
import io.millrace.source.window.TableWatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what came to be captured with rows that no event brings: tables that had rows before they were published, and
 * partitions that were attached with rows. What was published from its first row on is in the stream whole, and is not
 * copied; where that is not certain, it is. Used by one thread.
 */
final class NewTables implements TableWatch {
    private static final Logger LOG = LoggerFactory.getLogger(NewTables.class);
    private static final List<String> FILTERS = List.of(
            "schema.include.list",
            "schema.exclude.list",
            "table.include.list",
            "table.exclude.list",
            "signal.data.collection");

    private final CdcConfig config;
    private final Supplier<Set<TableId>> published;
    private final LongSupplier micros;
    private final String filter;
    private final NewPartitions partitions;

    /**
     * @param published the captured tables that the stream has, as last looked
     * @param micros of the epoch, to name what is asked for
     */
    NewTables(CdcConfig config, Supplier<Set<TableId>> published, LongSupplier micros) {
        this.micros = micros;
        this.config = config;
        this.published = published;
        this.partitions = new NewPartitions(config.viaRoot());
        StringBuilder text = new StringBuilder(Boolean.toString(config.viaRoot()));
        FILTERS.forEach(key -> text.append(' ').append(config.originalsStrings().getOrDefault(key, "")));
        this.filter = Integer.toHexString(text.toString().hashCode());
    }

    @Override
    public Found look(Connection session, CopyState state) throws SQLException {
        Set<TableId> now = new LinkedHashSet<>(published.get());
        if (!now.stream().allMatch(state.captures())) {
            now.retainAll(new Catalog(session)
                    .tables(config.filter(), config.viaRoot()).stream()
                            .map(CatalogTable::id)
                            .collect(Collectors.toSet()));
        }
        return look(session, state, now, copied -> true);
    }

    /**
     * @param now the captured tables that the stream has
     * @param copied whether the initial copy has a partition's rows; asked only where nothing was looked for before
     */
    Found look(Connection session, CopyState state, Set<TableId> now, Predicate<TableId> copied) throws SQLException {
        Arrivals arrivals = new Arrivals(session);
        // Before anything else: what comes from here on is found by the next look.
        String oldest = arrivals.oldest();
        Looked before = state.looked();
        partitions.look(arrivals, before, oldest, state.captures());
        Set<TableId> added = new LinkedHashSet<>();
        for (TableId table : now) {
            if (!state.captures().test(table)) {
                boolean whole = streamed(session, arrivals, table, state);
                LOG.info(
                        "Captured from now on{}: {}",
                        whole ? ", and streamed from its first row on" : config.copies() ? "" : ", not copied",
                        table);
                if (!whole) {
                    added.add(table);
                }
            }
        }
        String id = "added-" + micros.getAsLong() / 1000;
        List<CopyRequest> requests = new ArrayList<>();
        for (TableId table : config.copies() ? added : Set.<TableId>of()) {
            requests.add(CopyRequest.added(session, id, table));
        }
        Predicate<TableId> captured = table -> now.contains(table) && !added.contains(table);
        for (Arrivals.Partition partition : partitions.arrived(arrivals, before, captured, copied)) {
            boolean gap =
                    config.viaRoot() || state.captures().test(partition.table()) && !always(session, partition.table());
            if (gap) {
                LOG.info("{} was attached to {} with rows", partition.table(), partition.root());
            }
            if (gap && config.copies()) {
                requests.add(
                        config.viaRoot()
                                ? CopyRequest.attached(session, id, partition.root(), partition.table())
                                : CopyRequest.added(session, id, partition.table()));
            }
        }
        Looked looked = new Looked(oldest, filter, partitions.accounted(oldest));
        return new Found(state.capturingNow(now, requests).having(looked), now);
    }

    /** Whether every row that a table has ever had is in the stream, by the configuration that there was. */
    private boolean streamed(Connection session, Arrivals arrivals, TableId table, CopyState state)
            throws SQLException {
        Looked before = state.looked();
        Optional<Arrivals.Made> found = arrivals.made(table, NewPartitions.since(before, arrivals.oldest()));
        if (found.isEmpty()) {
            // Gone again.
            return true;
        }
        Arrivals.Made made = found.orElseThrow();
        if (!made.young()
                || !made.untouched()
                || before != null && !before.filter().equals(filter)) {
            return false;
        }
        boolean madePublished =
                publishesAll(session) || partitions.madeAttached(table, state.captures()) && !always(session, table);
        // Under another name, or before it was attached, in the same transaction.
        return madePublished && !arrivals.hasRowsBy(table, made.xid());
    }

    private boolean publishesAll(Connection session) throws SQLException {
        return new Publication(session, config.publication())
                .find()
                .map(Publication.Found::allTables)
                .orElse(false);
    }

    /** Whether a partition is published for itself, attached or not. */
    private boolean always(Connection session, TableId partition) throws SQLException {
        return publishesAll(session) || new Publication(session, config.publication()).names(partition);
    }
}

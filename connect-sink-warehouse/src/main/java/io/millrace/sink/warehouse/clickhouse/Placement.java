package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.copies.GivenUp;
import io.millrace.sink.copies.Told;
import io.millrace.sink.destination.Generations.Generation;
import io.millrace.sink.destination.TableId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges a table with its copy. Exchanging twice would bring the old rows back, so only one task does it: the one that
 * has renamed the copy's table to a name of its own, which only one can. Another goes on with it when that task has no
 * partition any more. The table's comment names the copy and goes with it, so that one that has to take over knows whether
 * the exchange was made.
 */
final class Placement {
    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);
    private static final int OWN_LENGTH = 12;
    private static final long LONG_SECONDS = 3600;

    private final Server server;
    private final LedgerTable ledger;
    private final Catalog catalog;

    /** What has become of a copy. */
    enum Result {
        PLACED,
        /** Another task has it, and may be at it. */
        ANOTHERS,
        /** It has rows twice, and cannot be told apart from them. */
        DOUBLED
    }

    Placement(Server server, LedgerTable ledger) {
        this.server = server;
        this.ledger = ledger;
        catalog = new Catalog(server);
    }

    /** The comment of a table that a copy has replaced. */
    static String mark(Generation generation) {
        return "Millrace: copy " + generation.id();
    }

    /** {@code names}: of {@link #names}, not empty. */
    Result place(GenerationLog.Known copy, TableId staging, List<String> names, TableId target) {
        String mark = mark(copy.generation());
        TableId mine = Sql.beside(staging, staging.name() + "_" + owner(ledger.owner()));
        try {
            if (!names.contains(mine.name())) {
                Optional<String> free = free(staging, names);
                if (free.isEmpty()) {
                    return Result.ANOTHERS;
                }
                server.once("RENAME TABLE " + Sql.table(Sql.beside(staging, free.orElseThrow())) + " TO "
                        + Sql.table(mine));
                // The time of this is when it was taken.
                server.execute(comment(mine, "Millrace: taken"));
            }
            if (!isMarked(target, mark) && isDoubled(copy, mine)) {
                return Result.DOUBLED;
            }
            exchange(mine, target, mark, copy.columns());
            return Result.PLACED;
        } catch (ClickHouseError e) {
            if (!e.isUnknownTable()) {
                throw e;
            }
            LOG.info(
                    "Copy {} of table {} is another task's to put in place: {}",
                    copy.generation().id(),
                    copy.generation().target(),
                    e.getMessage());
            return Result.ANOTHERS;
        }
    }

    /**
     * The table to go on with: where the rows were gathered, or what a task has made of it that has no partition any more,
     * or has not gone on for long.
     */
    private Optional<String> free(TableId staging, List<String> names) {
        List<String> taken =
                names.stream().filter(name -> !name.equals(staging.name())).toList();
        if (taken.isEmpty()) {
            return Optional.of(staging.name());
        }
        Set<String> owners = ledger.owners().stream().map(Placement::owner).collect(Collectors.toSet());
        List<String> old = catalog.oldNames(Sql.database(staging), staging.name() + "_", LONG_SECONDS);
        return taken.stream()
                .filter(name -> old.contains(name)
                        || !owners.contains(name.substring(staging.name().length() + 1)))
                .reduce((first, last) -> last);
    }

    private static String owner(String id) {
        return id.replace("-", "").substring(0, OWN_LENGTH);
    }

    /** Whether rows of a copy without a key have come twice. */
    private boolean isDoubled(GenerationLog.Known copy, TableId mine) {
        Told told = copy.told();
        boolean keyed = catalog.find(mine)
                .filter(live -> live.replaces(
                        server.settings().versionColumn(), server.settings().deletedColumn()))
                .isPresent();
        if (keyed || told.rows() < 0) {
            return false;
        }
        long found = server.query("SELECT toInt64(count()) FROM " + Sql.table(mine))
                .get(0)
                .getLong(1);
        boolean doubled = told.isDoubled(found);
        if (doubled) {
            GivenUp.doubled(copy.generation(), found + " rows instead of " + told.rows());
        }
        return doubled;
    }

    /** Only this task has {@code mine}, whose rows bring these columns, unless it is taken for dead. */
    private void exchange(TableId mine, TableId target, String mark, Set<String> brought) {
        Optional<LiveTable> found = catalog.find(target);
        if (found.isEmpty()) {
            server.execute(comment(mine, mark));
            server.once("RENAME TABLE " + Sql.table(mine) + " TO " + Sql.table(target));
        } else {
            LiveTable live = found.orElseThrow();
            if (live.comment().equals(mark)) {
                return;
            }
            // Rows of the same versions, written later: they count, however often.
            KeptColumns.statement(mine, live, brought, server.settings()).ifPresent(server::execute);
            server.execute(comment(mine, mark));
            server.once("EXCHANGE TABLES " + Sql.table(target) + " AND " + Sql.table(mine));
        }
        if (!isMarked(target, mark)) {
            // What stands between has sent the statement twice.
            throw new RetriableException("Table " + target + " is not the new copy after the exchange");
        }
    }

    private static String comment(TableId table, String mark) {
        return "ALTER TABLE " + Sql.table(table) + " MODIFY COMMENT " + Sql.text(mark);
    }

    /** Whether the copy is in place. */
    boolean isMarked(TableId target, String mark) {
        return catalog.find(target).filter(live -> live.comment().equals(mark)).isPresent();
    }

    /** Where the copy's rows may be: the place itself, and what tasks have made of it. */
    List<String> names(TableId staging) {
        return catalog.names(Sql.database(staging), staging.name());
    }
}

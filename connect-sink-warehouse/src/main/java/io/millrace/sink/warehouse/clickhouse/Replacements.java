package io.millrace.sink.warehouse.clickhouse;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole copies in ClickHouse. The rows of each lie in a table beside the target, and the two are exchanged.
 *
 * <p>Exchanging twice would bring the old rows back, so only one task does it: the one that has renamed the copy's table
 * to a name that only it knows, which only one can. The table's comment names the copy and goes with it, so that one that
 * has to take over knows whether the exchange was made.
 */
final class Replacements implements Generations {
    private static final Logger LOG = LoggerFactory.getLogger(Replacements.class);
    private static final int OWN_LENGTH = 12;

    private final Server server;
    private final Catalog catalog;
    private final GenerationLog log;
    private final LedgerTable ledger;
    private final Evolve evolve;
    private final Consumer<TableId> forget;

    /** Which table a copy that is gathered is of. */
    private final Map<TableId, TableId> gathered = new HashMap<>();

    /** {@link ClickHouseDestination#evolve}. */
    interface Evolve {
        Evolution table(TableShape wanted, EvolutionPolicy policy, boolean create);
    }

    /** {@code forget}: what is known of a table is not true any more. */
    Replacements(Server server, GenerationLog log, LedgerTable ledger, Evolve evolve, Consumer<TableId> forget) {
        this.server = server;
        this.log = log;
        this.ledger = ledger;
        this.evolve = evolve;
        this.forget = forget;
        catalog = new Catalog(server);
    }

    /** The table that the rows gathered here are of, null for a table of its own. */
    @Nullable
    TableId target(TableId staging) {
        return gathered.get(staging);
    }

    @Override
    public boolean open(Generation generation, TableShape wanted, EvolutionPolicy policy, boolean create) {
        List<GenerationLog.Known> all = log.read();
        Optional<GenerationLog.Known> known = GenerationLog.find(generation, all);
        if (known.filter(each -> GenerationLog.isOver(each, all)).isPresent()) {
            return false;
        }
        gathered.put(generation.staging(), generation.target());
        Evolution evolution = evolve.table(wanted, policy, create);
        evolution.ddl().forEach(statement -> LOG.info("Table {}: {}", generation.target(), statement));
        List<SourceColumn> columns = wanted.columns().stream()
                .filter(column -> !evolution.ignored().contains(column.name()))
                .toList();
        server.execute(
                "CREATE TABLE IF NOT EXISTS " + table(generation.staging()) + " AS " + table(generation.target()));
        evolve.table(
                new TableShape(generation.staging(), columns, wanted.key(), wanted.bookkeeping()),
                EvolutionPolicy.ADD_AND_WIDEN,
                false);
        Set<String> brought =
                new TreeSet<>(wanted.bookkeeping().values("", "", "").keySet());
        columns.forEach(column -> brought.add(column.name()));
        log.brings(generation, brought);
        return true;
    }

    @Override
    public boolean tell(Generation generation, Manifest manifest) {
        return log.tell(generation, manifest);
    }

    @Override
    public Replaced replace() {
        List<TableId> replaced = new ArrayList<>();
        List<GenerationLog.Known> all = log.read();
        for (GenerationLog.Known copy : all) {
            if (copy.is(GenerationLog.DONE) || copy.is(GenerationLog.CLEARED)) {
                continue;
            }
            if (GenerationLog.isOver(copy, all)) {
                drop(copy.generation());
                log.close(copy, GenerationLog.CLEARED);
            } else if (copy.is(GenerationLog.END) && isApplied(copy) && exchange(copy)) {
                replaced.add(copy.generation().target());
            }
        }
        return new Replaced(replaced, false);
    }

    private boolean isApplied(GenerationLog.Known copy) {
        Map<TopicPartition, Long> positions = ledger.positions(copy.generation().target());
        return copy.last().entrySet().stream()
                .allMatch(each -> positions.getOrDefault(each.getKey(), -1L) > each.getValue());
    }

    /** Whether this task was the one to do it. */
    private boolean exchange(GenerationLog.Known copy) {
        Generation generation = copy.generation();
        TableId target = qualified(generation.target());
        String mark = "Millrace: copy " + generation.id();
        List<String> names = names(generation);
        if (names.isEmpty() && !isMarked(target, mark)) {
            if (isOver(generation)) {
                // Another task has put it in place since this one looked, and after it maybe a later one.
                return false;
            }
            if (!copy.last().isEmpty()) {
                giveUp(copy);
                return false;
            }
            if (catalog.find(target).isPresent()) {
                // A copy without rows.
                server.execute("CREATE TABLE IF NOT EXISTS " + table(generation.staging()) + " AS "
                        + table(generation.target()));
                names = names(generation);
            }
        }
        if (!names.isEmpty()) {
            String own = generation.staging().name() + "_"
                    + UUID.randomUUID().toString().replace("-", "").substring(0, OWN_LENGTH);
            TableId mine = Sql.beside(qualified(generation.staging()), own);
            if (!take(Sql.beside(mine, names.get(names.size() - 1)), mine)) {
                return false;
            }
            place(mine, target, mark, copy.columns());
        }
        log.close(copy, GenerationLog.DONE);
        drop(generation);
        forget.accept(target);
        return true;
    }

    private boolean isOver(Generation generation) {
        List<GenerationLog.Known> all = log.read();
        return GenerationLog.find(generation, all)
                .filter(each -> GenerationLog.isOver(each, all))
                .isPresent();
    }

    private void giveUp(GenerationLog.Known copy) {
        LOG.error(
                "Copy {} of table {} is given up: the ledger is past its rows, and {}, where they were gathered, is gone. The table stays as it is; have the source copy it again",
                copy.generation().id(),
                copy.generation().target(),
                copy.generation().staging());
        log.close(copy, GenerationLog.ABORT);
    }

    private boolean take(TableId from, TableId to) {
        try {
            server.once("RENAME TABLE " + Sql.table(from) + " TO " + Sql.table(to));
            return true;
        } catch (ClickHouseError e) {
            if (e.isUnknownTable()) {
                // Another task has been first.
                return false;
            }
            throw e;
        }
    }

    /** Nobody else knows {@code mine}, whose rows bring these columns. */
    private void place(TableId mine, TableId target, String mark, Set<String> brought) {
        Optional<LiveTable> found = catalog.find(target);
        if (found.isEmpty()) {
            server.execute(mark(mine, mark));
            server.once("RENAME TABLE " + Sql.table(mine) + " TO " + Sql.table(target));
        } else {
            LiveTable live = found.orElseThrow();
            if (live.comment().equals(mark)) {
                return;
            }
            // Rows of the same versions, written later: they count, however often.
            KeptColumns.statement(mine, live, brought, server.settings()).ifPresent(server::execute);
            server.execute(mark(mine, mark));
            server.once("EXCHANGE TABLES " + Sql.table(target) + " AND " + Sql.table(mine));
        }
        if (!isMarked(target, mark)) {
            // What stands between has sent the statement twice.
            throw new RetriableException("Table " + target + " is not the new copy after the exchange");
        }
    }

    private static String mark(TableId table, String mark) {
        return "ALTER TABLE " + Sql.table(table) + " MODIFY COMMENT " + Sql.text(mark);
    }

    private boolean isMarked(TableId target, String mark) {
        return catalog.find(target).filter(live -> live.comment().equals(mark)).isPresent();
    }

    /** Where the copy's rows may be: the place itself, and what tasks have made of it. */
    private List<String> names(Generation generation) {
        TableId staging = qualified(generation.staging());
        return catalog.names(Sql.database(staging), staging.name());
    }

    private void drop(Generation generation) {
        TableId staging = qualified(generation.staging());
        for (String name : names(generation)) {
            server.execute("DROP TABLE IF EXISTS " + Sql.table(Sql.beside(staging, name)) + " SYNC");
        }
        gathered.remove(generation.staging());
        forget.accept(staging);
    }

    private TableId qualified(TableId table) {
        return Sql.in(server.settings().database(), table);
    }

    private String table(TableId table) {
        return Sql.table(qualified(table));
    }
}

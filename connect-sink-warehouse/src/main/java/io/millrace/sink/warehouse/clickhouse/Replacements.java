package io.millrace.sink.warehouse.clickhouse;

import io.millrace.core.Manifest;
import io.millrace.sink.copies.DueCopies;
import io.millrace.sink.copies.GivenUp;
import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole copies in ClickHouse. The rows of each lie in a table beside the target; {@link Placement} exchanges the two.
 */
final class Replacements implements Generations {
    private static final Logger LOG = LoggerFactory.getLogger(Replacements.class);

    /** Of a copy that nobody wants. */
    private static final String OVER = "over";

    private final Server server;
    private final Catalog catalog;
    private final GenerationLog log;
    private final LedgerTable ledger;
    private final Evolve evolve;
    private final DueCopies copies = new DueCopies();
    private final Placement placement;
    private final Consumer<TableId> forget;

    /** Which table a copy that is gathered is of. */
    private final Map<TableId, TableId> gathered = new HashMap<>();

    /** Whether another task has a copy that is due. */
    private boolean waits;

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
        placement = new Placement(server, ledger);
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
    public Replaced replace(Set<TableId> except) {
        List<GenerationLog.Known> all = log.read();
        Map<DueCopies.Due, GenerationLog.Known> due = new LinkedHashMap<>();
        for (GenerationLog.Known copy : all) {
            if (copy.is(GenerationLog.DONE) || copy.is(GenerationLog.CLEARED)) {
                continue;
            }
            if (GenerationLog.isOver(copy, all)) {
                due.put(new DueCopies.Due(copy.generation(), OVER), copy);
            } else if (copy.is(GenerationLog.END)) {
                due.put(new DueCopies.Due(copy.generation(), GenerationLog.END), copy);
            }
        }
        waits = false;
        Replaced done = copies.run(
                List.copyOf(due.keySet()),
                each -> carryOut(each.state(), Objects.requireNonNull(due.get(each)), except),
                log::read);
        return waits ? new Replaced(done.tables(), true, done.failed()) : done;
    }

    private boolean carryOut(String state, GenerationLog.Known copy, Set<TableId> except) {
        String doing = "Table " + copy.generation().target() + " cannot be replaced by its new copy: ";
        try {
            if (!state.equals(OVER)) {
                return !except.contains(copy.generation().target())
                        && missing(copy).isEmpty()
                        && exchange(copy);
            }
            drop(copy.generation());
            log.close(copy, GenerationLog.CLEARED);
            return false;
        } catch (RetriableException e) {
            throw new RetriableException(doing + e.getMessage(), e);
        } catch (ConnectException e) {
            throw new ConnectException(doing + e.getMessage(), e);
        }
    }

    private List<Missing> missing(GenerationLog.Known copy) {
        return copy.told().missing(ledger.positions(copy.generation().target()));
    }

    @Override
    public List<Awaited> awaited() {
        List<Awaited> awaited = new ArrayList<>();
        List<GenerationLog.Known> all = log.read();
        for (GenerationLog.Known copy : all) {
            if (copy.is(GenerationLog.END) && !GenerationLog.isOver(copy, all)) {
                List<Missing> missing = missing(copy);
                if (!missing.isEmpty()) {
                    Generation generation = copy.generation();
                    awaited.add(new Awaited(generation.target(), generation.id(), copy.endedMillis(), missing));
                }
            }
        }
        return awaited;
    }

    /** Whether this task was the one to do it. */
    private boolean exchange(GenerationLog.Known copy) {
        Generation generation = copy.generation();
        TableId target = qualified(generation.target());
        TableId staging = qualified(generation.staging());
        String mark = Placement.mark(generation);
        List<String> names = placement.names(staging);
        if (names.isEmpty() && !placement.isMarked(target, mark)) {
            if (isOver(generation)) {
                // Another task has put it in place since this one looked, and after it maybe a later one.
                return false;
            }
            if (!copy.last().isEmpty()) {
                GivenUp.lost(generation);
                log.close(copy, GenerationLog.ABORT);
                return false;
            }
            if (catalog.find(target).isPresent()) {
                // A copy without rows.
                server.execute("CREATE TABLE IF NOT EXISTS " + table(generation.staging()) + " AS "
                        + table(generation.target()));
                names = placement.names(staging);
            }
        }
        if (!names.isEmpty()) {
            Placement.Result result = placement.place(copy, staging, names, target);
            if (result == Placement.Result.DOUBLED) {
                log.close(copy, GenerationLog.ABORT);
            }
            waits |= result == Placement.Result.ANOTHERS;
            if (result != Placement.Result.PLACED) {
                return false;
            }
        }
        log.close(copy, GenerationLog.DONE);
        drop(generation);
        forget.accept(target);
        return true;
    }

    private boolean isOver(Generation generation) {
        List<GenerationLog.Known> all = log.read();
        // What is not known any more is over and forgotten.
        return GenerationLog.find(generation, all)
                .map(each -> GenerationLog.isOver(each, all))
                .orElse(true);
    }

    private void drop(Generation generation) {
        TableId staging = qualified(generation.staging());
        for (String name : placement.names(staging)) {
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

package io.millrace.sink.pg;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.pg.OverwriteSettings.Strategy;
import io.millrace.sink.route.Router;
import io.millrace.sink.sql.AwaitedRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole copies in Postgres. The rows of each lie in a table beside the target, logged like any other: an unlogged one
 * would be empty after a crash that the ledger does not know of.
 */
final class Replacements implements Generations {
    private static final Logger LOG = LoggerFactory.getLogger(Replacements.class);
    private static final Set<String> OVER = Set.of("done", "superseded", "aborted");

    private final Session session;
    private final GenerationLog log;
    private final OverwriteSettings settings;
    private final Evolve evolve;
    private final Janitor janitor;
    private final DueCopies copies;
    private boolean created;

    /** {@link io.millrace.sink.destination.Destination#evolve}. */
    interface Evolve {
        Evolution table(TableShape wanted, EvolutionPolicy policy, boolean create);
    }

    Replacements(Session session, GenerationLog log, OverwriteSettings settings, Evolve evolve) {
        this.session = session;
        this.log = log;
        this.settings = settings;
        this.evolve = evolve;
        copies = new DueCopies(log);
        janitor = new Janitor(log, settings.keepMillis());
    }

    @Override
    public boolean open(Generation generation, TableShape wanted, EvolutionPolicy policy, boolean create) {
        if (settings.strategy() == Strategy.SWEEP && wanted.key().isEmpty()) {
            throw new ConnectException("Table " + generation.target() + ": its records have no key, and "
                    + OverwriteSettings.STRATEGY + "=sweep tells rows apart by it: use diff");
        }
        try {
            create();
            if (isOver(generation)) {
                return false;
            }
            try {
                prepare(generation, wanted, policy, create);
                return true;
            } catch (ConnectException | SQLException e) {
                // Another task may have cleared the place away meanwhile, since a newer copy has begun.
                if (e instanceof SQLException lost && SqlErrors.isConnection(lost) || !isOver(generation)) {
                    throw e;
                }
                return false;
            }
        } catch (SQLException e) {
            throw session.failed("A copy of table " + generation.target() + " cannot be gathered", e);
        }
    }

    private void prepare(Generation generation, TableShape wanted, EvolutionPolicy policy, boolean create)
            throws SQLException {
        if (settings.strategy() == Strategy.PARTITION && create) {
            createPartitioned(wanted, policy);
        }
        logged(generation.target(), evolve.table(wanted, policy, create));
        if (settings.strategy() == Strategy.PARTITION) {
            new PartitionSwap(connection()).gather(Sql.table(generation.target()), Sql.table(generation.staging()));
        } else {
            new GatheredTable(connection(), generation.target(), generation.staging()).prepare(wanted);
        }
        Ddl.run(
                connection(),
                "COMMENT ON TABLE " + Sql.table(generation.staging()) + " IS "
                        + Sql.text(log.mark() + System.currentTimeMillis()));
        evolve.table(
                new TableShape(generation.staging(), wanted.columns(), wanted.key(), wanted.bookkeeping()),
                policy,
                false);
    }

    @Override
    public boolean tell(Generation generation, Manifest manifest) {
        try {
            create();
            boolean known = Statements.isAny(connection(), log.state(generation));
            execute(log.tell(generation, manifest));
            return known || !state(generation).equals("superseded");
        } catch (SQLException e) {
            throw session.failed("The manifest of table " + generation.target() + " cannot be written", e);
        }
    }

    /** A table that is missing, with one partition. */
    private void createPartitioned(TableShape wanted, EvolutionPolicy policy) throws SQLException {
        if (Catalog.find(connection(), wanted.table()).isPresent()) {
            return;
        }
        List<String> parts = new ArrayList<>(wanted.table().parts());
        parts.set(parts.size() - 1, wanted.table().name() + PartitionSwap.ONLY);
        TableId only = new TableId(parts);
        logged(
                only,
                evolve.table(
                        new TableShape(only, wanted.columns(), wanted.key(), wanted.bookkeeping(), wanted.indexes()),
                        policy,
                        true));
        List<String> first =
                wanted.key().isEmpty() ? List.of(wanted.columns().get(0).name()) : wanted.key();
        new PartitionSwap(connection()).create(wanted.table(), only, first);
    }

    @Override
    public Replaced replace() {
        List<TableId> replaced = new ArrayList<>();
        Map<TableId, ConnectException> failures = new HashMap<>();
        boolean unfinished = false;
        for (DueCopies.Due due : lookUp()) {
            try {
                Sweep.State state = carryOut(due);
                if (state == Sweep.State.REPLACED) {
                    replaced.add(new TableId(Router.split(due.target())));
                }
                unfinished |= state == Sweep.State.UNFINISHED;
            } catch (SQLException e) {
                ConnectException reason = session.failed(notReplaced(due, e), e);
                if (SqlErrors.isConnection(e)) {
                    throw reason;
                }
                note(failures, due, reason);
            } catch (RetriableException e) {
                // The target cannot be reached.
                throw e;
            } catch (ConnectException e) {
                session.rollback();
                note(failures, due, e);
            }
        }
        return new Replaced(replaced, unfinished, failures);
    }

    /** What is to be done now; not what has failed before. */
    private List<DueCopies.Due> lookUp() {
        try {
            create();
            janitor.look(connection());
            return copies.due(connection());
        } catch (SQLException e) {
            throw session.failed("Generations cannot be looked up", e);
        }
    }

    private Sweep.State carryOut(DueCopies.Due due) throws SQLException {
        if (!due.state().equals("ended")) {
            execute("DROP TABLE IF EXISTS " + due.staging());
        } else if (due.lost()) {
            copies.giveUp(connection(), due);
        } else if (settings.strategy() == Strategy.SWEEP) {
            return new Sweep(connection(), log, settings, due.target(), due.generation(), due.staging())
                    .run((table, live) -> finish(due, table, live));
        } else if (session.patiently(settings.timeoutMillis(), () -> replace(due))) {
            return Sweep.State.REPLACED;
        }
        return Sweep.State.NOT_OURS;
    }

    /** What cannot succeed when it is repeated is not tried again. */
    private void note(Map<TableId, ConnectException> failures, DueCopies.Due due, ConnectException reason) {
        TableId table = new TableId(Router.split(due.target()));
        if (reason instanceof RetriableException) {
            failures.putIfAbsent(table, reason);
        } else {
            copies.leave(due);
            failures.put(table, reason);
        }
    }

    private String notReplaced(DueCopies.Due due, SQLException e) {
        boolean referred = SqlErrors.state(e).equals("0A000") && settings.strategy() == Strategy.TRUNCATE;
        return "Table " + due.target() + " cannot be replaced by its new copy"
                + (referred && !settings.cascade()
                        ? " (" + OverwriteSettings.CASCADE + "=true truncates what refers to it too)"
                        : "");
    }

    /** Whether this task was the one to do it. */
    private boolean replace(DueCopies.Due due) throws SQLException {
        execute("BEGIN");
        if (!Statements.isAny(connection(), log.lock(due.target(), due.generation()))) {
            execute("ROLLBACK");
            return false;
        }
        if (copies.isDoubled(connection(), due)) {
            execute("COMMIT");
            return false;
        }
        TableId table = new TableId(Router.split(due.target()));
        Optional<LiveTable> live = Catalog.find(connection(), table);
        if (live.isPresent()) {
            if (!swap(table, due.staging())) {
                copy(table, live.orElseThrow(), due.staging());
            }
            finish(due, table, live.orElseThrow());
        }
        execute(log.done(due.target(), due.generation()) + "; COMMIT");
        return true;
    }

    private boolean swap(TableId table, String staging) throws SQLException {
        if (settings.strategy() != Strategy.PARTITION) {
            return false;
        }
        PartitionSwap swap = new PartitionSwap(connection());
        // A copy without rows has made no place for them.
        swap.gather(Sql.table(table), staging);
        boolean swapped = swap.swap(Sql.table(table), staging);
        if (!swapped) {
            LOG.warn("Table {}: its partitions were changed while a copy was gathered; its rows are compared", table);
        }
        return swapped;
    }

    private void copy(TableId table, LiveTable live, String staging) throws SQLException {
        execute("CREATE TABLE IF NOT EXISTS " + staging + " (LIKE " + Sql.table(table) + ")");
        LiveTable staged =
                Catalog.find(connection(), new TableId(Router.split(staging))).orElseThrow();
        for (String statement : new ReplaceSql(Sql.table(table), live, staging, staged, settings).statements()) {
            execute(statement);
        }
    }

    private void finish(DueCopies.Due due, TableId table, LiveTable live) throws SQLException {
        if (settings.sequences()) {
            new Sequences(connection()).reset(Sql.table(table), live);
        }
        execute("DROP TABLE IF EXISTS " + due.staging());
        if (!settings.postLoadSql().isBlank()) {
            execute(settings.postLoadSql().replace("${table}", Sql.table(table)));
        }
    }

    @Override
    public List<Awaited> awaited() {
        try {
            create();
            return AwaitedRows.read(connection(), log.awaited());
        } catch (SQLException e) {
            throw session.failed("What copies wait for cannot be looked up", e);
        }
    }

    private boolean isOver(Generation generation) throws SQLException {
        return OVER.contains(state(generation));
    }

    /** Empty for a generation that is not known. */
    private String state(Generation generation) throws SQLException {
        return String.join("", Statements.strings(connection(), log.state(generation)));
    }

    private void create() throws SQLException {
        if (!created) {
            Ddl.run(connection(), log.create());
            created = true;
        }
    }

    private static void logged(TableId table, Evolution evolution) {
        evolution.ddl().forEach(statement -> LOG.info("Table {}: {}", table, statement));
    }

    private Connection connection() {
        return session.open().connection();
    }

    private void execute(String sql) throws SQLException {
        Statements.execute(connection(), sql);
    }
}

package io.millrace.sink.pg;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.Locked;
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
import java.util.function.Supplier;
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

    private final Session session;
    private final GenerationLog log;
    private final OverwriteSettings settings;
    private final CopyPlaces places;
    private final Janitor janitor;
    private final DueCopies copies;
    private final HeldCopies held;
    private boolean created;

    /** {@code predecessors}: {@link LedgerTable#predecessors}. */
    Replacements(
            Session session,
            GenerationLog log,
            OverwriteSettings settings,
            Supplier<Set<String>> predecessors,
            CopyPlaces.Evolve evolve) {
        this.session = session;
        this.log = log;
        this.settings = settings;
        places = new CopyPlaces(session, log, settings.strategy(), evolve);
        copies = new DueCopies(log);
        held = new HeldCopies(session, log, predecessors, settings.timeoutMillis());
        janitor = new Janitor(log, settings.keepMillis());
    }

    @Override
    public boolean open(Generation generation, TableShape wanted, EvolutionPolicy policy, boolean create) {
        TableId target = generation.target();
        if (settings.strategy() == Strategy.SWEEP && wanted.key().isEmpty()) {
            throw new ConnectException("Table " + target + ": its records have no key, and "
                    + OverwriteSettings.STRATEGY + "=sweep tells rows apart by it: use diff");
        }
        boolean hurried = session.isHurried();
        try {
            create();
            session.hurry(hurried || isReplaced(target));
            return places.open(generation, wanted, policy, create);
        } catch (SQLException e) {
            throw explained(target, session.failed("A copy of table " + target + " cannot be gathered", e));
        } catch (Locked e) {
            throw explained(target, e);
        } finally {
            session.hurry(hurried);
        }
    }

    /** Says of a lock whether it is that of a replacement, which may take its time. */
    private ConnectException explained(TableId table, ConnectException reason) {
        if (!(reason instanceof Locked)) {
            return reason;
        }
        try {
            return isReplaced(table)
                    ? new Locked(String.valueOf(reason.getMessage()), reason.getCause(), true)
                    : reason;
        } catch (SQLException e) {
            throw session.failed("Who has locked table " + table + " cannot be looked up", e);
        }
    }

    private boolean isReplaced(TableId table) throws SQLException {
        return Statements.isAny(connection(), log.isReplaced(Sql.table(table)));
    }

    @Override
    public boolean tell(Generation generation, Manifest manifest) {
        try {
            create();
            boolean known = Statements.isAny(connection(), log.state(generation));
            execute(log.tell(generation, manifest));
            return known || !places.state(generation).equals("superseded");
        } catch (SQLException e) {
            throw session.failed("The manifest of table " + generation.target() + " cannot be written", e);
        }
    }

    @Override
    public Replaced replace(Set<TableId> except) {
        List<TableId> replaced = new ArrayList<>();
        Map<TableId, ConnectException> failures = new HashMap<>();
        boolean unfinished = false;
        for (DueCopies.Due due : lookUp()) {
            TableId table = new TableId(Router.split(due.target()));
            if (due.isWanted() && except.contains(table)) {
                continue;
            }
            Optional<Locked> resting = copies.locked().reason(due);
            if (resting.isPresent()) {
                if (due.isWanted()) {
                    failures.putIfAbsent(table, resting.orElseThrow());
                }
                continue;
            }
            session.hurry(copies.locked().isKnown(due));
            try {
                Sweep.State state = carryOut(due);
                if (state == Sweep.State.REPLACED) {
                    replaced.add(table);
                }
                unfinished |= state == Sweep.State.UNFINISHED;
            } catch (SQLException e) {
                ConnectException reason = session.failed(doing(due, e), e);
                if (SqlErrors.isConnection(e)) {
                    throw reason;
                }
                note(failures, due, explained(table, reason));
            } catch (Locked e) {
                session.rollback();
                note(failures, due, e);
            } catch (RetriableException e) {
                // The target cannot be reached.
                throw e;
            } catch (ConnectException e) {
                session.rollback();
                note(failures, due, e);
            } finally {
                session.hurry(false);
            }
        }
        return new Replaced(replaced, unfinished, failures);
    }

    /** What is to be done now; not what has failed before. */
    private List<DueCopies.Due> lookUp() {
        try {
            create();
            janitor.look(connection());
            List<DueCopies.Due> due = copies.due(connection());
            held.retain(due);
            return due;
        } catch (SQLException e) {
            throw session.failed("Generations cannot be looked up", e);
        }
    }

    private Sweep.State carryOut(DueCopies.Due due) throws SQLException {
        if (!due.isWanted()) {
            execute("DROP TABLE IF EXISTS " + due.staging());
            return Sweep.State.NOT_OURS;
        }
        if (due.lost()) {
            copies.giveUp(connection(), due);
            return Sweep.State.NOT_OURS;
        }
        Sweep.State state = session.patiently(
                settings.timeoutMillis(), () -> settings.strategy() == Strategy.SWEEP ? sweep(due) : replace(due));
        return state == Sweep.State.NOT_OURS && held.isHeld(due) ? Sweep.State.UNFINISHED : state;
    }

    private Sweep.State sweep(DueCopies.Due due) throws SQLException {
        return new Sweep(connection(), log, settings, due.target(), due.generation(), due.staging())
                .run((table, live) -> finish(due, table, live));
    }

    /** What cannot succeed when it is repeated is not tried again. */
    private void note(Map<TableId, ConnectException> failures, DueCopies.Due due, ConnectException reason) {
        TableId table = new TableId(Router.split(due.target()));
        boolean again = reason instanceof RetriableException;
        if (reason instanceof Locked locked) {
            copies.locked().add(due, locked);
        } else if (!again) {
            copies.leave(due);
        }
        if (due.isWanted()) {
            failures.merge(table, reason, (first, second) -> again ? first : second);
        } else if (!again) {
            // The table itself is well.
            LOG.warn("{}", reason.getMessage());
        }
    }

    private String doing(DueCopies.Due due, SQLException e) {
        boolean referred = SqlErrors.state(e).equals("0A000") && settings.strategy() == Strategy.TRUNCATE;
        return due.doing()
                + (referred && !settings.cascade()
                        ? " (" + OverwriteSettings.CASCADE + "=true truncates what refers to it too)"
                        : "");
    }

    private Sweep.State replace(DueCopies.Due due) throws SQLException {
        execute("BEGIN");
        if (!Statements.isAny(connection(), log.lock(due.target(), due.generation()))) {
            execute("ROLLBACK");
            return Sweep.State.NOT_OURS;
        }
        if (!Statements.isAny(connection(), log.turn(due.target()))) {
            throw new Locked(
                    "Table " + due.target() + " is being replaced by an earlier copy, which has to end before copy "
                            + due.generation() + " can take its place",
                    null,
                    true);
        }
        execute(log.supersede(due.target(), due.generation()));
        if (copies.isDoubled(connection(), due)) {
            execute("COMMIT");
            return Sweep.State.NOT_OURS;
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
        return Sweep.State.REPLACED;
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

    private void create() throws SQLException {
        if (!created) {
            Ddl.run(connection(), log.create());
            created = true;
        }
    }

    private Connection connection() {
        return session.open().connection();
    }

    private void execute(String sql) throws SQLException {
        Statements.execute(connection(), sql);
    }
}

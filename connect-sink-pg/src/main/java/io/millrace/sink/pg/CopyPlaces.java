package io.millrace.sink.pg;

import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Generations.Generation;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.pg.OverwriteSettings.Strategy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the tables that whole copies are gathered in, and makes their targets fit. */
final class CopyPlaces {
    private static final Logger LOG = LoggerFactory.getLogger(CopyPlaces.class);
    private static final Set<String> OVER = Set.of("done", "superseded", "aborted");

    private final Session session;
    private final GenerationLog log;
    private final Strategy strategy;
    private final Evolve evolve;

    /** {@link io.millrace.sink.destination.Destination#evolve}. */
    interface Evolve {
        Evolution table(TableShape wanted, EvolutionPolicy policy, boolean create);
    }

    CopyPlaces(Session session, GenerationLog log, Strategy strategy, Evolve evolve) {
        this.session = session;
        this.log = log;
        this.strategy = strategy;
        this.evolve = evolve;
    }

    /** {@link io.millrace.sink.destination.Generations#open}. */
    boolean open(Generation generation, TableShape wanted, EvolutionPolicy policy, boolean create) throws SQLException {
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
    }

    private boolean isOver(Generation generation) throws SQLException {
        return OVER.contains(state(generation));
    }

    /** Empty for a generation that is not known. */
    String state(Generation generation) throws SQLException {
        return String.join("", Statements.strings(connection(), log.state(generation)));
    }

    private void prepare(Generation generation, TableShape wanted, EvolutionPolicy policy, boolean create)
            throws SQLException {
        if (strategy == Strategy.PARTITION && create) {
            createPartitioned(wanted, policy);
        }
        logged(generation.target(), evolve.table(wanted, policy, create));
        if (strategy == Strategy.PARTITION) {
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

    private static void logged(TableId table, Evolution evolution) {
        evolution.ddl().forEach(statement -> LOG.info("Table {}: {}", table, statement));
    }

    private Connection connection() {
        return session.open().connection();
    }
}

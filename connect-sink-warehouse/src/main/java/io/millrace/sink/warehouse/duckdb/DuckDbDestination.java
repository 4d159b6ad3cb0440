package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Capabilities;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Encoding;
import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.Locked;
import io.millrace.sink.destination.Operations;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.destination.Views;
import io.millrace.sink.sql.Culprits;
import io.millrace.sink.warehouse.copies.CopyLog;
import io.millrace.sink.warehouse.copies.WholeCopies;
import io.millrace.sink.warehouse.duckdb.encode.Mappings;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * A DuckDB file or a MotherDuck database. Rows are staged by the Appender in temporary tables; one transaction then holds
 * the ledger, deletes, patches and upserts.
 */
final class DuckDbDestination implements Destination {
    /** DuckDB has no limit for names; this one keeps a broken name from becoming a table. */
    static final Capabilities CAPABILITIES =
            new Capabilities(EnumSet.allOf(Capabilities.Mode.class), Short.MAX_VALUE, false);

    private final Session session;
    private final LedgerTable ledger;
    private final Commits commits;
    private final Mappings types;
    private final Map<TableId, LiveTable> tables = new HashMap<>();
    private final WholeCopies copies;

    private final TableOperations operations;

    DuckDbDestination(
            Session session,
            Ledger ledger,
            Commits commits,
            Mappings types,
            Overwriting overwriting,
            TableOperations operations) {
        this.commits = commits;
        this.operations = operations;
        this.session = session;
        this.ledger = new LedgerTable(session, ledger, commits);
        this.types = types;
        copies = new WholeCopies(
                new CopyTables(
                        session,
                        overwriting.log(),
                        ledger,
                        overwriting.janitor(),
                        overwriting.whole(),
                        overwriting.syncedAt(),
                        this::evolve),
                overwriting.log());
    }

    /** How whole copies replace a table; see {@link CopyTables}. */
    record Overwriting(CopyLog log, Janitor janitor, boolean whole, @Nullable String syncedAt) {}

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Encoding encoding(SourceColumn column) {
        return types.of(column).encoding();
    }

    @Override
    public Map<Feed, Claim> claim(Set<TopicPartition> partitions) {
        tables.clear();
        operations.forgetStates();
        Map<Feed, Claim> claims = ledger.claim(partitions);
        operations.showFreshness();
        return claims;
    }

    @Override
    public Map<Feed, Claim> begin(Map<Feed, Long> first) {
        return ledger.begin(first);
    }

    @Override
    public Set<TopicPartition> partitions(String topic) {
        return ledger.partitions(topic);
    }

    @Override
    public void rewind(Map<TopicPartition, OptionalLong> next) {
        ledger.rewind(next);
    }

    @Override
    public Evolution evolve(TableShape wanted, EvolutionPolicy policy, boolean create) {
        try {
            return session.run(open -> {
                TableChanges changes = new TableChanges(open.connection(), wanted, types);
                Evolution evolution = changes.carryOut(policy, create);
                tables.put(wanted.table(), changes.live());
                return evolution;
            });
        } catch (SQLException e) {
            throw SqlErrors.translate("Table " + wanted.table() + " cannot be looked at or changed", e);
        }
    }

    @Override
    public Evolution plan(TableShape wanted, EvolutionPolicy policy, boolean create) {
        try {
            return session.run(open -> new TableChanges(open.connection(), wanted, types).plan(policy, create));
        } catch (SQLException e) {
            throw SqlErrors.translate("Table " + wanted.table() + " cannot be looked at", e);
        }
    }

    @Override
    public Optional<Operations> operations() {
        return Optional.of(operations);
    }

    @Override
    public Optional<Generations> generations() {
        return Optional.of(copies);
    }

    @Override
    public Optional<Views> views() {
        return Optional.of(this::show);
    }

    private List<String> show(Views.LogView view) {
        String doing = "The view " + view.view() + " of the log " + view.log() + " cannot be made";
        try {
            return session.run(open -> {
                LiveTable log = Catalog.find(open.connection(), view.log())
                        .orElseThrow(() -> new SQLException("Catalog Error: the log is gone"));
                String create = LogViewSql.create(log, view);
                try (Statement statement = open.connection().createStatement()) {
                    statement.execute(create);
                }
                return List.of(create);
            });
        } catch (SQLException e) {
            throw SqlErrors.translate(doing, e);
        }
    }

    @Override
    public Staged stage(Batch batch) {
        try {
            return new Staged(batch, session.run(open -> open.staging().load(batch)));
        } catch (SQLException e) {
            throw SqlErrors.translate("Table " + batch.table() + " cannot be staged", e);
        }
    }

    @Override
    public Outcome apply(List<Staged> staged, List<Advance> advances) {
        try {
            return session.run(open -> {
                Apply apply = new Apply(open.connection(), commits, table -> live(open, table));
                Outcome outcome = apply.commit(staged, advances);
                open.staging().clear();
                return outcome;
            });
        } catch (SQLException e) {
            return afterError(staged, advances, e);
        }
    }

    private Outcome afterError(List<Staged> staged, List<Advance> advances, SQLException e) {
        if (SqlErrors.isConflict(e)) {
            if (ledger.stands(advances)) {
                // Somebody else is changing the rows or the table, or is about to commit the same.
                throw new Locked("A flush collides with another transaction: " + e.getMessage(), e);
            }
            return new Outcome.Fenced();
        }
        if (SqlErrors.isData(e)) {
            try {
                return culprits(staged, e);
            } catch (SQLException next) {
                throw SqlErrors.translate("The rows that DuckDB refuses cannot be found", next);
            }
        }
        if (SqlErrors.isChanged(e) && !staged.isEmpty()) {
            tables.clear();
            return new Outcome.Changed(staged.get(0).batch().table(), String.valueOf(e.getMessage()));
        }
        throw SqlErrors.translate("A flush cannot be applied", e);
    }

    private Outcome culprits(List<Staged> staged, SQLException error) throws SQLException {
        List<Outcome.Bad> found = new Culprits<>(this::refusal).find(staged);
        if (found.isEmpty()) {
            throw new DataException("The rows of one flush cannot be applied together, though each can alone: "
                    + SqlErrors.withoutValues(error)
                    + ". Take unique constraints off the mirrored table");
        }
        return new Outcome.Rejected(found);
    }

    private @Nullable String refusal(Batch rows) throws SQLException {
        try {
            session.run(open -> {
                Apply apply = new Apply(open.connection(), commits, table -> live(open, table));
                apply.tryOut(new Staged(rows, open.staging().load(rows)));
                try (Statement statement = open.connection().createStatement()) {
                    return statement.execute("ROLLBACK");
                }
            });
            return null;
        } catch (SQLException e) {
            if (SqlErrors.isData(e)) {
                return SqlErrors.withoutValues(e);
            }
            throw e;
        }
    }

    private Optional<LiveTable> live(Session.Open open, TableId table) {
        LiveTable known = tables.get(table);
        if (known != null) {
            return Optional.of(known);
        }
        try {
            Optional<LiveTable> found = Catalog.find(open.connection(), table);
            found.ifPresent(live -> tables.put(table, live));
            return found;
        } catch (SQLException e) {
            throw new RetriableException("Table " + table + " cannot be looked at: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}

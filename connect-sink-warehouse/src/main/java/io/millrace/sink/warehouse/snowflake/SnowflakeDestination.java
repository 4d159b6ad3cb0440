package io.millrace.sink.warehouse.snowflake;

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
import io.millrace.sink.destination.Operations;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.destination.Views;
import io.millrace.sink.sql.Culprits;
import io.millrace.sink.warehouse.WarehouseSinkConfig;
import io.millrace.sink.warehouse.copies.CopyLog;
import io.millrace.sink.warehouse.copies.WholeCopies;
import io.millrace.sink.warehouse.snowflake.encode.Mappings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Tables of one database of a Snowflake account. Rows are staged in temporary tables of the task's one session; one
 * transaction then holds the ledger and a MERGE for each table.
 */
final class SnowflakeDestination implements Destination {
    private final SnowflakeSettings settings;
    private final Session session;
    private final LedgerTable ledger;
    private final Mappings types;
    private final WholeCopies copies;
    private final TableOperations operations;
    private final Owners owners;
    private final Map<TableId, LiveTable> tables = new HashMap<>();

    SnowflakeDestination(
            SnowflakeSettings settings,
            Session session,
            LedgerTable ledger,
            Mappings types,
            Overwriting overwriting,
            TableOperations operations) {
        this.settings = settings;
        this.session = session;
        this.ledger = ledger;
        this.types = types;
        this.operations = operations;
        owners = new Owners(settings.place());
        copies = new WholeCopies(
                new CopyTables(
                        overwriting.tables(),
                        settings.place(),
                        ledger.statements(),
                        overwriting.whole(),
                        overwriting.syncedAt(),
                        new Known()),
                overwriting.log());
    }

    /** How whole copies replace a table; see {@link CopyTables}. */
    record Overwriting(OwnTables tables, CopyLog log, boolean whole, @Nullable String syncedAt) {}

    static Capabilities capabilities(Place place) {
        return new Capabilities(EnumSet.allOf(Capabilities.Mode.class), Place.MAX_BYTES, !place.upper());
    }

    @Override
    public Capabilities capabilities() {
        return capabilities(settings.place());
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
        if (!partitions.isEmpty()) {
            removeFiles();
        }
        claims.keySet().forEach(feed -> owners.know(feed.table()));
        return claims;
    }

    /**
     * Those of a task that was killed. One that is alive still loses its own, and stages again; its partitions are claimed
     * before, so that it can move them no more.
     */
    private void removeFiles() {
        if (settings.avro()) {
            run("Files cannot be removed from the stage of " + WarehouseSinkConfig.STAGING_LOCATION, open -> {
                Statements.query(open.connection(), "REMOVE " + Sql.text(settings.stage()), row -> row.getString(1));
                return true;
            });
        }
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
        owners.take(wanted.table());
        return run("Table " + wanted.table() + " cannot be looked at or changed", open -> {
            TableChanges changes = new TableChanges(open.connection(), settings, wanted, types);
            Evolution evolution = changes.carryOut(policy, create);
            tables.put(wanted.table(), changes.live());
            return evolution;
        });
    }

    @Override
    public Evolution plan(TableShape wanted, EvolutionPolicy policy, boolean create) {
        owners.take(wanted.table());
        return run(
                "Table " + wanted.table() + " cannot be looked at",
                open -> new TableChanges(open.connection(), settings, wanted, types).planned(policy, create));
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
        return run("The view " + view.view() + " of the log " + view.log() + " cannot be made", open -> {
            LiveTable log = find(open.connection(), view.log())
                    .orElseThrow(() -> new SQLException("The log is gone", "02000", SqlErrors.NO_OBJECT));
            String create = LogViewSql.create(log, view, settings.place());
            Statements.execute(open.connection(), create);
            return List.of(create);
        });
    }

    @Override
    public Staged stage(Batch batch) {
        return run(
                "Table " + batch.table() + " cannot be staged",
                open -> new Staged(batch, open.staging().load(batch)));
    }

    @Override
    public Outcome apply(List<Staged> staged, List<Advance> advances) {
        try {
            Outcome outcome = session.run(open -> apply(open).commit(staged, advances));
            session.run(open -> {
                open.staging().clear();
                return true;
            });
            return outcome;
        } catch (SQLException e) {
            return afterError(staged, e);
        }
    }

    private Apply apply(Session.Open open) {
        return new Apply(open, ledger.statements(), settings.place(), this::find);
    }

    private Outcome afterError(List<Staged> staged, SQLException e) {
        if (SqlErrors.isData(e)) {
            try {
                return culprits(staged, e);
            } catch (SQLException next) {
                throw SqlErrors.translate("The rows that Snowflake refuses cannot be found", next);
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
                    + SqlErrors.withoutValues(error));
        }
        return new Outcome.Rejected(found);
    }

    private @Nullable String refusal(Batch rows) throws SQLException {
        try {
            session.run(open -> {
                apply(open).tryOut(new Staged(rows, open.staging().load(rows)));
                return true;
            });
            return null;
        } catch (SQLException e) {
            if (SqlErrors.isData(e)) {
                return SqlErrors.withoutValues(e);
            }
            throw e;
        }
    }

    private Optional<LiveTable> find(Connection connection, TableId table) throws SQLException {
        LiveTable known = tables.get(table);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<LiveTable> found = Catalog.find(connection, settings.place().sql(table));
        found.ifPresent(live -> tables.put(table, live));
        return found;
    }

    /** Work that may be done again. */
    private <T> T run(String doing, Session.Work<T> work) {
        try {
            return session.repeat(work);
        } catch (SQLException e) {
            throw SqlErrors.translate(doing, e);
        }
    }

    @Override
    public void close() {
        session.close();
    }

    /** What whole copies need of this. */
    private final class Known implements CopyTables.Tables {
        @Override
        public Evolution evolve(TableShape wanted, EvolutionPolicy policy, boolean create) {
            return SnowflakeDestination.this.evolve(wanted, policy, create);
        }

        @Override
        public void forget(TableId table) {
            tables.remove(table);
        }
    }
}

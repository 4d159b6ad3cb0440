package io.millrace.sink.pg;

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
import io.millrace.sink.pg.encode.Encodings;
import io.millrace.sink.sql.Culprits;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Postgres, 14 and later. Rows are staged in temporary tables by COPY BINARY; one message then carries
 * {@code BEGIN; fence; deletes; patches; upserts; ledger; COMMIT}.
 */
final class PostgresDestination implements Destination {
    static final Capabilities CAPABILITIES =
            new Capabilities(EnumSet.allOf(Capabilities.Mode.class), Sql.MAX_NAME_BYTES);

    private final Session session;
    private final LedgerTable ledger;
    private final Map<TableId, LiveTable> tables = new HashMap<>();
    private final Replacements replacements;
    private final boolean makeTypes;
    private final boolean makeIndexes;
    private final Set<TableId> planned = new HashSet<>();

    /** {@code makeTypes}: extension types and enums that the target lacks are made; {@code makeIndexes}: tables get the source's. */
    PostgresDestination(
            ConnectionSettings settings,
            Ledger ledger,
            String freshnessView,
            OverwriteSettings overwrite,
            boolean makeTypes,
            boolean makeIndexes) {
        this.makeIndexes = makeIndexes;
        this.makeTypes = makeTypes;
        session = new Session(settings);
        this.ledger = new LedgerTable(session, ledger, freshnessView);
        replacements = new Replacements(
                session,
                new GenerationLog(overwrite.table(), ledger),
                overwrite,
                this.ledger::predecessors,
                this::evolve);
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Encoding encoding(SourceColumn column) {
        return Encodings.of(column);
    }

    @Override
    public Map<Feed, Claim> claim(Set<TopicPartition> partitions) {
        tables.clear();
        return ledger.claim(partitions);
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
            TableChanges changes = changes(wanted, ledger::targets);
            Evolution evolution = changes.carryOut(policy, create);
            tables.put(wanted.table(), changes.live());
            return evolution;
        } catch (SQLException e) {
            throw session.failed("Table " + wanted.table() + " cannot be looked at or changed", e);
        }
    }

    @Override
    public Evolution plan(TableShape wanted, EvolutionPolicy policy, boolean create) {
        try {
            planned.add(wanted.table());
            return changes(wanted, () -> planned).plan(policy, create);
        } catch (SQLException e) {
            throw session.failed("Table " + wanted.table() + " cannot be looked at", e);
        }
    }

    private TableChanges changes(TableShape wanted, Supplier<Set<TableId>> mirrored) {
        TableChanges changes = new TableChanges(session.open().connection(), wanted, makeTypes, makeIndexes);
        if (!session.isReplica()) {
            changes.refuseTies(mirrored);
        }
        return changes;
    }

    @Override
    public Optional<Generations> generations() {
        return Optional.of(replacements);
    }

    @Override
    public Optional<Operations> operations() {
        return Optional.of(new TableOperations(session, ledger));
    }

    @Override
    public void hurry(boolean hurried) {
        session.hurry(hurried);
    }

    @Override
    public Staged stage(Batch batch) throws RefusedRow {
        try {
            return new Staged(batch, session.open().staging().load(batch));
        } catch (SQLException e) {
            int row = SqlErrors.isData(e) ? SqlErrors.copyRow(e) : -1;
            if (row >= 0 && row < batch.rows().count()) {
                throw new RefusedRow(new Outcome.Bad(
                        batch.table(), row, "Table " + batch.table() + ": " + SqlErrors.withoutValues(e)));
            }
            throw session.failed("Table " + batch.table() + " cannot be staged", e);
        }
    }

    @Override
    public Outcome apply(List<Staged> staged, List<Advance> advances) {
        Session.Open open = session.open();
        Apply apply = new Apply(open.connection(), ledger.statements(), this::live);
        try {
            Outcome outcome = apply.commit(staged, advances);
            open.staging().taken(staged.stream().map(Staged::handle).collect(Collectors.toSet()));
            return outcome;
        } catch (SQLException e) {
            session.rollback();
            return afterError(apply, staged, e);
        }
    }

    private Outcome afterError(Apply apply, List<Staged> staged, SQLException e) {
        if (SqlErrors.isRaised(e, Ledger.FENCED)) {
            return new Outcome.Fenced();
        }
        try {
            if (SqlErrors.isRaised(e, ApplySql.ABSENT)) {
                return new Outcome.Rejected(apply.absent(staged));
            }
            if (SqlErrors.isData(e)) {
                return culprits(staged, e);
            }
        } catch (SQLException next) {
            throw session.failed("The rows that Postgres refuses cannot be found", next);
        }
        if (SqlErrors.isChanged(e) && !staged.isEmpty()) {
            // The server does not say which of the tables; all of them are looked at again.
            tables.clear();
            session.drop();
            return new Outcome.Changed(staged.get(0).batch().table(), String.valueOf(e.getMessage()));
        }
        throw session.failed("A flush cannot be applied", e);
    }

    private Outcome culprits(List<Staged> staged, SQLException error) throws SQLException {
        List<Outcome.Bad> found = new Culprits<>(this::refusal).find(staged);
        if (found.isEmpty()) {
            throw new DataException(
                    "The rows of one flush cannot be applied together, though each can alone: "
                            + SqlErrors.withoutValues(error)
                            + ". A unique constraint beside the key has to be DEFERRABLE INITIALLY DEFERRED, and foreign keys between mirrored tables have to go");
        }
        return new Outcome.Rejected(found);
    }

    private @Nullable String refusal(Batch rows) throws SQLException {
        Session.Open open = session.open();
        Staged staged = new Staged(rows, open.staging().load(rows));
        SQLException error = new Apply(open.connection(), ledger.statements(), this::live).tryOut(staged);
        return error == null ? null : SqlErrors.withoutValues(error);
    }

    @Override
    public void close() {
        session.close();
    }

    private LiveTable live(TableId table) {
        LiveTable known = tables.get(table);
        if (known != null) {
            return known;
        }
        try {
            Optional<LiveTable> found = Catalog.find(session.open().connection(), table);
            if (found.isEmpty()) {
                throw new ConnectException("Table " + table + " is gone");
            }
            tables.put(table, found.orElseThrow());
            return found.orElseThrow();
        } catch (SQLException e) {
            throw session.failed("Table " + table + " cannot be looked at", e);
        }
    }
}

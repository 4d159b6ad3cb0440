package io.millrace.sink;

import io.millrace.core.Manifest;
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
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.destination.Views;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the destination what it would do to the tables, and only counts what would be written to them. */
final class DryRun implements Destination {
    private static final Logger LOG = LoggerFactory.getLogger(DryRun.class);

    private final Destination target;

    DryRun(Destination target) {
        this.target = target;
    }

    @Override
    public Capabilities capabilities() {
        return target.capabilities();
    }

    @Override
    public long flushIntervalMillis() {
        return target.flushIntervalMillis();
    }

    @Override
    public Map<String, Set<TableId>> namedTables() {
        return target.namedTables();
    }

    @Override
    public Encoding encoding(SourceColumn column) {
        return target.encoding(column);
    }

    @Override
    public Map<Feed, Claim> claim(Set<TopicPartition> partitions) {
        return Map.of();
    }

    @Override
    public Map<Feed, Claim> begin(Map<Feed, Long> first) {
        Map<Feed, Claim> begun = new HashMap<>();
        first.forEach((feed, next) -> begun.put(feed, new Claim(next, 1, null)));
        return begun;
    }

    @Override
    public Set<TopicPartition> partitions(String topic) {
        return Set.of();
    }

    @Override
    public void rewind(Map<TopicPartition, OptionalLong> next) {
        throw new UnsupportedOperationException("A dry run moves no offsets");
    }

    @Override
    public Evolution evolve(TableShape wanted, EvolutionPolicy policy, boolean create) {
        Evolution plan = target.plan(wanted, policy, create);
        plan.ddl().forEach(statement -> LOG.info("Dry run, table {}: would run {}", wanted.table(), statement));
        plan.doubts()
                .forEach(
                        (column, doubt) -> LOG.warn("Dry run, table {}, column {}: {}", wanted.table(), column, doubt));
        // What the caller logs as done was not.
        return new Evolution(List.of(), plan.ignored());
    }

    @Override
    public Optional<Generations> generations() {
        return target.generations().map(real -> new Copies());
    }

    /** Whole copies: rows are counted, and nothing is replaced. */
    private final class Copies implements Generations {
        @Override
        public boolean open(Generation generation, TableShape wanted, EvolutionPolicy policy, boolean create) {
            evolve(wanted, policy, create);
            return true;
        }

        @Override
        public boolean tell(Generation generation, Manifest manifest) {
            LOG.info("Dry run, table {}: {} of copy {}", generation.target(), manifest.kind(), generation.id());
            return true;
        }

        @Override
        public Replaced replace(Set<TableId> except) {
            return new Replaced(List.of(), false);
        }
    }

    @Override
    public Optional<Views> views() {
        return target.views().map(real -> view -> {
            LOG.info("Dry run, view {}: would show the rows of {}", view.view(), view.log());
            // What the caller logs as done was not.
            return List.of();
        });
    }

    @Override
    public Staged stage(Batch batch) {
        return new Staged(batch, "");
    }

    @Override
    public Outcome apply(List<Staged> staged, List<Advance> advances) {
        Outcome.Applied sum = new Outcome.Applied(0, 0, 0, 0);
        for (Staged each : staged) {
            Batch.Counts counts = each.batch().counts();
            LOG.info(
                    "Dry run, table {}: would {}write {} rows, change {} in part and delete or flag {}",
                    each.batch().table(),
                    each.batch().truncateFirst() ? "truncate it, " : "",
                    counts.upserts(),
                    counts.patches(),
                    counts.deletes() + counts.flags());
            sum = sum.plus(
                    new Outcome.Applied(counts.upserts(), counts.patches(), counts.deletes() + counts.flags(), 0));
        }
        return sum;
    }

    @Override
    public void close() {
        target.close();
    }
}

package io.millrace.sink.warehouse.copies;

import io.millrace.core.Manifest;
import io.millrace.sink.copies.DueCopies;
import io.millrace.sink.copies.GivenUp;
import io.millrace.sink.copies.Told;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.route.Router;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole copies in a warehouse with transactions. The rows of each lie in a table beside the target, whose description names
 * its key, and replace the target's in one transaction; the table is dropped behind it, since DDL is not part of one.
 */
public final class WholeCopies implements Generations {
    private static final Logger LOG = LoggerFactory.getLogger(WholeCopies.class);
    private static final Set<String> OVER = Set.of("done", "superseded", CopyLog.ABORTED);

    private final CopyStore store;
    private final CopyLog log;
    private final DueCopies copies = new DueCopies();
    private final Map<TableId, TableId> targets = new ConcurrentHashMap<>();

    /** As the log has it; {@code millis} since it has this state. */
    private record Known(DueCopies.Due due, long millis) {}

    public WholeCopies(CopyStore store, CopyLog log) {
        this.store = store;
        this.log = log;
    }

    /** The target of a table that a copy is gathered in; null for other tables. For any thread. */
    public @Nullable TableId target(TableId gathered) {
        return targets.get(gathered);
    }

    @Override
    public boolean open(Generation generation, TableShape wanted, EvolutionPolicy policy, boolean create) {
        String doing = "A copy of table " + generation.target() + " cannot be gathered";
        targets.put(generation.staging(), generation.target());
        if (OVER.contains(state(doing, generation))) {
            return false;
        }
        store.evolve(wanted, policy, create)
                .ddl()
                .forEach(statement -> LOG.info("Table {}: {}", generation.target(), statement));
        store.evolve(
                new TableShape(generation.staging(), wanted.columns(), wanted.key(), wanted.bookkeeping()),
                EvolutionPolicy.ADD_AND_WIDEN,
                true);
        String key = wanted.key().isEmpty() ? "" : new TableId(wanted.key()).toString();
        store.run(doing, List.of(store.describe(generation.staging(), key)));
        return true;
    }

    @Override
    public boolean tell(Generation generation, Manifest manifest) {
        String doing = "The manifest of table " + generation.target() + " cannot be written";
        boolean known = !state(doing, generation).isEmpty();
        store.transact(doing, log.tell(generation, manifest));
        return known || !state(doing, generation).equals("superseded");
    }

    @Override
    public Replaced replace(Set<TableId> except) {
        store.tidy();
        return copies.run(known().stream().map(Known::due).toList(), due -> carryOut(due, except), this::known);
    }

    @Override
    public List<Awaited> awaited() {
        List<Awaited> awaited = new ArrayList<>();
        for (Known each : known()) {
            if (!each.due.state().equals(CopyLog.ENDED)) {
                continue;
            }
            Generation generation = each.due.generation();
            String doing = "What a copy of table " + generation.target() + " waits for cannot be looked up";
            List<Missing> missing = missing(doing, generation, told(doing, generation));
            if (!missing.isEmpty()) {
                awaited.add(new Awaited(generation.target(), generation.id(), each.millis, missing));
            }
        }
        return awaited;
    }

    private List<Known> known() {
        List<Known> known = new ArrayList<>();
        for (List<String> row : store.rows("Generations cannot be looked up", log.due())) {
            TableId target = new TableId(Router.split(row.get(0)));
            known.add(new Known(
                    new DueCopies.Due(Generation.of(target, row.get(1)), row.get(2)),
                    Long.parseLong(row.get(3)) / 1000));
        }
        return known;
    }

    private boolean carryOut(DueCopies.Due due, Set<TableId> except) {
        Generation generation = due.generation();
        String doing = "Table " + generation.target() + " cannot be replaced by its new copy";
        if (!due.state().equals(CopyLog.ENDED)) {
            clear(doing, generation);
            return false;
        }
        try {
            if (except.contains(generation.target()) || !replace(doing, generation)) {
                return false;
            }
        } catch (RetriableException e) {
            throw e;
        } catch (ConnectException e) {
            if (!state(doing, generation).equals(CopyLog.ENDED)) {
                // Another task has been first, and has dropped what this one was reading.
                return false;
            }
            throw e;
        }
        clear(doing, generation);
        return true;
    }

    private void clear(String doing, Generation generation) {
        store.run(
                doing,
                List.of(
                        "DROP TABLE IF EXISTS " + store.name(generation.staging()),
                        log.forgetOffsets(generation),
                        log.cleared(generation)));
        targets.remove(generation.staging());
        store.forget(generation.staging());
    }

    /** Whether this task was the one to do it. */
    private boolean replace(String doing, Generation generation) {
        Told told = told(doing, generation);
        if (!missing(doing, generation, told).isEmpty()) {
            return false;
        }
        CopyStore.Look look = store.look(doing, generation);
        if (look.staged() && !look.keyed() && told.rows() >= 0) {
            long found = count(doing, generation);
            if (told.isDoubled(found)) {
                if (giveUp(doing, generation)) {
                    GivenUp.doubled(generation, found + " rows instead of " + told.rows());
                }
                return false;
            }
        }
        if (look.live() && !look.staged() && !told.last().isEmpty()) {
            if (giveUp(doing, generation)) {
                GivenUp.lost(generation);
            }
            return false;
        }
        List<String> replacing = look.replacing();
        if (look.live() && !look.staged()) {
            // A copy without rows.
            replacing = List.of("DELETE FROM " + store.name(generation.target()) + " WHERE TRUE");
        }
        return store.transact(doing, log.done(generation), replacing);
    }

    private List<Missing> missing(String doing, Generation generation, Told told) {
        return told.last().isEmpty() ? List.of() : told.missing(store.positions(doing, generation.target()));
    }

    private Told told(String doing, Generation generation) {
        Map<TopicPartition, Long> last = new HashMap<>();
        long rows = -1;
        for (List<String> row : store.rows(doing, log.told(generation))) {
            long value = Long.parseLong(row.get(2));
            if (CopyLog.isNumber(row.get(0))) {
                rows = value;
            } else {
                last.put(new TopicPartition(row.get(0), Integer.parseInt(row.get(1))), value);
            }
        }
        return new Told(last, rows);
    }

    private long count(String doing, Generation generation) {
        String count = "SELECT COUNT(*) AS c FROM " + store.name(generation.staging());
        return Long.parseLong(store.rows(doing, count).get(0).get(0));
    }

    /** Not when another task has put it in place meanwhile. */
    private boolean giveUp(String doing, Generation generation) {
        store.run(doing, List.of(log.giveUp(generation)));
        return state(doing, generation).equals(CopyLog.ABORTED);
    }

    /** Empty for a generation that is not known. */
    private String state(String doing, Generation generation) {
        List<List<String>> state = store.rows(doing, log.state(generation));
        return state.isEmpty() ? "" : state.get(0).get(0);
    }
}

package io.millrace.sink.destination;

import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A target in memory without transactions: each step of an apply is durable by itself, and may be the last. */
public final class StepwiseDestination extends MemoryDestination {
    public static final Capabilities CAPABILITIES =
            new Capabilities(MemoryDestination.CAPABILITIES.modes(), 255, true, Capabilities.Atomicity.INTENT);

    private final Server server;
    private final String ledgerId;

    /** What several destinations share beside the database. */
    public static final class Server {
        public final Database database = new Database();
        private final Map<String, Integer> begun = new HashMap<>();
        private final Set<Integer> written = new HashSet<>();
        private int ranges;
        private Runnable beforeEach = () -> {};

        /** Runs this before each step from now on; what it throws is the end of the apply. */
        public void beforeEach(Runnable action) {
            beforeEach = action;
        }
    }

    public StepwiseDestination(Server server, String ledgerId) {
        super(server.database, ledgerId);
        this.server = server;
        this.ledgerId = ledgerId;
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Outcome apply(List<Staged> batches, List<Advance> advances) {
        List<Batch> all = batches.stream().map(Staged::batch).toList();
        Map<Batch, Advance> ranges = new IdentityHashMap<>();
        for (Batch batch : all) {
            for (Advance advance : advances) {
                if (advance.feed()
                        .equals(new Feed(
                                batch.table(),
                                Objects.requireNonNull(batch.rows().partition())))) {
                    ranges.put(batch, advance);
                }
            }
        }
        synchronized (database) {
            if (!advances.stream().allMatch(this::isNext)) {
                return new Outcome.Fenced();
            }
            Writing trial = write(all);
            if (!trial.bad.isEmpty()) {
                return new Outcome.Rejected(trial.bad);
            }
        }
        for (Advance advance : ranges.values()) {
            if (!begin(advance)) {
                return new Outcome.Fenced();
            }
        }
        Outcome.Applied applied = new Outcome.Applied(0, 0, 0, 0);
        for (Batch batch : all) {
            applied = applied.plus(insert(batch, Objects.requireNonNull(ranges.get(batch))));
        }
        for (Advance advance : advances) {
            if (!end(advance)) {
                return new Outcome.Fenced();
            }
        }
        return applied;
    }

    private boolean begin(Advance advance) {
        server.beforeEach.run();
        synchronized (database) {
            if (!isNext(advance)) {
                return false;
            }
            Claim claim = Objects.requireNonNull(ledger.get(advance.feed()));
            if (claim.intent() < 0) {
                ledger.put(advance.feed(), new Claim(claim.next(), claim.epoch(), claim.last(), advance.to()));
                server.begun.put(name(advance.feed()), ++server.ranges);
            }
            return true;
        }
    }

    /** Once for each range, whoever asks for it. */
    private Outcome.Applied insert(Batch batch, Advance range) {
        server.beforeEach.run();
        synchronized (database) {
            if (!server.written.add(server.begun.get(name(range.feed())))) {
                return new Outcome.Applied(0, 0, 0, 0);
            }
            Writing writing = write(List.of(batch));
            writing.keep();
            return writing.applied();
        }
    }

    private boolean end(Advance advance) {
        server.beforeEach.run();
        synchronized (database) {
            boolean next = isNext(advance);
            if (next) {
                ledger.put(advance.feed(), new Claim(advance.to(), advance.epoch(), advance.last()));
            }
            return next;
        }
    }

    private String name(Feed feed) {
        return ledgerId + "/" + feed;
    }
}

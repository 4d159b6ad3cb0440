package io.millrace.quickstart;

import io.millrace.quickstart.database.Relation;
import io.millrace.quickstart.proof.Comparison;
import io.millrace.quickstart.proof.Proof;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares until all tables are equal, or until nothing has moved any more for a while and some still are not. */
final class Verification {
    private static final long PATIENCE_NANOS = 45_000_000_000L;

    private final Comparison proof;
    private final Mirror mirror;
    private final CopyProgress progress;

    Verification(Comparison proof, Mirror mirror, CopyProgress progress) {
        this.proof = proof;
        this.mirror = mirror;
        this.progress = progress;
    }

    List<Proof.Result> run(List<Relation> tables) throws InterruptedException {
        Map<Relation, Proof.Result> results = new LinkedHashMap<>();
        List<Relation> open = tables;
        long position = -1;
        long lastMove = System.nanoTime();
        while (true) {
            for (Proof.Result result : proof.compare(open)) {
                results.put(result.table(), result);
            }
            open = results.values().stream()
                    .filter(result -> !result.equal())
                    .map(Proof.Result::table)
                    .toList();
            long now = position(tables);
            if (now != position) {
                position = now;
                lastMove = System.nanoTime();
            }
            if (open.isEmpty() || System.nanoTime() - lastMove > PATIENCE_NANOS) {
                return new ArrayList<>(results.values());
            }
            mirror.check();
            Thread.sleep(1_000);
        }
    }

    private long position(List<Relation> tables) throws InterruptedException {
        return progress.read(tables.stream().map(mirror::topic).toList()).values().stream()
                .mapToLong(count -> count.inKafka() + count.inTarget())
                .sum();
    }
}

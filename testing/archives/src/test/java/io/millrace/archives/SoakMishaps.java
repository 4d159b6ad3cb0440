package io.millrace.archives;

import io.millrace.testing.FaultyProxy;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.WorkerProcess;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** What goes wrong in a soak, one thing after the other by chance. Used by one thread. */
final class SoakMishaps {
    private final PostgresServer source;
    private final PostgresServer target;
    private final FaultyProxy toSource;
    private final FaultyProxy toTarget;
    private final WorkerProcess steady;
    private final WorkerProcess victim;
    private final Random random;
    private final Map<String, Integer> happened = new TreeMap<>();
    private int columns;
    private int tables;

    /** @param steady a worker that is never killed, whose memory is watched */
    SoakMishaps(
            PostgresServer source,
            PostgresServer target,
            FaultyProxy toSource,
            FaultyProxy toTarget,
            WorkerProcess steady,
            WorkerProcess victim,
            long seed) {
        this.source = source;
        this.target = target;
        this.toSource = toSource;
        this.toTarget = toTarget;
        this.steady = steady;
        this.victim = victim;
        this.random = new Random(seed);
    }

    /** How often each has been. */
    Map<String, Integer> happened() {
        return happened;
    }

    void next() throws InterruptedException {
        switch (random.nextInt(12)) {
            case 0 -> {
                count("worker killed");
                victim.kill();
                Thread.sleep(random.nextInt(8000));
                victim.start();
            }
            case 1 -> {
                count("worker stopped");
                victim.stop();
                Thread.sleep(random.nextInt(4000));
                victim.start();
            }
            case 2 -> {
                count("worker frozen");
                victim.pause();
                Thread.sleep(8000 + random.nextInt(4000));
                victim.resume();
            }
            case 3 -> {
                count("source killed");
                source.kill();
                source.restart();
            }
            case 4 -> {
                count("source restarted");
                source.restart();
            }
            case 5 -> {
                count("target killed");
                target.kill();
                target.restart();
            }
            case 6 -> {
                count("source frozen");
                source.pause();
                Thread.sleep(2000 + random.nextInt(4000));
                source.resume();
            }
            case 7 -> {
                count("connections to the source cut");
                for (int i = 0; i < 5; i++) {
                    toSource.cutWithin(200_000, random.nextLong());
                    Thread.sleep(500);
                }
            }
            case 8 -> {
                count("connections to the target cut");
                for (int i = 0; i < 5; i++) {
                    toTarget.cutWithin(200_000, random.nextLong());
                    Thread.sleep(500);
                }
            }
            case 9 -> {
                count("connectors restarted");
                steady.rest().restart(random.nextBoolean() ? "soak-source" : "soak-sink");
            }
            default -> {
                try {
                    ddl();
                } catch (IllegalStateException e) {
                    // A deadlock with the writers: the server has undone it.
                    count("DDL refused");
                }
            }
        }
    }

    private void ddl() {
        String table = SoakLoad.TABLES.get(random.nextInt(SoakLoad.TABLES.size()));
        if (random.nextInt(4) == 0 && tables < 5) {
            count("table added");
            tables++;
            source.execute(
                    "CREATE TABLE soak.more" + tables + " (id int4 PRIMARY KEY, v text)",
                    "INSERT INTO soak.more" + tables + " SELECT i, 'before' FROM generate_series(1, 2000) i");
            steady.rest().restart("soak-source");
        } else if (columns < 40) {
            count("column added");
            columns++;
            source.execute(
                    "ALTER TABLE " + table + " ADD COLUMN c" + columns + " " + (random.nextBoolean() ? "text" : "int4"),
                    "UPDATE " + table + " SET c" + columns + " = '7' WHERE ctid IN (SELECT ctid FROM " + table
                            + " LIMIT 50)");
        }
    }

    private void count(String what) {
        happened.merge(what, 1, Integer::sum);
    }

    /** How long nothing happens then. */
    Duration pause() {
        return Duration.ofMillis(4000 + random.nextInt(12_000));
    }
}

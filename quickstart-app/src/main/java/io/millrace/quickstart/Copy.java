package io.millrace.quickstart;

import io.millrace.quickstart.database.MirroredTable;
import io.millrace.quickstart.screen.Figures;
import io.millrace.quickstart.screen.Screen;
import io.millrace.quickstart.screen.TableBar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Shows the initial copy until every table's rows are in the target. */
final class Copy {
    private static final long TICK_MILLIS = 250;
    private static final long STALLED_NANOS = 180_000_000_000L;

    private final Mirror mirror;
    private final CopyProgress progress;
    private final Screen screen;
    private final Killer killer;
    private final long began = System.nanoTime();
    private final Map<MirroredTable, Duration> finished = new HashMap<>();
    private long lastSum;
    private long lastMove = began;

    Copy(Mirror mirror, CopyProgress progress, Screen screen, Killer killer) {
        this.mirror = mirror;
        this.progress = progress;
        this.screen = screen;
        this.killer = killer;
    }

    /** Returns the tables. */
    List<MirroredTable> watch() throws InterruptedException {
        List<MirroredTable> tables = awaitTables();
        int width = tables.stream()
                .mapToInt(table -> table.relation().toString().length())
                .max()
                .orElse(0);
        for (int tick = 1; ; tick++) {
            List<TableBar> bars = bars(tables);
            boolean done = bars.stream().allMatch(TableBar::done);
            List<String> lines = new ArrayList<>();
            bars.forEach(bar -> lines.add(bar.text(width)));
            lines.add(summary(bars));
            screen.block(lines, done);
            if (done) {
                return tables;
            }
            // Three of five kills during the copy, the others in the stream.
            killer.strike((killer.wanted() * 3 + 4) / 5);
            if (!killer.disturbs() && tick % 8 == 0) {
                mirror.check();
            }
            failIfStalled(bars);
            Thread.sleep(TICK_MILLIS);
        }
    }

    private List<MirroredTable> awaitTables() throws InterruptedException {
        List<MirroredTable> tables = mirror.tables();
        while (tables.isEmpty()) {
            if (!killer.disturbs()) {
                mirror.check();
            }
            if (System.nanoTime() - began > STALLED_NANOS) {
                throw new QuickstartException("The source connector has made no publication in three minutes");
            }
            Thread.sleep(TICK_MILLIS);
            tables = mirror.tables();
        }
        return tables;
    }

    private List<TableBar> bars(List<MirroredTable> tables) throws InterruptedException {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
        var counts = progress.read(
                tables.stream().map(table -> mirror.topic(table.relation())).toList());
        List<TableBar> bars = new ArrayList<>();
        for (MirroredTable table : tables) {
            var count = counts.getOrDefault(mirror.topic(table.relation()), new CopyProgress.Counts(0, 0));
            boolean done = count.inTarget() >= table.rows();
            Duration time = done ? finished.computeIfAbsent(table, now -> elapsed) : elapsed;
            bars.add(new TableBar(
                    table.relation().toString(),
                    table.rows(),
                    count.inKafka(),
                    count.inTarget(),
                    table.bytesPerRow(),
                    time));
        }
        return bars;
    }

    private String summary(List<TableBar> bars) {
        long total = 0;
        long copied = 0;
        double bytes = 0;
        for (TableBar bar : bars) {
            long shown = Math.min(bar.total(), bar.inTarget());
            total += bar.total();
            copied += shown;
            bytes += shown * bar.bytesPerRow();
        }
        double seconds = Math.max(0.001, (System.nanoTime() - began) / 1e9);
        String kills =
                killer.wanted() == 0 ? "" : "  (worker killed " + killer.done() + " of " + killer.wanted() + " times)";
        return "  " + Figures.count(copied) + " of " + Figures.count(total) + " rows, "
                + Figures.count(Math.round(copied / seconds)) + " rows/s, " + Figures.bytes(bytes / seconds) + "/s, "
                + Figures.time(Duration.ofSeconds((long) seconds)) + kills;
    }

    private void failIfStalled(List<TableBar> bars) {
        long sum =
                bars.stream().mapToLong(bar -> bar.inKafka() + bar.inTarget()).sum();
        if (sum != lastSum || killer.disturbs()) {
            lastSum = sum;
            lastMove = System.nanoTime();
        } else if (System.nanoTime() - lastMove > STALLED_NANOS) {
            throw new QuickstartException("Nothing has moved for three minutes");
        }
    }
}

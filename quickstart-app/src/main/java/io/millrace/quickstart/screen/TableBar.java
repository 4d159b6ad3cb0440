package io.millrace.quickstart.screen;

import java.time.Duration;
import java.util.Locale;

/**
 * The line of one table while it is copied.
 *
 * @param table its name
 * @param total rows to copy; an estimate may turn out too low
 * @param inKafka rows in the topic
 * @param inTarget rows committed in the target
 * @param bytesPerRow of the table in the source
 * @param elapsed since the copy began, or until this table was done
 */
public record TableBar(String table, long total, long inKafka, long inTarget, double bytesPerRow, Duration elapsed) {
    private static final int WIDTH = 24;

    public boolean done() {
        return inTarget >= total;
    }

    /** For example {@code orders [=====>---   ] 45%  168,750 of 375,000 rows  41,000 rows/s  8.1 MB/s  0:05 left}. */
    public String text(int nameWidth) {
        long shown = Math.min(inTarget, total);
        double seconds = Math.max(0.001, elapsed.toMillis() / 1e3);
        double rate = shown / seconds;
        String end = done()
                ? "done in " + Figures.time(elapsed)
                : rate > 0 ? Figures.time(Duration.ofSeconds((long) ((total - shown) / rate))) + " left" : "waiting";
        return String.format(
                Locale.ROOT,
                "  %-" + nameWidth + "s [%s] %3d%%  %10s of %10s rows  %8s rows/s  %9s/s  %s",
                table,
                bar(shown),
                total == 0 ? 100 : shown * 100 / total,
                Figures.count(shown),
                Figures.count(total),
                Figures.count(Math.round(rate)),
                Figures.bytes(rate * bytesPerRow),
                end);
    }

    /** {@code =} in the target, {@code -} in Kafka. */
    private String bar(long shown) {
        int target = part(shown);
        int kafka = Math.max(target, part(Math.min(inKafka, total)));
        return "=".repeat(target) + "-".repeat(kafka - target) + " ".repeat(WIDTH - kafka);
    }

    private int part(long rows) {
        return total == 0 ? WIDTH : (int) (rows * WIDTH / total);
    }
}

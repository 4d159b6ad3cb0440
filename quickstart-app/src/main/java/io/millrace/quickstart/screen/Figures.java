package io.millrace.quickstart.screen;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
public final class Figures {
    private Figures() {}

    /** 1,234,567. */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** 12.3 MB. */
    public static String bytes(double value) {
        if (value < 1_000) {
            return String.format(Locale.ROOT, "%.0f B", value);
        }
        if (value < 1_000_000) {
            return String.format(Locale.ROOT, "%.1f kB", value / 1e3);
        }
        return value < 1e9
                ? String.format(Locale.ROOT, "%.1f MB", value / 1e6)
                : String.format(Locale.ROOT, "%.2f GB", value / 1e9);
    }

    /** 1:05. */
    public static String time(Duration time) {
        long seconds = time.toSeconds();
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    /** 850 ms, or 1.25 s. */
    public static String delay(long nanos) {
        return nanos < 1_000_000_000 ? nanos / 1_000_000 + " ms" : String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }
}

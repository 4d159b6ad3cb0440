package io.millrace.archives;

import io.millrace.testing.PostgresServer;
import io.millrace.testing.WorkerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks every half minute at the heap of a worker after a collection, and at the WAL that the slot holds. */
final class SoakWatch {
    private static final long EVERY_NANOS = 30_000_000_000L;
    private static final Pattern USED = Pattern.compile("used (\\d+)K");
    private static final double GROWTH = 1.5;
    private static final long SLACK_KILOBYTES = 40_000;

    private final PostgresServer source;
    private final WorkerProcess worker;
    private final List<Long> heap = new ArrayList<>();
    private final List<Long> wal = new ArrayList<>();
    private long lastNanos = System.nanoTime();

    SoakWatch(PostgresServer source, WorkerProcess worker) {
        this.source = source;
        this.worker = worker;
    }

    void look() throws InterruptedException {
        if (System.nanoTime() - lastNanos < EVERY_NANOS) {
            return;
        }
        lastNanos = System.nanoTime();
        heap.add(used());
        wal.add(held() >> 20);
    }

    /** Bytes of WAL. */
    long held() {
        return Long.parseLong(
                source.queryOne("SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0)"
                        + "::int8 FROM pg_replication_slots"));
    }

    private long used() throws InterruptedException {
        jcmd("GC.run");
        Matcher used = USED.matcher(jcmd("GC.heap_info"));
        return used.find() ? Long.parseLong(used.group(1)) : 0;
    }

    private String jcmd(String command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(worker.pid()),
                            command)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return said;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Whether the heap's last third takes no more than its first, but for what a busy worker happens to hold. */
    boolean isFlat() {
        int third = heap.size() / 3;
        return third == 0
                || median(heap.subList(heap.size() - third, heap.size()))
                        <= GROWTH * median(heap.subList(0, third)) + SLACK_KILOBYTES;
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    String report() {
        return "Heap after collection, kB: " + heap + "\nWAL held by slots, MB: " + wal;
    }
}

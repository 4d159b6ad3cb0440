package io.millrace.quickstart;

import io.millrace.quickstart.screen.Figures;
import io.millrace.quickstart.screen.Screen;
import io.millrace.quickstart.shop.DelayProbe;
import io.millrace.quickstart.shop.Traffic;
import java.util.List;

/** Shows live changes and how long they take to the target. */
final class Live {
    private static final long DRAIN_NANOS = 120_000_000_000L;

    private final Mirror mirror;
    private final Screen screen;
    private final Killer killer;
    private final Traffic traffic;
    private final DelayProbe probe;

    Live(Mirror mirror, Screen screen, Killer killer, Traffic traffic, DelayProbe probe) {
        this.mirror = mirror;
        this.screen = screen;
        this.killer = killer;
        this.traffic = traffic;
        this.probe = probe;
    }

    /** Lets changes run for so long, longer when kills are still to come; then stops them and waits for the last one. */
    void run(int seconds) throws InterruptedException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < end || !killer.finished()) {
            screen.block(lines(), false);
            killer.strike(killer.wanted());
            if (!killer.disturbs()) {
                mirror.check();
            }
            Thread.sleep(500);
        }
        traffic.close();
        long drained = System.nanoTime() + DRAIN_NANOS;
        while (probe.pending() > 0) {
            screen.block(lines(), false);
            if (!killer.disturbs()) {
                mirror.check();
            }
            if (System.nanoTime() > drained) {
                throw new QuickstartException(probe.pending() + " new orders did not reach the target in two minutes");
            }
            Thread.sleep(200);
        }
        probe.close();
        screen.block(lines(), true);
    }

    private List<String> lines() {
        var delays = probe.delays();
        String kills =
                killer.wanted() == 0 ? "" : ", worker killed " + killer.done() + " of " + killer.wanted() + " times";
        return List.of("  " + Figures.count(traffic.transactions()) + " transactions, " + Figures.count(traffic.rows())
                + " rows changed" + kills
                + (delays.count() == 0
                        ? ""
                        : "; commit to target: median " + Figures.delay(delays.median()) + ", p99 "
                                + Figures.delay(delays.p99()) + ", longest " + Figures.delay(delays.max())));
    }
}

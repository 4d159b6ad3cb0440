package io.millrace.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waiting for something that a server does in its own time. */
public final class Await {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofMinutes(3);

    private Await() {}

    /** Up to three minutes: what is to happen soon may take long on a machine that does much else. */
    public static void until(String what, Callable<Boolean> condition) {
        until(what, LONG, condition, () -> "");
    }

    /** Like {@link #until}, for a condition that does a part of the work each time: asked again at once. */
    public static void driving(String what, Callable<Boolean> condition) {
        until(what, LONG, Duration.ZERO, condition, () -> "");
    }

    /** {@code detail} is added to the message of the failure: the last state, the end of a log. */
    public static void until(String what, Duration timeout, Callable<Boolean> condition, Supplier<String> detail) {
        until(what, timeout, PAUSE, condition, detail);
    }

    private static void until(
            String what, Duration timeout, Duration pause, Callable<Boolean> condition, Supplier<String> detail) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Exception last = null;
        do {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while waiting until " + what, e);
            } catch (Exception e) {
                last = e;
            }
            pause(pause);
        } while (System.nanoTime() < deadline);
        throw new AssertionError(message(what, timeout, last, detail.get()), last);
    }

    private static String message(String what, Duration timeout, @Nullable Exception last, String detail) {
        return "Waited " + timeout.toSeconds() + " s until " + what + (last == null ? "" : ": " + last.getMessage())
                + (detail.isEmpty() ? "" : "\n" + detail);
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

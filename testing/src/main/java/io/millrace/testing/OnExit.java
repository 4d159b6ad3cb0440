package io.millrace.testing;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is still to be done when the JVM ends before its owner was closed, the last first: a server is killed before the
 * folder that it was given is deleted. Hooks of their own would run all at once.
 */
final class OnExit {
    private static final Deque<Runnable> ACTIONS = new ArrayDeque<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(OnExit::run, "millrace-exit"));
    }

    private OnExit() {}

    static void add(Runnable action) {
        synchronized (ACTIONS) {
            ACTIONS.push(action);
        }
    }

    /** The same object that was added. */
    static void remove(Runnable action) {
        synchronized (ACTIONS) {
            ACTIONS.remove(action);
        }
    }

    private static void run() {
        for (Runnable action = next(); action != null; action = next()) {
            try {
                action.run();
            } catch (RuntimeException e) {
                System.err.println("Cleaning up: " + e);
            }
        }
    }

    private static @org.jspecify.annotations.Nullable Runnable next() {
        synchronized (ACTIONS) {
            return ACTIONS.poll();
        }
    }
}

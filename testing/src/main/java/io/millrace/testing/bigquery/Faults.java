package io.millrace.testing.bigquery;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests and jobs that are to go wrong, each so many times. Safe for several threads. */
public final class Faults {
    private final List<Rule> rules = new ArrayList<>();

    /**
     * What goes wrong.
     *
     * @param afterwards the work is done, and its answer is lost
     */
    record Fault(int status, String reason, boolean afterwards) {}

    private static final class Rule {
        private final String pattern;
        private final Fault fault;
        private int times;

        Rule(String pattern, Fault fault, int times) {
            this.pattern = pattern;
            this.fault = fault;
            this.times = times;
        }
    }

    /** Refuses requests: {@code pattern} matches method, a space, and path. */
    public void refuse(String pattern, int times, int status, String reason) {
        add(new Rule(pattern, new Fault(status, reason, false), times));
    }

    /** Does what requests ask for, and answers with an error. */
    public void loseAnswers(String pattern, int times, int status) {
        add(new Rule(pattern, new Fault(status, "backendError", true), times));
    }

    /** Jobs end with an error: {@code pattern} matches {@code job} or {@code load}, a space, and the id. */
    public void failJobs(String pattern, int times, String reason) {
        add(new Rule(pattern, new Fault(0, reason, false), times));
    }

    private synchronized void add(Rule rule) {
        rules.add(rule);
    }

    synchronized @Nullable Fault next(String what) {
        for (Rule rule : rules) {
            if (rule.times > 0 && what.matches(rule.pattern)) {
                rule.times--;
                return rule.fault;
            }
        }
        return null;
    }

    /** How many are still to come. */
    public synchronized int left() {
        return rules.stream().mapToInt(rule -> rule.times).sum();
    }
}

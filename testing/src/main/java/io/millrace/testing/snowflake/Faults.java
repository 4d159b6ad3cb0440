package io.millrace.testing.snowflake;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Statements that are to go wrong, each so many times. Safe for several threads. */
public final class Faults {
    private final List<Rule> rules = new ArrayList<>();

    /**
     * What goes wrong.
     *
     * @param afterwards the statement is carried out, and its answer is an error
     */
    record Fault(int code, String state, boolean afterwards) {}

    private static final class Rule {
        private final Pattern pattern;
        private final @Nullable Fault fault;
        private final Runnable before;
        private int times;

        Rule(Pattern pattern, @Nullable Fault fault, Runnable before, int times) {
            this.pattern = pattern;
            this.fault = fault;
            this.before = before;
            this.times = times;
        }
    }

    /** Refuses statements in which {@code pattern} is found. */
    public void refuse(String pattern, int times, int code, String state) {
        add(new Rule(Pattern.compile(pattern), new Fault(code, state, false), () -> {}, times));
    }

    /** Carries statements out, and answers with an error. */
    public void loseAnswers(String pattern, int times, int code, String state) {
        add(new Rule(Pattern.compile(pattern), new Fault(code, state, true), () -> {}, times));
    }

    /** Lets something happen before statements are carried out, while they wait. */
    public void before(String pattern, int times, Runnable happening) {
        add(new Rule(Pattern.compile(pattern), null, happening, times));
    }

    private synchronized void add(Rule rule) {
        rules.add(rule);
    }

    synchronized @Nullable Fault next(String sql) {
        for (Rule rule : rules) {
            if (rule.times > 0 && rule.pattern.matcher(sql).find()) {
                rule.times--;
                rule.before.run();
                return rule.fault;
            }
        }
        return null;
    }

    /** Nothing goes wrong any more. */
    public synchronized void clear() {
        rules.clear();
    }

    /** How many are still to come. */
    public synchronized int left() {
        return rules.stream().mapToInt(rule -> rule.times).sum();
    }
}

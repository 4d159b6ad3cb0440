package io.millrace.benchmarks;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The command line.
 *
 * @param rows rows of the narrow table; the wide one has half as many
 * @param only beginnings of the names of the scenarios to run
 * @param tables narrow, wide
 * @param contenders parts of the names of the contenders to run; empty is all
 * @param rounds how often each is measured at most
 * @param minutes after which no round begins but each scenario's first; 0 for no bound
 * @param brief leaves out what only shows details
 */
record Options(
        long rows,
        Set<String> only,
        Set<String> tables,
        List<String> contenders,
        int rounds,
        int minutes,
        boolean brief,
        Set<Mode> modes) {
    /** What is done in another way. */
    enum Mode {
        /** A new worker for each run. */
        COLD,
        /** The figures are written into the documentation. */
        PUBLISH
    }

    private static final Set<String> USUAL = Set.of("snapshot", "stream", "delay", "sink", "whole");
    private static final Set<String> SCENARIOS =
            Set.of("snapshot", "stream", "delay", "sink", "whole", "query", "growth");

    /** How many times as many rows as asked for the largest table of the growing ones has. */
    private static final int GROWTH = 16;

    static final String HELP =
            """
            benchmarks/run [--preset short] [--rows N] [--rounds N] [--minutes N] [--only SCENARIO,...]
                           [--tables narrow,wide] [--contenders TEXT,...] [--brief] [--cold] [--publish]

            Runs the source and the sink and Debezium's in turn on embedded servers (fsync on), N rounds of each (3),
            and prints the medians. --rows is the size of the narrow table (1000000), the wide one has half of it.
            Scenarios: snapshot, stream, delay, sink, whole; and only when asked for query: 10,000 changed rows found among
            --rows by an indexed watermark; growth: 1, 4 and 16 times --rows in a table, up to 1000 tables, 500 columns,
            one transaction. --contenders keeps those whose name contains
            one of the texts. --minutes shares the time among the scenarios, with at least one round of each. --brief leaves out
            what only shows details. Workers stay up between runs; --cold starts one for each run.
            --publish writes the figures into docs/speed-figures.md and .json, and growth into docs/growth-*.svg.
            --preset short is --rows 200000 --rounds 3 --minutes 16 --brief.""";

    Options {
        only = Set.copyOf(only);
        tables = Set.copyOf(tables);
        contenders = List.copyOf(contenders);
        modes = Set.copyOf(modes);
    }

    static Options parse(String... arguments) {
        long rows = 1_000_000;
        Set<String> only = USUAL;
        Set<String> tables = Set.of("narrow", "wide");
        List<String> contenders = List.of();
        int rounds = 3;
        int minutes = 0;
        boolean brief = false;
        Set<Mode> modes = EnumSet.noneOf(Mode.class);
        Deque<String> left = new ArrayDeque<>(List.of(arguments));
        while (!left.isEmpty()) {
            String option = left.pop();
            switch (option) {
                case "--preset" -> {
                    choice(option, left, Set.of("short"));
                    rows = 200_000;
                    minutes = 16;
                    brief = true;
                }
                case "--rows" -> rows = number(option, left, 10_000);
                case "--only" -> only = choice(option, left, SCENARIOS);
                case "--tables" -> tables = choice(option, left, tables);
                case "--contenders" -> contenders = List.of(value(option, left).split(",", -1));
                case "--rounds" -> rounds = (int) number(option, left, 1);
                case "--minutes" -> minutes = (int) number(option, left, 1);
                case "--brief" -> brief = true;
                case "--cold" -> modes.add(Mode.COLD);
                case "--publish" -> modes.add(Mode.PUBLISH);
                default -> throw new IllegalArgumentException("Unknown option " + option + "\n" + HELP);
            }
        }
        return new Options(rows, only, tables, contenders, rounds, minutes, brief, modes);
    }

    boolean cold() {
        return modes.contains(Mode.COLD);
    }

    boolean publish() {
        return modes.contains(Mode.PUBLISH);
    }

    boolean wants(Scenario scenario) {
        return only.stream().anyMatch(scenario.name()::startsWith)
                && (tables.contains(scenario.table().name())
                        || Table.ALL.stream().noneMatch(scenario.table()::equals));
    }

    boolean wants(Contender contender) {
        return contenders.isEmpty() || contenders.stream().anyMatch(contender.name()::contains);
    }

    /** Of any table of any scenario. */
    long mostRows() {
        return only.contains("growth") ? rows * GROWTH : rows;
    }

    private static String value(String option, Deque<String> left) {
        if (left.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a value\n" + HELP);
        }
        return left.pop();
    }

    private static long number(String option, Deque<String> left, long least) {
        String value = value(option, left);
        try {
            long number = Long.parseLong(value);
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException(option + " needs a number of at least " + least + ", not " + value);
    }

    private static Set<String> choice(String option, Deque<String> left, Set<String> allowed) {
        Set<String> chosen = new LinkedHashSet<>(List.of(value(option, left).split(",", -1)));
        if (!allowed.containsAll(chosen)) {
            throw new IllegalArgumentException(option + " takes " + allowed + ", not " + chosen);
        }
        return chosen;
    }
}

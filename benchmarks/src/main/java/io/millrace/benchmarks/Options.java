package io.millrace.benchmarks;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The command line.
 *
 * @param rows rows of the narrow table; the wide one has half as many
 * @param only scenarios to run: snapshot, stream, sink
 * @param tables narrow, wide
 * @param contenders parts of the names of the contenders to run; empty is all
 * @param rounds how often each is measured
 */
record Options(long rows, Set<String> only, Set<String> tables, List<String> contenders, int rounds) {
    static final String HELP =
            """
            benchmarks/run [--rows N] [--only snapshot,stream,sink] [--tables narrow,wide] [--contenders TEXT,...]
                           [--rounds N]

            Runs the source and the sink and Debezium's in turn on embedded servers (fsync on), N rounds of each (3),
            and prints the medians. --rows is the size of the narrow table (1000000), the wide one has half of it.
            --contenders keeps those whose name contains one of the texts.""";

    Options {
        only = Set.copyOf(only);
        tables = Set.copyOf(tables);
        contenders = List.copyOf(contenders);
    }

    static Options parse(String... arguments) {
        long rows = 1_000_000;
        Set<String> only = Set.of("snapshot", "stream", "sink");
        Set<String> tables = Set.of("narrow", "wide");
        List<String> contenders = List.of();
        int rounds = 3;
        Deque<String> left = new ArrayDeque<>(List.of(arguments));
        while (!left.isEmpty()) {
            String option = left.pop();
            switch (option) {
                case "--rows" -> rows = number(option, left, 10_000);
                case "--only" -> only = choice(option, left, only);
                case "--tables" -> tables = choice(option, left, tables);
                case "--contenders" -> contenders = List.of(value(option, left).split(",", -1));
                case "--rounds" -> rounds = (int) number(option, left, 1);
                default -> throw new IllegalArgumentException("Unknown option " + option + "\n" + HELP);
            }
        }
        return new Options(rows, only, tables, contenders, rounds);
    }

    boolean wants(Contender contender) {
        return contenders.isEmpty() || contenders.stream().anyMatch(contender.name()::contains);
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

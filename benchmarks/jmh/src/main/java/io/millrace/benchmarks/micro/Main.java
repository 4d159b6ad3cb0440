package io.millrace.benchmarks.micro;

import io.millrace.testing.PostgresServer;
import java.util.Arrays;
import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Starts a Postgres that tells types and bytes, then JMH with its own options, always with the allocation. */
public final class Main {
    private static final String SMOKE = "--smoke";

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        boolean smoke = Arrays.asList(arguments).contains(SMOKE);
        String[] rest = Arrays.stream(arguments)
                .filter(argument -> !argument.equals(SMOKE))
                .toArray(String[]::new);
        try (PostgresServer server = PostgresServer.start()) {
            ChainedOptionsBuilder options = new OptionsBuilder()
                    .parent(new CommandLineOptions(rest))
                    .addProfiler(GCProfiler.class)
                    .shouldFailOnError(true)
                    .jvmArgsAppend("-D" + Source.URL + "=" + server.jdbcUrl());
            System.setProperty(Source.URL, server.jdbcUrl());
            if (smoke) {
                options = options.forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(20));
            }
            Collection<RunResult> results = new Runner(options.build()).run();
            if (results.isEmpty()) {
                throw new IllegalStateException("No benchmark ran");
            }
        }
    }
}

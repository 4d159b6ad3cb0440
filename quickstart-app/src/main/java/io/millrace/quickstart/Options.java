package io.millrace.quickstart;

import io.millrace.quickstart.database.DatabaseAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param rows rows of the generated database, all tables together
 * @param exit end after the proof with a status code instead of staying up
 * @param seconds how long live changes run
 * @param source the user's database to mirror, or null for a generated one
 * @param target the user's database to mirror into, or null for an embedded one
 * @param file the DuckDB file to mirror into, or null for a Postgres
 * @param byQuery mirror by queries instead of the change stream
 * @param kill how often the worker is killed during copy and stream
 */
record Options(
        long rows,
        boolean exit,
        int seconds,
        @Nullable DatabaseAddress source,
        @Nullable DatabaseAddress target,
        @Nullable Path file,
        boolean byQuery,
        int kill) {
    static final String USAGE =
            """
            Usage: ./quickstart [--rows N] [--seconds N] [--exit] [--source URL] [--target URL] [--sink NAME] [--mirror NAME] [--kill N]

              --rows N      rows of the generated database, all tables together (1500000; 200k and 2m work too)
              --seconds N   how long live changes run (20)
              --exit        end after the proof: status 0 when source and target are equal, 1 when not
              --source URL  mirror this database instead of a generated one (postgresql://user:password@host:5432/name);
                            the role needs REPLICATION, SELECT on the tables and CREATE on the database
              --target URL  into this database instead of an embedded one; the role needs CREATE on the schemas
              --sink NAME   postgres (the default) or duckdb; with duckdb --target is the file to make (shop.duckdb)
              --mirror NAME cdc (the default), or query: no slot, each table is asked by xmin for what is new every second;
                            the live changes then leave out deletes and changed keys, which a query cannot see
              --kill N      kill -9 the Connect worker N times during copy and stream, and start it again
            """;

    Options {
        if (rows < 1_000) {
            throw new QuickstartException("--rows is at least 1000");
        }
        if (seconds < 0 || kill < 0) {
            throw new QuickstartException("--seconds and --kill are not negative");
        }
    }

    static Options parse(List<String> arguments) {
        long rows = 1_500_000;
        boolean exit = false;
        int seconds = 20;
        DatabaseAddress source = null;
        String target = null;
        String sink = "postgres";
        String mirror = "cdc";
        int kill = 0;
        var left = arguments.iterator();
        while (left.hasNext()) {
            String option = left.next();
            if (option.equals("--exit")) {
                exit = true;
                continue;
            }
            if (!left.hasNext()) {
                throw new QuickstartException("Unknown option, or one without a value: " + option + "\n\n" + USAGE);
            }
            String value = left.next();
            switch (option) {
                case "--rows" -> rows = number(option, value);
                case "--seconds" -> seconds = Math.toIntExact(number(option, value));
                case "--source" -> source = DatabaseAddress.parse(value);
                case "--target" -> target = value;
                case "--sink" -> sink = value;
                case "--mirror" -> mirror = value;
                case "--kill" -> kill = Math.toIntExact(number(option, value));
                default -> throw new QuickstartException("Unknown option " + option + "\n\n" + USAGE);
            }
        }
        boolean byQuery = byQuery(mirror, source);
        return switch (sink) {
            case "postgres" ->
                new Options(
                        rows,
                        exit,
                        seconds,
                        source,
                        target == null ? null : DatabaseAddress.parse(target),
                        null,
                        byQuery,
                        kill);
            case "duckdb" -> new Options(rows, exit, seconds, source, null, file(target), byQuery, kill);
            default -> throw new QuickstartException("--sink is postgres or duckdb, not '" + sink + "'");
        };
    }

    private static boolean byQuery(String mirror, @Nullable DatabaseAddress source) {
        if (!mirror.equals("cdc") && !mirror.equals("query")) {
            throw new QuickstartException("--mirror is cdc or query, not '" + mirror + "'");
        }
        if (mirror.equals("query") && source != null) {
            throw new QuickstartException("--mirror query shows the generated database; for one of your own start from"
                    + " config-examples/confluent/query-source-watermark.json");
        }
        return mirror.equals("query");
    }

    private static Path file(@Nullable String target) {
        Path file = Path.of(target == null ? "shop.duckdb" : target).toAbsolutePath();
        Path folder = file.getParent();
        if (Files.exists(file)) {
            throw new QuickstartException(file + " exists: delete it, or name another file by --target");
        }
        if (folder == null || !Files.isWritable(folder)) {
            throw new QuickstartException("The folder of " + file + " is not there or cannot be written to");
        }
        return file;
    }

    private static long number(String option, String text) {
        String digits = text.toLowerCase(Locale.ROOT).replace("_", "").replace(",", "");
        long factor = digits.endsWith("k") ? 1_000 : digits.endsWith("m") ? 1_000_000 : 1;
        try {
            return Math.multiplyExact(
                    Long.parseLong(factor == 1 ? digits : digits.substring(0, digits.length() - 1)), factor);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new QuickstartException(option + " takes a number, not '" + text + "'", e);
        }
    }
}

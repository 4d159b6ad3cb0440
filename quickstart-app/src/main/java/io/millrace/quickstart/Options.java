package io.millrace.quickstart;

import io.millrace.quickstart.database.DatabaseAddress;
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
 * @param into what to mirror into
 * @param byQuery mirror by queries instead of the change stream
 * @param kill how often the worker is killed during copy and stream
 */
record Options(
        long rows, boolean exit, int seconds, @Nullable DatabaseAddress source, Into into, boolean byQuery, int kill) {
    static final String USAGE =
            """
            Usage: ./quickstart [--rows N] [--seconds N] [--exit] [--source URL] [--target URL] [--sink NAME] [--mirror NAME] [--kill N]

              --rows N      rows of the generated database, all tables together (1500000; 200k and 2m work too)
              --seconds N   how long live changes run (20)
              --exit        end after the proof: status 0 when source and target are equal, 1 when not
              --source URL  mirror this database instead of a generated one (postgresql://user:password@host:5432/name);
                            the role needs REPLICATION, SELECT on the tables and CREATE on the database
              --target URL  into this database instead of an embedded one; the role needs CREATE on the schemas
              --sink NAME   postgres (the default), duckdb, clickhouse or bigquery; with duckdb --target is the file to make
                            (shop.duckdb), with clickhouse a server (http://user:password@host:8123) in place of
                            ClickHouse's engine, which is fetched once and needs npm and python3;
                            bigquery is a stand-in that runs the statements on DuckDB
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
        return new Options(rows, exit, seconds, source, Into.parse(sink, target), byQuery(mirror, source), kill);
    }

    /** The user's database to mirror into, or null where it is no Postgres or an embedded one. */
    @Nullable
    DatabaseAddress target() {
        return into instanceof Into.Postgres postgres ? postgres.address() : null;
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

package io.millrace.quickstart;

import io.millrace.quickstart.database.DatabaseAddress;
import io.millrace.quickstart.database.HttpAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What the command line asks to mirror into: the words of {@code --sink} and {@code --target}. */
sealed interface Into {
    /** @param address the user's database, or null for an embedded one */
    record Postgres(@Nullable DatabaseAddress address) implements Into {}

    /** @param file that does not exist yet */
    record DuckDb(Path file) implements Into {}

    /** @param server the user's, or null for one that is fetched and started */
    record ClickHouse(@Nullable HttpAddress server) implements Into {}

    /** A stand-in that is started. */
    record BigQuery() implements Into {}

    static Into parse(String sink, @Nullable String target) {
        return switch (sink) {
            case "postgres" -> new Postgres(target == null ? null : DatabaseAddress.parse(target));
            case "duckdb" -> new DuckDb(file(target));
            case "clickhouse" -> new ClickHouse(target == null ? null : HttpAddress.parse(target));
            case "bigquery" -> {
                if (target != null) {
                    throw new QuickstartException(
                            "--sink bigquery starts a stand-in and takes no --target; for a project of"
                                    + " your own start from config-examples/confluent/bigquery-sink.json");
                }
                yield new BigQuery();
            }
            default ->
                throw new QuickstartException("--sink is postgres, duckdb, clickhouse or bigquery, not '" + sink + "'");
        };
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
}

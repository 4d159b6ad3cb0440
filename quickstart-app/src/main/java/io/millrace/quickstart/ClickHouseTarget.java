package io.millrace.quickstart;

import io.millrace.quickstart.database.DatabaseAddress;
import io.millrace.quickstart.database.HttpAddress;
import io.millrace.quickstart.proof.ClickHouseProof;
import io.millrace.quickstart.proof.Comparison;
import io.millrace.testing.ClickHouseEngine;
import org.jspecify.annotations.Nullable;

/**
 * A ClickHouse: the user's server, or ClickHouse's engine behind an HTTP front.
 *
 * @param engine the one that was started, null for a user's own
 */
record ClickHouseTarget(HttpAddress server, @Nullable ClickHouseEngine engine) implements Target {
    private static final String LEDGER = "default";

    static ClickHouseTarget start(@Nullable HttpAddress given) {
        if (given != null) {
            return new ClickHouseTarget(given, null);
        }
        try {
            ClickHouseEngine.fetch();
        } catch (IllegalStateException e) {
            throw new QuickstartException(
                    "ClickHouse's engine cannot be fetched: " + e.getMessage()
                            + "\nMirror into a server of your own instead: --sink clickhouse --target http://user:password@host:8123",
                    e);
        }
        ClickHouseEngine engine = ClickHouseEngine.start();
        return new ClickHouseTarget(HttpAddress.parse(engine.url()), engine);
    }

    @Override
    public String file() {
        return "clickhouse-sink.json";
    }

    @Override
    public Example sink() {
        Example example = Example.read(file())
                .with("clickhouse.url", server.url())
                .with("clickhouse.database", LEDGER)
                .with("clickhouse.user", server.user())
                .with("clickhouse.password", server.password())
                // So that the last changes are soon there.
                .with("sync.interval.ms", "1000");
        // The front unpacks in Python, slower than bytes go over the loopback.
        return engine == null ? example : example.with("clickhouse.compression", "none");
    }

    @Override
    public Comparison comparison(DatabaseAddress source) {
        return new ClickHouseProof(source, server);
    }

    @Override
    public String look() {
        return "curl " + server.url() + " -d 'SELECT * FROM public.orders_current LIMIT 3 FORMAT Vertical'";
    }

    @Override
    public void close() {
        if (engine != null) {
            engine.close();
        }
    }
}

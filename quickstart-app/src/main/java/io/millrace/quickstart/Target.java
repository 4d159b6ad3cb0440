package io.millrace.quickstart;

import io.millrace.quickstart.database.DatabaseAddress;
import io.millrace.quickstart.proof.Comparison;
import org.jspecify.annotations.Nullable;

/** What is mirrored into, up and running. Closing ends what was started for it. */
interface Target extends AutoCloseable {
    /** The example in config-examples/confluent that the sink is submitted from. */
    String file();

    /** That example with this run's addresses. */
    Example sink();

    Comparison comparison(DatabaseAddress source);

    /** What a user types to look at it. */
    String look();

    /** The target when it is a Postgres, which can be asked while it is written to; null otherwise. */
    default @Nullable DatabaseAddress postgres() {
        return null;
    }

    /** What is started when the user names none; empty for nothing. */
    static String started(Into into) {
        if (into instanceof Into.Postgres postgres && postgres.address() == null) {
            return "a Postgres to copy to";
        }
        if (into instanceof Into.BigQuery) {
            return "a stand-in for BigQuery to copy to";
        }
        return into instanceof Into.ClickHouse clickHouse && clickHouse.server() == null
                ? "ClickHouse's engine to copy to (fetched the first time, 0.5 GB)"
                : "";
    }

    static Target start(Into into) {
        if (into instanceof Into.DuckDb duckDb) {
            return new DuckDbTarget(duckDb.file());
        }
        if (into instanceof Into.BigQuery) {
            return BigQueryTarget.start();
        }
        return into instanceof Into.ClickHouse clickHouse
                ? ClickHouseTarget.start(clickHouse.server())
                : PostgresTarget.start(((Into.Postgres) into).address());
    }

    @Override
    void close();
}

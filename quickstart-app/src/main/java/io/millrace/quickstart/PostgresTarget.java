package io.millrace.quickstart;

import io.millrace.quickstart.database.DatabaseAddress;
import io.millrace.quickstart.proof.Comparison;
import io.millrace.quickstart.proof.Proof;
import io.millrace.testing.PostgresServer;
import org.jspecify.annotations.Nullable;

/**
 * A Postgres.
 *
 * @param server the one that was started, null for a user's own
 */
record PostgresTarget(DatabaseAddress postgres, @Nullable PostgresServer server) implements Target {
    static PostgresTarget start(@Nullable DatabaseAddress given) {
        if (given != null) {
            return new PostgresTarget(given, null);
        }
        PostgresServer server = Servers.postgres();
        return new PostgresTarget(Servers.database(server, "mirror"), server);
    }

    @Override
    public String file() {
        return "postgres-sink.json";
    }

    @Override
    public Example sink() {
        return Example.read(file())
                .with("connection.url", postgres.jdbcUrl())
                .with("connection.username", postgres.user())
                .with("connection.password", postgres.password());
    }

    @Override
    public Comparison comparison(DatabaseAddress source) {
        return new Proof(source, postgres);
    }

    @Override
    public String look() {
        return Servers.login(postgres, server == null);
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}

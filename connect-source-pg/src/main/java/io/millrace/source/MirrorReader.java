package io.millrace.source;

import io.millrace.source.catalog.Database;
import io.millrace.source.query.Mirror;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;

/** Runs a mirror in a {@link ReadingThread}. */
record MirrorReader(Mirror mirror, Database database) implements SourceReader {
    @Override
    public void run() throws SQLException, InterruptedException {
        mirror.run();
    }

    @Override
    public ConnectException explained(SQLException e) {
        ConnectException explained = SourceErrors.explained(e, database, "");
        return new ConnectException("mirror " + mirror.name() + ": " + explained.getMessage(), e);
    }
}

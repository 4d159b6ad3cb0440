package io.millrace.source.stream;

import io.millrace.source.catalog.TableId;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;

/** Changes of captured tables are missing in the stream: once it has them again they have to be copied. */
public final class TablesLostException extends ConnectException {
    private static final long serialVersionUID = 1;

    private final transient Set<TableId> tables;

    public TablesLostException(Set<TableId> tables, String message) {
        super(message);
        this.tables = Set.copyOf(tables);
    }

    Set<TableId> tables() {
        return tables;
    }
}

package io.millrace.source.record;

import io.millrace.source.catalog.TableId;
import org.apache.kafka.connect.errors.DataException;

/** A NULL in a column that was NOT NULL when its schema was made: the schema is to be made again, as optional. */
public final class UnexpectedNullException extends DataException {
    private static final long serialVersionUID = 1L;

    private final String column;

    UnexpectedNullException(TableId table, String column) {
        super("NULL in " + table + "." + column + ", which the catalog called NOT NULL");
        this.column = column;
    }

    public String column() {
        return column;
    }
}

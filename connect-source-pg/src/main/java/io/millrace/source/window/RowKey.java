package io.millrace.source.window;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * A row's identity: the values of its key columns as records carry them. Two rows are told apart exactly where consumers
 * tell them apart; which of two keys is the greater is never asked here, that is left to the server.
 */
final class RowKey {
    private final Object[] values;
    private final int hash;

    private RowKey(Object[] values) {
        this.values = values;
        this.hash = Arrays.deepHashCode(values);
    }

    static RowKey of(Struct row, List<String> columns) {
        Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.get(columns.get(i));
        }
        return new RowKey(values);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RowKey key && hash == key.hash && Arrays.deepEquals(values, key.values);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** Never shows the values. */
    @Override
    public String toString() {
        return "key of " + values.length + " columns";
    }
}

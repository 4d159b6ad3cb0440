package io.millrace.source.window;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows behind one key and up to another, in the order of the table's index. Keys are the texts of their columns.
 *
 * @param after null for the first range
 * @param upTo null for the last one
 */
record KeyRange(@Nullable List<String> after, @Nullable List<String> upTo) {
    /** What is left of it when it has been read up to a key. */
    KeyRange behind(List<String> key) {
        return new KeyRange(key, upTo);
    }
}

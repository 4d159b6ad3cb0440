package io.millrace.sink.destination;

import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Another session holds what the call needs of a table: its lock, or rows of it. Nothing of the call has been applied, so
 * that other tables need not wait for this one: the caller tries it again later, by itself.
 */
public final class Locked extends RetriableException {
    private static final long serialVersionUID = 1L;

    private final boolean replacing;

    public Locked(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    /**
     * @param message names the table
     * @param replacing the other session is a task of this connector that replaces a table by a whole copy, and is at it
     */
    public Locked(String message, @Nullable Throwable cause, boolean replacing) {
        super(message, cause);
        this.replacing = replacing;
    }

    /** Whether the lock is that of a task which replaces a table just now: that may take its time. */
    public boolean isReplacing() {
        return replacing;
    }
}

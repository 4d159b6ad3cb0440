package io.millrace.sink.sql;

/** A statement of an apply, and what the number of rows means that it counts. */
public record Step(Effect effect, String sql) {
    /** What a statement's count or result means. */
    public enum Effect {
        NONE,
        WRITTEN,
        PATCHED,
        DELETED,
        FLAGGED,
        /** A query for the places of patches without a row: any row means that the batch is refused. */
        ABSENT
    }

    /** A statement whose count says nothing. */
    public static Step none(String sql) {
        return new Step(Effect.NONE, sql);
    }
}

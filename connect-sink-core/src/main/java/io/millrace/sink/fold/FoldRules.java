package io.millrace.sink.fold;

/**
 * How changes of one key are combined.
 *
 * @param append nothing is combined: every change is a row
 */
public record FoldRules(boolean append, Deletes deletes) {
    /** What a delete does to the target's row. */
    public enum Deletes {
        HARD,
        SOFT,
        IGNORE
    }
}

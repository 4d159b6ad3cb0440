package io.millrace.sink.fold;

/** What became of a change that was offered to a buffer. */
public enum Added {
    TAKEN,
    /** A delete that is to be ignored, or a partial update of a row that the source says is gone. */
    SKIPPED,
    /** What is buffered has to be applied first: a truncate, or a column that changed its type. */
    BARRIER
}
